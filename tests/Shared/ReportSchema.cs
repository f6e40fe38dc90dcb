using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Hermes.Gateway.Tests.Shared;

/// <summary>docs/report.schema.json, and a validator of just the part of JSON Schema that it uses. Stricter than the
/// standard in one point: a property that the schema does not describe is a violation, so that nothing is written
/// that nobody described.</summary>
public sealed class ReportSchema
{
    private readonly JsonElement _root;

    private ReportSchema(JsonElement root) => _root = root;

    /// <summary>The path of the schema in this checkout.</summary>
    public static string File => Path.Combine(Root(), "docs", "report.schema.json");

    /// <summary>Reads the checkout's schema, or the one at <paramref name="path"/>.</summary>
    public static ReportSchema Read(string? path = null)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllText(path ?? File));
        return new ReportSchema(document.RootElement.Clone());
    }

    /// <summary>The words that a definition or a property of it allows: <c>Words("layers", "enabled")</c>.</summary>
    public IEnumerable<string?> Words(string definition, string? property = null)
    {
        var one = _root.GetProperty("$defs").GetProperty(definition);
        if (property is not null) one = one.GetProperty("properties").GetProperty(property);
        return one.GetProperty("enum").EnumerateArray().Select(word => word.GetString());
    }

    /// <summary>Everything in a report that is not as the schema says.</summary>
    public IReadOnlyList<string> Violations(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. Violations(_root, document.RootElement, "$")];
    }

    private IEnumerable<string> Violations(JsonElement schema, JsonElement value, string at) => schema.EnumerateObject()
        .SelectMany(keyword => Violations(keyword, schema, value, at));

    private IEnumerable<string> Violations(JsonProperty keyword, JsonElement schema, JsonElement value, string at)
    {
        var rule = keyword.Value;
        return keyword.Name switch
        {
            "$schema" or "$id" or "$defs" or "title" or "description" => [],
            "$ref" => Violations(Resolve(rule.GetString()!), value, at),
            "const" => Unless(JsonElement.DeepEquals(rule, value)),
            "enum" => Unless(rule.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value))),
            "type" => Unless(Types(rule).Any(type => Is(value, type))),
            "minimum" => Unless(value.ValueKind != JsonValueKind.Number || value.GetDouble() >= rule.GetDouble()),
            "pattern" => Unless(value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.GetString()!)),
            "required" or "properties" when value.ValueKind != JsonValueKind.Object => [],
            "items" when value.ValueKind != JsonValueKind.Array => [],
            "required" => rule.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _))
                .Select(name => $"{at}: no {name}"),
            "properties" => value.EnumerateObject().SelectMany(one => rule.TryGetProperty(one.Name, out var of)
                ? Violations(of, one.Value, $"{at}.{one.Name}")
                : [$"{at}: {one.Name} is not described"]),
            "items" => value.EnumerateArray().SelectMany((one, i) =>
                Violations(rule, one, string.Create(CultureInfo.InvariantCulture, $"{at}[{i}]"))),
            var other => throw new NotSupportedException($"{at}: this validator does not know the keyword {other}"),
        };

        IEnumerable<string> Unless(bool holds) => holds ? [] : [$"{at}: {value.GetRawText()} against {keyword.Name} {rule.GetRawText()}"];
    }

    private JsonElement Resolve(string reference) => reference.Split('/') is ["#", "$defs", var name]
        ? _root.GetProperty("$defs").GetProperty(name)
        : throw new NotSupportedException($"this validator does not know the reference {reference}");

    private static IEnumerable<string?> Types(JsonElement rule) => rule.ValueKind == JsonValueKind.Array
        ? rule.EnumerateArray().Select(type => type.GetString())
        : [rule.GetString()];

    private static bool Is(JsonElement value, string? type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => throw new NotSupportedException($"this validator does not know the type {type}"),
    };

    private static string Root([CallerFilePath] string file = "")
    {
        var folder = Path.GetDirectoryName(file)!;
        // Paths in a build for release may be mapped; the assembly's own place leads to the repository too.
        if (!Directory.Exists(folder)) folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "Hermes.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
