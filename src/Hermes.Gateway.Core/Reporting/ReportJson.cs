using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Reconciliation;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>A report as JSON for programs. Names and words are a contract; new ones may be added.</summary>
public static class ReportJson
{
    /// <summary>Version of the form.</summary>
    public const int Schema = 1;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The whole report on one line.</summary>
    public static string Write(ServiceReport report) => Write(ToNode(report), isIndented: false);

    /// <summary>A node as text.</summary>
    internal static string Write(JsonObject node, bool isIndented)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options with { Indented = isIndented }))
            node.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>The report as a node of a larger document.</summary>
    internal static JsonObject ToNode(ServiceReport report) => new()
    {
        ["schema"] = Schema,
        ["service"] = report.Definition.Name.Value,
        ["verb"] = report.Verb,
        ["outcome"] = ReportText.Word(report.Outcome),
        ["changed"] = report.Changed,
        ["manager"] = report.Manager,
        ["scope"] = ReportText.Word(report.Definition.Scope),
        ["definitionPath"] = report.DefinitionPath,
        ["source"] = report.Definition.Source,
        ["before"] = Layers(report.Before),
        ["after"] = Layers(report.After),
        ["evidence"] = Evidence(report),
        ["processId"] = report.ProcessId,
        ["processIdBefore"] = report.ProcessIdBefore,
        ["invocation"] = report.Invocation,
        ["startsWithoutLogin"] = ReportText.Word(report.StartsWithoutLogin),
        ["startedAt"] = report.StartedAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["uptimeSeconds"] = report.Uptime is { } uptime ? Math.Round(uptime.TotalSeconds, 1) : null,
        ["restarts"] = report.Restarts,
        ["lastExit"] = report.LastExit,
        ["health"] = report.Health,
        ["checks"] = List(report.Checks, check => new JsonObject
        {
            ["name"] = ReportText.Word(check.Name),
            ["result"] = ReportText.Word(check.Result),
            ["evidence"] = check.Evidence,
        }),
        ["differences"] = List(report.Differences, drift => new JsonObject
        {
            ["layer"] = ReportText.Word(drift.Layer),
            ["key"] = drift.Key,
            ["expected"] = drift.Expected,
            ["actual"] = drift.Actual,
        }),
        ["kept"] = List(report.Kept, directive => JsonValue.Create(Secrets.NameOnly(directive))),
        ["dropIns"] = List(report.DropIns, path => JsonValue.Create(path)),
        ["fileDiff"] = List(report.FileDiff, line => JsonValue.Create(line)),
        ["steps"] = List(report.Steps, step => new JsonObject
        {
            ["kind"] = ReportText.Word(step.Kind),
            ["reason"] = step.Reason,
            ["command"] = step.Command,
            ["status"] = step.Status is { } status ? ReportText.Word(status) : "planned",
            ["milliseconds"] = Milliseconds(step.Duration),
        }),
        ["commands"] = List(report.Commands, command => new JsonObject
        {
            ["command"] = command.CommandLine,
            ["end"] = command.End,
            ["exitCode"] = command.ExitCode,
            ["stderr"] = command.StandardError,
            ["milliseconds"] = Milliseconds(command.Duration),
        }),
        ["findings"] = List(report.Findings),
        ["log"] = List(report.Log, line => JsonValue.Create(line)),
        ["advice"] = report.Advice,
        ["milliseconds"] = Milliseconds(report.Duration),
    };

    /// <summary>Findings as a node of a larger document.</summary>
    internal static JsonArray List(IEnumerable<Finding> findings) => List(findings, finding => new JsonObject
    {
        ["code"] = finding.Code,
        ["severity"] = ReportText.Word(finding.Severity),
        ["message"] = finding.Message,
        ["advice"] = finding.Advice,
    });

    private static JsonObject Layers(LayerStates states) => new()
    {
        ["installed"] = ReportText.Word(states.Installed),
        ["loaded"] = ReportText.Word(states.Loaded),
        ["running"] = ReportText.Word(states.Running),
        ["enabled"] = ReportText.Word(states.Enabled),
    };

    private static JsonObject Evidence(ServiceReport report)
    {
        var evidence = new JsonObject();
        foreach (var (layer, text) in report.Evidence)
            evidence.Add(JsonNamingPolicy.CamelCase.ConvertName(layer), text);
        return evidence;
    }

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode> convert) =>
        new([.. items.Select(item => (JsonNode?)convert(item))]);

    private static double Milliseconds(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 1);
}
