using System.Collections.Immutable;
using System.Text.Json;
using System.Xml.Linq;

namespace Launchd.Simulator.Tests.Replay;

/// <summary>Property lists from values as JSON, which is easier to read in a transcript and in a test.</summary>
internal static class PropertyList
{
    public static string Render(IEnumerable<KeyValuePair<string, string>> keys) =>
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        + "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
        + new XElement("plist", new XAttribute("version", "1.0"), Dictionary(keys.Select(Parse)))
        + "\n";

    private static (string Key, JsonElement Value) Parse(KeyValuePair<string, string> pair)
    {
        using var document = JsonDocument.Parse(pair.Value);
        return (pair.Key, document.RootElement.Clone());
    }

    private static XElement Dictionary(IEnumerable<(string Key, JsonElement Value)> pairs) =>
        new("dict", pairs.SelectMany(pair => ImmutableArray.Create(new XElement("key", pair.Key), Value(pair.Value))));

    private static XElement Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => new XElement("string", value.GetString()),
        JsonValueKind.Number => new XElement("integer", value.GetRawText()),
        JsonValueKind.True => new XElement("true"),
        JsonValueKind.False => new XElement("false"),
        JsonValueKind.Array => new XElement("array", value.EnumerateArray().Select(Value)),
        JsonValueKind.Object => Dictionary(value.EnumerateObject().Select(pair => (pair.Name, pair.Value))),
        _ => throw new FormatException($"{value} has no property list form."),
    };
}
