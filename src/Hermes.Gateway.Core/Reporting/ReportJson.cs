using System.Globalization;
using System.Text.Json;
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
        CoreJson.ToText(JsonReport.From(report, ReportFilter.KeepAll), CoreJson.Default.JsonReport);
}

internal sealed record JsonReport(
    int Schema,
    string Service,
    string Verb,
    string Outcome,
    bool Changed,
    string Manager,
    string Scope,
    string DefinitionPath,
    string Source,
    JsonLayers Before,
    JsonLayers After,
    Dictionary<string, string> Evidence,
    int? ProcessId,
    int? ProcessIdBefore,
    string? Invocation,
    string StartsWithoutLogin,
    string? StartedAt,
    double? UptimeSeconds,
    int Restarts,
    string LastExit,
    string Health,
    JsonCheck[] Checks,
    JsonDifference[] Differences,
    string[] Kept,
    string[] DropIns,
    string[] FileDiff,
    JsonStep[] Steps,
    JsonCommand[] Commands,
    JsonFinding[] Findings,
    string[] Log,
    string Advice,
    double Milliseconds)
{
    public const int Version = 1;

    public static JsonReport From(ServiceReport report, ReportFilter filter) => new(
        Version,
        report.Definition.Name.Value,
        report.Verb,
        ReportText.Word(report.Outcome),
        report.Changed,
        report.Manager,
        ReportText.Word(report.Definition.Scope),
        filter.Of(report.DefinitionPath),
        filter.Of(report.Definition.Source),
        JsonLayers.From(report.Before),
        JsonLayers.From(report.After),
        report.Evidence.ToDictionary(
            pair => JsonNamingPolicy.CamelCase.ConvertName(pair.Key), pair => filter.Of(pair.Value), StringComparer.Ordinal),
        report.ProcessId,
        report.ProcessIdBefore,
        filter.Of(report.Invocation),
        ReportText.Word(report.StartsWithoutLogin),
        report.StartedAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        report.Uptime is { } uptime ? Math.Round(uptime.TotalSeconds, 1) : null,
        report.Restarts,
        filter.Of(report.LastExit),
        filter.Of(report.Health),
        filter.Convert(report.Checks, check =>
            new JsonCheck(ReportText.Word(check.Name), ReportText.Word(check.Result), filter.Of(check.Evidence))),
        filter.Convert(report.Differences, drift => new JsonDifference(
            ReportText.Word(drift.Layer), filter.Of(drift.Key), filter.Of(drift.Expected), filter.Of(drift.Actual))),
        filter.Convert(report.Kept, directive => filter.Of(SecretNames.NameOnly(directive))),
        filter.Convert(report.DropIns, path => filter.Of(path)),
        filter.Convert(report.FileDiff, line => filter.Of(line)),
        filter.Convert(report.Steps, step => new JsonStep(
            ReportText.Word(step.Kind), filter.Of(step.Reason), filter.Of(step.Command),
            step.Status is { } status ? ReportText.Word(status) : "planned", ToMilliseconds(step.Duration))),
        filter.Convert(report.Commands, command => new JsonCommand(
            filter.Of(command.CommandLine), command.End, command.ExitCode, filter.Of(command.StandardError),
            ToMilliseconds(command.Duration))),
        JsonFinding.From(report.Findings, filter),
        filter.Convert(report.Log, line => filter.Of(line)),
        filter.Of(report.Advice),
        ToMilliseconds(report.Duration));

    private static double ToMilliseconds(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 1);
}

internal sealed record JsonLayers(string Installed, string Loaded, string Running, string Enabled)
{
    public static JsonLayers From(LayerStates states) => new(
        ReportText.Word(states.Installed), ReportText.Word(states.Loaded), ReportText.Word(states.Running),
        ReportText.Word(states.Enabled));
}

internal sealed record JsonCheck(string Name, string Result, string Evidence);

internal sealed record JsonDifference(string Layer, string Key, string? Expected, string? Actual);

internal sealed record JsonStep(string Kind, string Reason, string? Command, string Status, double Milliseconds);

internal sealed record JsonCommand(string Command, string End, int? ExitCode, string Stderr, double Milliseconds);

internal sealed record JsonFinding(string Code, string Severity, string Message, string? Advice)
{
    public static JsonFinding[] From(ImmutableArray<Finding> findings, ReportFilter filter) =>
        filter.Convert(findings, finding => new JsonFinding(
            finding.Code, ReportText.Word(finding.Severity), filter.Of(finding.Message), filter.Of(finding.Advice)));
}

internal sealed record JsonReportDocument(
    int Schema, string Verb, string Outcome, JsonReport[] Services, JsonFinding[] Findings)
{
    public static JsonReportDocument From(ReportDocument document) => new(
        ReportDocument.Schema,
        document.Verb,
        ReportText.Word(document.Outcome),
        [.. document.Services.Select(report => JsonReport.From(report, ReportFilter.KeepAll))],
        JsonFinding.From(document.Findings, ReportFilter.KeepAll));
}
