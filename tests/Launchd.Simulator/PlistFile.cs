using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Launchd.Simulator;

/// <summary>Reads a property list into strings, longs, doubles, booleans, lists and dictionaries.</summary>
internal static class PlistFile
{
    private static readonly XmlReaderSettings Safe = new() { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };

    /// <summary>The root value; null when the bytes are not a property list.</summary>
    public static object? Parse(byte[] bytes)
    {
        if (bytes.AsSpan().StartsWith("bplist00"u8)) return BinaryPlist.Parse(bytes);
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes), Safe);
            var root = XDocument.Load(reader).Root!;
            return root.Name.LocalName == "plist" && root.Elements().Take(2).ToList() is [var value]
                ? Read(value)
                : null;
        }
        catch (Exception e) when (e is XmlException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static object Read(XElement element) => element.Name.LocalName switch
    {
        "string" or "date" => element.Value,
        "integer" => long.Parse(element.Value, CultureInfo.InvariantCulture),
        "real" => double.Parse(element.Value, CultureInfo.InvariantCulture),
        "true" => true,
        "false" => false,
        "data" => Convert.FromBase64String(element.Value),
        "array" => element.Elements().Select(Read).ToList(),
        "dict" => ReadDictionary(element),
        var name => throw new FormatException(name),
    };

    private static Dictionary<string, object> ReadDictionary(XElement element)
    {
        var dictionary = new Dictionary<string, object>(StringComparer.Ordinal);
        var children = element.Elements().ToList();
        if (children.Count % 2 != 0) throw new FormatException("A key has no value.");
        foreach (var pair in children.Chunk(2))
        {
            if (pair[0].Name.LocalName != "key") throw new FormatException("A value has no key.");
            dictionary[pair[0].Value] = Read(pair[1]);
        }

        return dictionary;
    }
}
