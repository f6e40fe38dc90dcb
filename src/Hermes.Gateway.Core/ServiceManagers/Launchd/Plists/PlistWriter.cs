using System.Xml.Linq;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

/// <summary>Writes property lists in the layout of Apple's <c>plutil</c>, which <see cref="System.Xml.XmlWriter"/>
/// cannot produce (<c>&lt;true/&gt;</c> without a blank, no indentation below <c>plist</c>).</summary>
internal static class PlistWriter
{
    private const string Head =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">

        """;

    /// <summary>Writes a normalized tree; <see cref="PlistXml.TryParse"/> returns the same tree for the text.</summary>
    /// <exception cref="ArgumentException">A string holds a character that XML cannot represent.</exception>
    public static string Write(XElement dict)
    {
        var text = new StringBuilder(Head, 2048);
        WriteNode(text, dict, depth: 0);
        return text.Append("</plist>\n").ToString();
    }

    private static void WriteNode(StringBuilder text, XNode node, int depth)
    {
        text.Append('\t', depth);
        if (node is XComment comment)
        {
            text.Append("<!--").Append(comment.Value).Append("-->\n");
            return;
        }

        var element = (XElement)node;
        var name = element.Name.LocalName;
        if (name is "true" or "false" || (name is "dict" or "array" && element.IsEmpty))
        {
            text.Append('<').Append(name).Append("/>\n");
            return;
        }

        text.Append('<').Append(name).Append('>');
        if (name is not ("dict" or "array")) text.Append(Escape(element.Value));
        else
        {
            text.Append('\n');
            foreach (var child in element.Nodes()) WriteNode(text, child, depth + 1);
            text.Append('\t', depth);
        }

        text.Append("</").Append(name).Append(">\n");
    }

    private static string Escape(string value) => PlistLimits.FindCharacterProblem(value) is { } problem
        ? throw new ArgumentException("The value cannot be written to a property list: " + problem)
        // XML readers turn a raw carriage return into a line feed, and "]]>" is not allowed in text.
        : value.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\r", "&#13;", StringComparison.Ordinal);
}
