using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>The form of a <see cref="ServiceReport"/> in JSON. Names, order and words are a contract
/// (<c>docs/report.schema.json</c>): new properties may be added, none may change.</summary>
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
    /// <summary>Version of the form.</summary>
    public const int Version = 1;

    /// <summary>Converts a report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="texts">Applied to each text and each list.</param>
    public static JsonReport From(ServiceReport report, ReportTexts texts) => new(
        Version,
        report.Definition.Name.Value,
        report.Verb,
        ReportText.Word(report.Outcome),
        report.Changed,
        report.Manager,
        ReportText.Word(report.Definition.Scope),
        texts.Of(report.DefinitionPath),
        texts.Of(report.Definition.Source),
        JsonLayers.From(report.Before),
        JsonLayers.From(report.After),
        report.Evidence.ToDictionary(
            pair => JsonNamingPolicy.CamelCase.ConvertName(pair.Key), pair => texts.Of(pair.Value), StringComparer.Ordinal),
        report.ProcessId,
        report.ProcessIdBefore,
        texts.OfOptional(report.Invocation),
        ReportText.Word(report.StartsWithoutLogin),
        report.StartedAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        report.Uptime is { } uptime ? Math.Round(uptime.TotalSeconds, 1) : null,
        report.Restarts,
        texts.Of(report.LastExit),
        texts.Of(report.Health),
        texts.Convert(report.Checks, check =>
            new JsonCheck(ReportText.Word(check.Name), ReportText.Word(check.Result), texts.Of(check.Evidence))),
        texts.Convert(report.Differences, drift => new JsonDifference(
            ReportText.Word(drift.Layer), texts.Of(drift.Key), texts.OfOptional(drift.Expected), texts.OfOptional(drift.Actual))),
        texts.Convert(report.Kept, directive => texts.Of(SecretNames.NameOnly(directive))),
        texts.Convert(report.DropIns, texts.Of),
        texts.Convert(report.FileDiff, texts.Of),
        texts.Convert(report.Steps, step => new JsonStep(
            ReportText.Word(step.Kind), texts.Of(step.Reason), texts.OfOptional(step.Command),
            step.Status is { } status ? ReportText.Word(status) : "planned", ToMilliseconds(step.Duration))),
        texts.Convert(report.Commands, command => new JsonCommand(
            texts.Of(command.CommandLine), command.End, command.ExitCode, texts.Of(command.StandardError),
            ToMilliseconds(command.Duration))),
        JsonFinding.From(report.Findings, texts),
        texts.Convert(report.Log, texts.Of),
        texts.Of(report.Advice),
        ToMilliseconds(report.Duration));

    private static double ToMilliseconds(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 1);
}

/// <summary>The states of a service's layers, as words.</summary>
internal sealed record JsonLayers(string Installed, string Loaded, string Running, string Enabled)
{
    /// <summary>Converts the states.</summary>
    public static JsonLayers From(LayerStates states) => new(
        ReportText.Word(states.Installed), ReportText.Word(states.Loaded), ReportText.Word(states.Running),
        ReportText.Word(states.Enabled));
}

/// <summary>A check and its result.</summary>
internal sealed record JsonCheck(string Name, string Result, string Evidence);

/// <summary>A difference between two layers.</summary>
internal sealed record JsonDifference(string Layer, string Key, string? Expected, string? Actual);

/// <summary>A step that was planned or taken.</summary>
internal sealed record JsonStep(string Kind, string Reason, string? Command, string Status, double Milliseconds);

/// <summary>A command that was run. <paramref name="End"/> says how it ended.</summary>
internal sealed record JsonCommand(string Command, string End, int? ExitCode, string Stderr, double Milliseconds);

/// <summary>A finding.</summary>
internal sealed record JsonFinding(string Code, string Severity, string Message, string? Advice)
{
    /// <summary>Converts findings.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="texts">Applied to each text and to the list.</param>
    public static JsonFinding[] From(ImmutableArray<Finding> findings, ReportTexts texts) =>
        texts.Convert(findings, finding => new JsonFinding(
            finding.Code, ReportText.Word(finding.Severity), texts.Of(finding.Message), texts.OfOptional(finding.Advice)));
}

/// <summary>The form of a <see cref="ReportDocument"/> in JSON.</summary>
internal sealed record JsonDocumentOfReports(
    int Schema, string Verb, string Outcome, JsonReport[] Services, JsonFinding[] Findings)
{
    /// <summary>Converts a document, with all its texts as they are.</summary>
    public static JsonDocumentOfReports From(ReportDocument document) => new(
        ReportDocument.Schema,
        document.Verb,
        ReportText.Word(document.Outcome),
        [.. document.Services.Select(report => JsonReport.From(report, ReportTexts.Whole))],
        JsonFinding.From(document.Findings, ReportTexts.Whole));
}
