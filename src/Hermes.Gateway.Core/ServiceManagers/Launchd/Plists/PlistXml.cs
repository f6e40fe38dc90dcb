using System.Buffers.Text;
using System.Xml;
using System.Xml.Linq;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

/// <summary>An entry of a <c>dict</c>, with the comments above it.</summary>
internal sealed record PlistEntry(string Key, XElement Value, IReadOnlyList<XComment> Comments)
{
    public void AddTo(XElement dict) => dict.Add(Comments, PlistXml.Key(Key), Value);
}

/// <summary>Parses XML property lists into normalized XML trees, and reads and builds such trees.</summary>
/// <remarks>A normalized tree has no attributes, white space or CDATA: a <c>dict</c> holds <c>key</c> and value in turn, and
/// comments stand above their key. Of equal keys it keeps the last one, which is the one that CoreFoundation uses.</remarks>
internal static class PlistXml
{
    /// <summary>Deeper property lists are rejected; those of services have three or four levels.</summary>
    public const int MaxDepth = 64;

    public const string DateFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly char[] WhiteSpace = [' ', '\t', '\n', '\r'];

    // CoreFoundation accepts these words besides numbers, in upper and lower case.
    private static readonly string[] SpecialReals = ["nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"];

    private const NumberStyles RealStyle =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    // The document type refers to a file on Apple's server, and an internal subset could define entities: both are ignored.
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };

    /// <summary>Parses an XML property list; returns its top <c>dict</c>, null for a text that launchd would reject.</summary>
    public static XElement? TryParse(string text)
    {
        if (text.StartsWith('\uFEFF')) text = text[1..];
        try
        {
            if (IsTooDeep(text)) return null;
            using var reader = XmlReader.Create(new StringReader(text), Settings);
            var root = XDocument.Load(reader, LoadOptions.PreserveWhitespace).Root!;
            return root.Name == "plist" && ParseNodes(root)?.OfType<XElement>().ToList() is [{ Name.LocalName: "dict" } dict]
                ? dict
                : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    public static XElement? GetValue(this XElement dict, string key) =>
        dict.GetEntries().LastOrDefault(entry => entry.Key == key)?.Value;

    public static IEnumerable<PlistEntry> GetEntries(this XElement dict) => ToEntries(dict.Nodes());

    /// <summary>Returns the comments below the last entry of a <c>dict</c>.</summary>
    public static IEnumerable<XComment> GetTrailingComments(this XElement dict) => ToTrailingComments(dict.Nodes());

    /// <summary>Returns the text of a <c>string</c>; null for a value of any other type.</summary>
    public static string? GetText(this XElement? value) => value is { Name.LocalName: "string" } ? value.Value : null;

    public static string? GetText(this XElement dict, string key) => dict.GetValue(key).GetText();

    /// <summary>Returns the texts of all <c>string</c>s of an array.</summary>
    public static IEnumerable<string> GetTexts(this XElement array) => array.Elements().Select(GetText).OfType<string>();

    public static XElement Key(string name) => new("key", name);

    public static XElement String(string text) => new("string", text);

    public static XElement Integer(long value) => new("integer", value.ToString(CultureInfo.InvariantCulture));

    public static XElement Boolean(bool value) => new(value ? "true" : "false");

    public static XElement Array(IEnumerable<XElement> values) => new("array", values);

    public static XElement Dict(params IEnumerable<(string Key, XElement Value)> entries) =>
        new("dict", entries.SelectMany(entry => new[] { Key(entry.Key), entry.Value }));

    // Checked before the tree is built, because building takes time that grows with the square of the depth.
    private static bool IsTooDeep(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), Settings);
        while (reader.Read())
            if (reader.NodeType == XmlNodeType.Element && reader.Depth > MaxDepth) return true;
        return false;
    }

    private static XElement? Parse(XElement raw)
    {
        switch (raw.Name.ToString())
        {
            case "dict":
                return ParseNodes(raw) is { } nodes ? ToDict(nodes) : null;
            case "array":
                return ParseNodes(raw) is { } items && !items.OfType<XElement>().Any(IsKey) ? new XElement(raw.Name, items) : null;
            case "true" or "false":
                return raw.Nodes().All(node => node is XComment) ? new XElement(raw.Name) : null;
            case "key" or "string":
                return raw.HasElements ? null : new XElement(raw.Name, raw.Value);
            case "integer" or "real" or "date" or "data":
                var text = raw.Value.Trim(WhiteSpace);
                return !raw.HasElements && IsValid(raw.Name.LocalName, text) ? new XElement(raw.Name, text) : null;
            default:
                return null;
        }
    }

    /// <summary>Parses the elements and comments within an element; returns null if it holds anything else.</summary>
    private static List<XNode>? ParseNodes(XElement raw)
    {
        var nodes = new List<XNode>();
        foreach (var node in raw.Nodes())
            if (node is XComment comment) nodes.Add(new XComment(comment));
            else if (node is XElement element && Parse(element) is { } value) nodes.Add(value);
            else if (!IsIgnorable(node)) return null;
        return nodes;
    }

    private static XElement? ToDict(List<XNode> nodes)
    {
        var elements = nodes.OfType<XElement>().ToList();
        if (elements.Count % 2 != 0 || elements.Where((element, index) => IsKey(element) != (index % 2 == 0)).Any()) return null;
        var dict = new XElement("dict");
        foreach (var entry in ToEntries(nodes).Reverse().DistinctBy(entry => entry.Key).Reverse()) entry.AddTo(dict);
        dict.Add(ToTrailingComments(nodes));
        return dict;
    }

    // A comment between a key and its value belongs to the entry like those above the key.
    private static IEnumerable<PlistEntry> ToEntries(IEnumerable<XNode> nodes)
    {
        List<XComment> comments = [];
        string? key = null;
        foreach (var node in nodes)
            if (node is XComment comment) comments.Add(comment);
            else if (key is null) key = ((XElement)node).Value;
            else
            {
                yield return new PlistEntry(key, (XElement)node, comments);
                (comments, key) = ([], null);
            }
    }

    private static IEnumerable<XComment> ToTrailingComments(IEnumerable<XNode> nodes) =>
        nodes.Reverse().TakeWhile(node => node is XComment).Reverse().Cast<XComment>();

    private static bool IsKey(XElement element) => element.Name == "key";

    private static bool IsIgnorable(XNode node) =>
        node is XProcessingInstruction || (node is XText text && text.Value.Trim(WhiteSpace).Length == 0);

    // launchd rejects the whole file for one malformed value.
    private static bool IsValid(string type, string text) => type switch
    {
        "integer" => IsInteger(text),
        "real" => SpecialReals.Contains(text, StringComparer.OrdinalIgnoreCase)
            || double.TryParse(text, RealStyle, CultureInfo.InvariantCulture, out _),
        "date" => DateTime.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        _ => Base64.IsValid(text),
    };

    private static bool IsInteger(string text)
    {
        var isNegative = text.StartsWith('-');
        var digits = isNegative || text.StartsWith('+') ? text[1..] : text;
        var isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return ulong.TryParse(
                isHex ? digits[2..] : digits, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
                CultureInfo.InvariantCulture, out var magnitude)
            && (!isNegative || magnitude <= 1UL << 63);
    }
}
