using System.Text;
using System.Xml.Linq;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The canonical text of a property list: laid out as Apple's own tools do it.</summary>
internal static class PlistWriter
{
    private const string Head =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        + "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
        + "<plist version=\"1.0\">\n";

    /// <inheritdoc cref="PlistXml.Write"/>
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
        if (name is "dict" or "array")
        {
            text.Append('\n');
            foreach (var child in element.Nodes()) WriteNode(text, child, depth + 1);
            text.Append('\t', depth);
        }
        else
        {
            WriteText(text, element.Value);
        }

        text.Append("</").Append(name).Append(">\n");
    }

    private static void WriteText(StringBuilder text, string value)
    {
        if (PlistLimits.FindCharacterProblem(value) is { } problem)
            throw new ArgumentException("The value has no place in a property list: " + problem);
        foreach (var c in value)
            _ = c switch
            {
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                // For "]]>", which must not stand in XML text.
                '>' => text.Append("&gt;"),
                // As it stands, a reader of XML would make a line feed of it.
                '\r' => text.Append("&#13;"),
                _ => text.Append(c),
            };
    }
}
