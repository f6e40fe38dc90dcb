using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Hermes.Gateway.Testing;

/// <summary>A copy of <c>docs/report.schema.json</c> that validates reports more strictly than the file does.</summary>
/// <remarks>The file accepts undescribed properties, because a version may add some and readers ignore what they do not
/// know. Here each object is closed (<c>additionalProperties: false</c>), so that a report with an undescribed property
/// fails a test.</remarks>
public sealed class ReportSchema
{
    private static readonly EvaluationOptions EveryError = new() { OutputFormat = OutputFormat.List };

    private readonly JsonNode _root;
    private readonly JsonSchema _closed;

    private ReportSchema(string text)
    {
        _root = JsonNode.Parse(text)!;
        var closed = _root.DeepClone();
        Close(closed);
        _closed = Build(closed.ToJsonString());
    }

    /// <summary>The path of the file in the test's output folder, where the build copies it.</summary>
    public static string File => Path.Combine(AppContext.BaseDirectory, "report.schema.json");

    /// <summary>Reads the schema at <paramref name="path"/>, or the one of this checkout.</summary>
    public static ReportSchema Read(string? path = null) => new(System.IO.File.ReadAllText(path ?? File));

    /// <summary>Builds a schema without registering it: the library accepts each <c>$id</c> only once in a registry.</summary>
    public static JsonSchema Build(string text) => JsonSchema.FromText(text, new BuildOptions { SchemaRegistry = new() });

    /// <summary>Returns the words that a definition, or a property of it, allows: <c>Words("layers", "enabled")</c>.</summary>
    public IEnumerable<string> Words(string definition, string? property = null)
    {
        var one = _root["$defs"]![definition]!;
        if (property is not null) one = one["properties"]![property]!;
        return one["enum"]!.AsArray().Select(word => word!.GetValue<string>());
    }

    /// <summary>Validates a report; returns for each violation its location in the report (a JSON pointer), the keyword
    /// of the schema and the library's explanation.</summary>
    public IReadOnlyList<string> Violations(string json)
    {
        using var document = JsonDocument.Parse(json);
        var result = _closed.Evaluate(document.RootElement, EveryError);
        // A keyword whose subschema fails has no error of its own; the error is at the subschema.
        return result.IsValid
            ? []
            : [.. (result.Details ?? []).SelectMany(detail => (detail.Errors ?? []).Select(error =>
                $"{detail.InstanceLocation} {KeywordOf(detail, error.Key)}: {error.Value}"))];
    }

    // additionalProperties is applied as the schema "false", whose error has no keyword.
    private static string KeywordOf(EvaluationResults detail, string keyword) =>
        keyword.Length > 0 ? keyword : detail.EvaluationPath.ToString().Split('/')[^1];

    private static void Close(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items) Close(item);
        }
        else if (node is JsonObject members)
        {
            foreach (var (_, member) in members) Close(member);
            if (members["properties"] is JsonObject) members["additionalProperties"] = false;
        }
    }
}
