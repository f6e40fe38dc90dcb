using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Reconciliation;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>A report as text for people. The contract for programs is the JSON and the items.</summary>
public static class ReportText
{
    /// <summary>One line: what became of the service.</summary>
    public static string Summary(ServiceReport report)
    {
        var name = report.Definition.Name;
        if (report.Verb == "plan") return $"{name}: {PlanSummary(report)}";
        var process = report.ProcessId is { } pid ? $"pid {pid}" : "no process";
        var health = report.Health.Length > 0 ? $", {report.Health}" : "";
        var outcome = report.Outcome switch
        {
            Outcome.Unchanged when report.Verb == "verify" => "everything as it should be",
            Outcome.Unchanged => "nothing to do",
            Outcome.Changed => "done",
            Outcome.RolledBack => "failed, the last good state is back",
            _ => "FAILED",
        };
        return $"{name}: {report.Verb}: {outcome} ({report.Manager}, {Word(report.Definition.Scope)} scope, {process}{health})";
    }

    /// <summary>The whole story: the layers with their evidence, what differs, what was done, what to do.</summary>
    public static IEnumerable<string> Details(ServiceReport report)
    {
        var after = report.After;
        yield return $"{report.Definition.Name}  {report.Manager}, {Word(report.Definition.Scope)} scope";
        yield return $"  definition  {report.DefinitionPath}";
        yield return Layer("installed", after.Installed == InstalledState.Current, false, Word(after.Installed), report.Evidence["Installed"]);
        yield return Layer("loaded", after.Loaded == LoadedState.Current, after.Loaded == LoadedState.Unknown, Word(after.Loaded), report.Evidence["Loaded"]);
        yield return Layer("running", after.Running == RunningState.Current, after.Running == RunningState.Unknown, Word(after.Running), report.Evidence["Running"]);
        yield return Layer("enabled", after.Enabled == Answer.Yes, after.Enabled == Answer.Unknown, Word(after.Enabled), "start by itself at login or boot");
        if (report.Health.Length > 0) yield return $"  health      {report.Health}";
        if (report.Verb == "verify")
            foreach (var check in report.Checks)
                yield return $"  check       {Word(check.Result),-7} {Word(check.Name)}: {check.Evidence}";
        foreach (var drift in report.Differences)
            yield return $"  differs     {Word(drift.Layer)}: {drift}";
        foreach (var step in report.Steps)
            yield return $"  {(step.Status is null ? "would do " : "done     ")}   {Word(step.Kind)}: {step.Reason}{(step.Command is null ? "" : $"  [{step.Command}]")}";
        if (report.Verb == "plan") yield return $"  plan        {PlanSummary(report)}";
        foreach (var finding in report.Findings)
            yield return $"  {Word(finding.Severity),-11} {finding.Code}: {finding.Message}";
        foreach (var line in report.Log)
            yield return $"  log         {line}";
        if (report.Advice.Length > 0) yield return $"  next        {report.Advice}";
    }

    /// <summary>The steps of a plan, numbered; one line says so when there are none.</summary>
    public static string PlanSummary(ServiceReport report) => report.Outcome == Outcome.Failed
        ? "cannot be deployed"
        : report.Steps.IsEmpty ? "nothing to do" : $"{report.Steps.Length} steps: {string.Join(", ", report.Steps.Select(step => Word(step.Kind)))}";

    /// <summary>A value of an enumeration as its word in items and JSON: lower case, dashes between words.</summary>
    public static string Word<T>(T value) where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) =>
            char.IsAsciiLetterUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    private static string Layer(string name, bool good, bool unknown, string state, string evidence) =>
        $"  {(good ? "✓" : unknown ? "?" : "✗")} {name,-9} {state}: {evidence}";
}
