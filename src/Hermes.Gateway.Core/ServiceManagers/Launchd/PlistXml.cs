using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>XML property lists. The model is the XML tree itself, without attributes, blanks and indirections: a
/// <c>dict</c> holds <c>key</c> and value in turn, each string is one text, and comments stand above their key.
/// </summary>
/// <remarks>As CoreFoundation does, of two equal keys the last one counts. Only the last one is in the tree, so that
/// nothing that is read or written later depends on it.</remarks>
internal static class PlistXml
{
    /// <summary>Deeper property lists are not understood; real ones have three or four levels.</summary>
    public const int MaxDepth = 64;

    private static readonly char[] Blanks = [' ', '\t', '\n', '\r'];

    // The document type names Apple's server; nothing is ever read from there, nor any entity from the file itself.
    private static readonly XmlReaderSettings Settings =
        new() { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };

    /// <summary>The top <c>dict</c> of an XML property list; null when the text is none that launchd would load.
    /// </summary>
    public static XElement? TryParse(string text)
    {
        if (text.StartsWith('\uFEFF')) text = text[1..];
        try
        {
            if (IsTooDeep(text)) return null;
            using var reader = XmlReader.Create(new StringReader(text), Settings);
            var root = XDocument.Load(reader, LoadOptions.PreserveWhitespace).Root!;
            if (root.Name != "plist") return null;
            // Above the list itself there is nothing that a comment could belong to.
            return ReadItems(root)?.OfType<XElement>().ToList() is [{ Name.LocalName: "dict" } dict] ? dict : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>The canonical text of a property list: the same tree always gives the same text, and
    /// <see cref="TryParse"/> gives the same tree back.</summary>
    /// <exception cref="ArgumentException">A string holds a character that XML cannot carry.</exception>
    public static string Write(XElement dict) => PlistWriter.Write(dict);

    /// <summary>The value of a key; null when there is none.</summary>
    public static XElement? Get(XElement dict, string key) =>
        Entries(dict).LastOrDefault(entry => entry.Key.Value == key).Value;

    /// <summary>The entries of a <c>dict</c>, in order.</summary>
    public static IEnumerable<(XElement Key, XElement Value)> Entries(XElement dict) =>
        dict.Elements().Chunk(2).Where(pair => pair.Length == 2).Select(pair => (pair[0], pair[1]));

    /// <summary>The same, with the comments above each.</summary>
    public static IEnumerable<PlistEntry> EntriesWithComments(XElement dict)
    {
        List<XComment> comments = [];
        XElement? key = null;
        foreach (var node in dict.Nodes())
            if (node is XComment comment)
            {
                comments.Add(comment);
            }
            else if (key is null)
            {
                key = (XElement)node;
            }
            else
            {
                yield return new PlistEntry(comments, key, (XElement)node);
                (comments, key) = ([], null);
            }
    }

    /// <summary>The comments below the last entry of a <c>dict</c>.</summary>
    public static IEnumerable<XComment> CommentsAtEnd(XElement dict) =>
        dict.Nodes().Reverse().TakeWhile(node => node is XComment).Reverse().Cast<XComment>();

    /// <summary>The text of a <c>string</c>; null for any other value and for none.</summary>
    public static string? Text(XElement? value) => value is { Name.LocalName: "string" } ? value.Value : null;

    /// <summary>A key.</summary>
    public static XElement Key(string name) => new("key", name);

    /// <summary>A <c>string</c>.</summary>
    public static XElement String(string text) => new("string", text);

    /// <summary>An <c>integer</c>.</summary>
    public static XElement Integer(long value) => new("integer", value.ToString(CultureInfo.InvariantCulture));

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static XElement Boolean(bool value) => new(value ? "true" : "false");

    /// <summary>An <c>array</c>.</summary>
    public static XElement Array(IEnumerable<XElement> values) => new("array", values);

    /// <summary>A <c>dict</c>.</summary>
    public static XElement Dict(params IEnumerable<(string Key, XElement Value)> entries) =>
        new("dict", entries.SelectMany(entry => new[] { Key(entry.Key), entry.Value }));

    // Before there is a tree: to build one takes a time that grows with the square of the depth.
    private static bool IsTooDeep(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), Settings);
        while (reader.Read())
            if (reader.NodeType == XmlNodeType.Element && reader.Depth > MaxDepth) return true;
        return false;
    }

    private static XElement? Read(XElement raw)
    {
        switch (raw.Name.ToString())
        {
            case "dict":
                return ReadDict(raw);
            case "array":
                return ReadItems(raw) is { } items ? new XElement("array", items) : null;
            case "true" or "false":
                return raw.Nodes().All(node => node is XComment) ? new XElement(raw.Name) : null;
            case "string":
                return raw.HasElements ? null : String(raw.Value);
            case "integer" or "real" or "date" or "data":
                var text = raw.Value.Trim(Blanks);
                if (raw.HasElements || !PlistNumbers.IsValid(raw.Name.LocalName, text)) return null;
                return new XElement(raw.Name, text);
            default:
                return null;
        }
    }

    /// <summary>The values (and comments) of an <c>array</c>, or of the whole list; null when there is anything else.
    /// </summary>
    private static List<XNode>? ReadItems(XElement raw)
    {
        var items = new List<XNode>();
        foreach (var node in raw.Nodes())
            if (node is XElement element)
            {
                if (Read(element) is not { } value) return null;
                items.Add(value);
            }
            else if (node is XComment comment)
            {
                items.Add(new XComment(comment));
            }
            else if (!IsNothing(node))
            {
                return null;
            }

        return items;
    }

    private static XElement? ReadDict(XElement raw)
    {
        var entries = new List<(List<XComment> Comments, XElement Key, XElement Value)?>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        List<XComment> comments = [];
        XElement? key = null;
        foreach (var node in raw.Nodes())
            if (node is XComment comment)
            {
                // One between a key and its value goes above the key.
                comments.Add(new XComment(comment));
            }
            else if (node is XElement element && key is null)
            {
                if (element.Name != "key" || element.HasElements) return null;
                key = Key(element.Value);
            }
            else if (node is XElement valueElement)
            {
                if (Read(valueElement) is not { } value) return null;
                if (places.TryGetValue(key!.Value, out var earlier)) entries[earlier] = null;
                places[key.Value] = entries.Count;
                entries.Add((comments, key, value));
                (comments, key) = ([], null);
            }
            else if (!IsNothing(node))
            {
                return null;
            }

        if (key is not null) return null;
        var dict = new XElement("dict");
        foreach (var entry in entries.OfType<(List<XComment> Comments, XElement Key, XElement Value)>())
            dict.Add(entry.Comments, entry.Key, entry.Value);
        dict.Add(comments);
        return dict;
    }

    private static bool IsNothing(XNode node) =>
        node is XProcessingInstruction || (node is XText text && text.Value.Trim(Blanks).Length == 0);
}
