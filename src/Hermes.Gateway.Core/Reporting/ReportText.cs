using System.Text.Json;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Formats a report as text for people. Programs should read the JSON or the items instead.</summary>
public static class ReportText
{
    private const int LabelWidth = 11;

    // A definition that others wrote can differ in hundreds of thousands of keys.
    private const int MaxDifferences = 100;

    /// <summary>Returns one line: verb, service, result, manager, scope, process and health.</summary>
    /// <remarks>A blank comes before its first colon, because MSBuild's terminal logger takes text that begins like an address
    /// (<c>name:</c>) for a link.</remarks>
    public static string Summary(ServiceReport report)
    {
        var process = report switch
        {
            { ProcessId: { } pid } => $"pid {pid}",
            { After.Running: RunningState.Unknown } => "process unknown",
            _ when report.Findings.Any(IsAboutLeftoverProcesses) => "processes left",
            _ => "no process",
        };
        var health = report.Health.Length > 0 ? $", {report.Health}" : "";
        return PlainText.Of($"{report.Verb} of {report.Definition.Name}: {Result(report)} "
            + $"({report.Manager}, {Word(report.Definition.Scope)} scope, {process}{health})");
    }

    /// <summary>Returns the summary and all details: the layers with their evidence, differences, steps, findings, log lines, advice.
    /// </summary>
    public static IEnumerable<string> Details(ServiceReport report) => Lines(report).Select(PlainText.Of);

    /// <summary>Whether the operation met its goal; for a status, whether there are also no errors and no warnings.</summary>
    public static bool IsGood(ServiceReport report) =>
        report.Outcome is not (Outcome.Failed or Outcome.RolledBack)
        && (report.Verb != "status" || report.Findings.All(finding => finding.Severity == Severity.Info));

    /// <summary>Returns a value of an enumeration as it is written in items and JSON: in lower case, with dashes between words.</summary>
    public static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>Returns a number with its noun: <c>1 step</c>, <c>2 steps</c>.</summary>
    internal static string Count(int number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");

    private static bool IsAboutLeftoverProcesses(Finding finding) =>
        finding.Descriptor == DiagnosticCatalog.ProcessesLeft || finding.Descriptor == DiagnosticCatalog.StillRunning;

    private static string Result(ServiceReport report) => (report.Verb, report.Outcome) switch
    {
        ("plan", Outcome.Failed) => "cannot be deployed",
        ("plan", _) when report.Steps.IsEmpty => "nothing to do",
        ("plan", _) => $"{Count(report.Steps.Length, "step")}: {string.Join(", ", report.Steps.Select(step => Word(step.Kind)))}",
        ("status", _) => IsGood(report) ? "everything as it should be" : "not as it should be",
        ("verify", Outcome.Unchanged) => "everything as it should be",
        (_, Outcome.Unchanged) => "nothing to do",
        (_, Outcome.Changed) => "done",
        (_, Outcome.RolledBack) => report.RunsNewProgram ? "failed, the settings are back, the program is the new one" : "failed, the last good state is back",
        _ => "FAILED",
    };

    private static IEnumerable<string> Lines(ServiceReport report)
    {
        var after = report.After;
        yield return Summary(report);
        yield return Row("definition", report.DefinitionPath);
        if (after.Released != ReleasedState.InPlace)
            yield return Layer("released", after.Released, ReleasedState.Current, null, report.Evidence["Released"]);
        yield return Layer("installed", after.Installed, InstalledState.Current, null, report.Evidence["Installed"]);
        yield return Layer("loaded", after.Loaded, LoadedState.Current, LoadedState.Unknown, report.Evidence["Loaded"]);
        yield return Layer("running", after.Running, RunningState.Current, RunningState.Unknown, report.Evidence["Running"]);
        yield return Layer("enabled", after.Enabled, Answer.Yes, Answer.Unknown, Enabled(report));
        if (Process(report) is { Length: > 0 } process) yield return Row("process", process);
        if (report.LastExit.Length > 0) yield return Row("last exit", report.LastExit);
        if (report.Health.Length > 0) yield return Row("health", report.Health);
        if (report.Verb == "verify")
            foreach (var check in report.Checks) yield return Row("check", $"{Word(check.Result),-7} {Word(check.Name)}: {check.Evidence}");
        if (!report.Kept.IsEmpty) yield return Row("kept", Shortened.Names([.. report.Kept.Select(SecretNames.NameOnly)], ", "));
        foreach (var path in report.DropIns) yield return Row("drop-in", path);
        foreach (var drift in report.Differences.Take(MaxDifferences)) yield return Row("differs", $"{Word(drift.Layer)}: {drift}");
        if (report.Differences.Length > MaxDifferences)
            yield return Row("differs", Shortened.Rest(report.Differences.Length - MaxDifferences));
        var number = 0;
        foreach (var step in report.Steps)
        {
            yield return Row(
                step.Status is { } status ? Word(status) : "would do",
                string.Create(CultureInfo.InvariantCulture, $"{++number}. {Word(step.Kind)}: {step.Reason}"));
            if (step.Command is { } command) yield return Row("", $"   {command}");
        }

        // Only for a plan: after a change, the differences say the same key by key.
        if (report.Verb == "plan" && !report.FileDiff.IsEmpty)
        {
            yield return Row("file", "as it is (-) and as it would be written (+), secrets and others' values hidden");
            foreach (var line in report.FileDiff) yield return $"    {line}";
        }

        // Not "error HGW4006:", which a build that runs this one in an Exec would take for an error of its own.
        foreach (var finding in report.Findings)
            yield return Row("finding", $"{finding.Code} ({Word(finding.Severity)}): {finding.Message}");
        foreach (var line in report.Log) yield return Row("log", line);
        if (report.Advice.Length > 0) yield return Row("next", report.Advice);
    }

    private static string Enabled(ServiceReport report)
    {
        var when = report.Definition.Scope == ServiceScope.System ? "at boot" : "at login";
        return (report.After.Enabled, report.Definition.Scope, report.StartsWithoutLogin) switch
        {
            (Answer.Yes, ServiceScope.User, Answer.Yes) => "it starts by itself at boot, without a login",
            (Answer.Yes, ServiceScope.User, Answer.No) => "it starts by itself at login, not at boot",
            (Answer.Yes, _, _) => $"it starts by itself {when}",
            (Answer.No, _, _) => $"it does not start by itself {when}",
            _ => $"whether it starts by itself {when} is not known",
        };
    }

    private static string Process(ServiceReport report)
    {
        var parts = new List<string>();
        if (report.ProcessId is { } pid) parts.Add(string.Create(CultureInfo.InvariantCulture, $"pid {pid}"));
        if (report.Uptime is { } uptime) parts.Add($"up {PlainText.Of(uptime)}");
        if (report.Restarts > 0) parts.Add(Count(report.Restarts, "automatic restart"));
        return string.Join(", ", parts);
    }

    private static string Row(string label, string text) => $"  {label.PadRight(LabelWidth)} {text}";

    private static string Layer<T>(string name, T state, T good, T? unknown, string evidence) where T : struct, Enum =>
        $"  {(state.Equals(good) ? "✓" : state.Equals(unknown) ? "?" : "✗")} {name,-9} {Word(state)}: {evidence}";
}
