using System.Text.Json;
using System.Text.Json.Nodes;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Writes a report as JSON. Names and words are a contract (<c>docs/report.schema.json</c>): new ones may be added, none may
/// change.</summary>
public static class ReportJson
{
    /// <summary>Writes the whole report on one line.</summary>
    public static string Write(ServiceReport report) =>
        CoreJson.ToText(new JsonReport(report, ReportFilter.KeepAll), CoreJson.Default.JsonReport);
}

/// <summary>The JSON of a report: the properties are written in the order of their declaration.</summary>
/// <remarks>Numbers that can be null are nodes: the serializer's code for each nullable type is compiled at run time (45 methods), in
/// every build that deploys.</remarks>
internal sealed class JsonReport(ServiceReport report, ReportFilter filter)
{
    public const int Version = 1;

    public int Schema { get; } = Version;
    public string Service => report.Definition.Name.Value;
    public string Verb => report.Verb;
    public string Outcome => ReportText.Word(report.Outcome);
    public bool Changed => report.Changed;
    public string Manager => report.Manager;
    public string Scope => ReportText.Word(report.Definition.Scope);
    public string DefinitionPath => filter.Of(report.DefinitionPath);
    public string Source => filter.Of(report.Definition.Source);
    public string Release => filter.Of(report.Release);
    public JsonLayers Before => new(report.Before);
    public JsonLayers After => new(report.After);
    public Dictionary<string, string> Evidence => report.Evidence.ToDictionary(
        pair => JsonNamingPolicy.CamelCase.ConvertName(pair.Key), pair => filter.Of(pair.Value), StringComparer.Ordinal);
    public JsonNode? ProcessId => report.ProcessId;
    public JsonNode? ProcessIdBefore => report.ProcessIdBefore;
    public string? Invocation => filter.Of(report.Invocation);
    public string StartsWithoutLogin => ReportText.Word(report.StartsWithoutLogin);
    public string? StartedAt =>
        report.StartedAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    public JsonNode? UptimeSeconds => report.Uptime is { } uptime ? Math.Round(uptime.TotalSeconds, 1) : null;
    public int Restarts => report.Restarts;
    public string LastExit => filter.Of(report.LastExit);
    public string Health => filter.Of(report.Health);
    public JsonCheck[] Checks => filter.Convert(report.Checks, check =>
        new JsonCheck(ReportText.Word(check.Name), ReportText.Word(check.Result), filter.Of(check.Evidence)));
    public JsonDifference[] Differences => filter.Convert(report.Differences, drift => new JsonDifference(
        ReportText.Word(drift.Layer), filter.Of(drift.Key), filter.Of(drift.Expected), filter.Of(drift.Actual)));
    public string[] Kept => filter.Convert(report.Kept, directive => filter.Of(SecretNames.NameOnly(directive)));
    public string[] DropIns => filter.Convert(report.DropIns, path => filter.Of(path));
    public string[] FileDiff => filter.Convert(report.FileDiff, line => filter.Of(line));
    public JsonStep[] Steps => filter.Convert(report.Steps, step => new JsonStep(
        ReportText.Word(step.Kind), filter.Of(step.Reason), filter.Of(step.Command),
        step.Status is { } status ? ReportText.Word(status) : "planned", ToMilliseconds(step.Duration)));
    public JsonCommand[] Commands => filter.Convert(report.Commands, command => new JsonCommand(
        filter.Of(command.CommandLine), command.End, command.ExitCode, filter.Of(command.StandardError),
        ToMilliseconds(command.Duration)));
    public JsonFinding[] Findings => JsonFinding.From(report.Findings, filter);
    public string[] Log => filter.Convert(report.Log, line => filter.Of(line));
    public string Advice => filter.Of(report.Advice);
    public double Milliseconds => ToMilliseconds(report.Duration);

    private static double ToMilliseconds(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 1);
}

internal sealed class JsonLayers(LayerStates states)
{
    public string Released => ReportText.Word(states.Released);
    public string Installed => ReportText.Word(states.Installed);
    public string Loaded => ReportText.Word(states.Loaded);
    public string Running => ReportText.Word(states.Running);
    public string Enabled => ReportText.Word(states.Enabled);
}

internal sealed record JsonCheck(string Name, string Result, string Evidence);

internal sealed record JsonDifference(string Layer, string Key, string? Expected, string? Actual);

internal sealed record JsonStep(string Kind, string Reason, string? Command, string Status, double Milliseconds);

internal sealed record JsonCommand(string Command, string End, JsonNode? ExitCode, string Stderr, double Milliseconds);

internal sealed record JsonFinding(string Code, string Severity, string Message, string? Advice)
{
    public static JsonFinding[] From(ImmutableArray<Finding> findings, ReportFilter filter) =>
        filter.Convert(findings, finding => new JsonFinding(
            finding.Code, ReportText.Word(finding.Severity), filter.Of(finding.Message), filter.Of(finding.Advice)));
}

internal sealed class JsonReportDocument(ReportDocument document)
{
    public int Schema { get; } = ReportDocument.Schema;
    public string Verb => document.Verb;
    public string Outcome => ReportText.Word(document.Outcome);
    public JsonReport[] Services => [.. document.Services.Select(report => new JsonReport(report, ReportFilter.KeepAll))];
    public JsonFinding[] Findings => JsonFinding.From(document.Findings, ReportFilter.KeepAll);
}
