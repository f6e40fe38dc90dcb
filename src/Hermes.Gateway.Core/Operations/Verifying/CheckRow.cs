using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Operations.Verifying;

/// <summary>One service's checks, each by itself: what the verb wants of it, held against what was seen.</summary>
internal sealed class CheckRow(Operation operation, ServiceRequest request, Comparison now, CheckFacts facts)
{
    private readonly LayerStates _states = now.States;
    private readonly ServiceObservation _seen = now.Seen;

    private bool IsToRun => operation.Goal is Goal.Running or Goal.Restarted or Goal.Observed;

    private bool IsToBeThere => IsToRun || operation.Goal == Goal.Installed;

    private bool IsToBeGone => operation.Goal == Goal.Absent;

    private bool IsUp => _seen.Running is { Activity: Activity.Up, ProcessId: not null };

    public CheckReport Of(CheckName name)
    {
        var (result, evidence) = name switch
        {
            CheckName.Definition => OfDefinition(),
            CheckName.Loaded => OfLoaded(),
            CheckName.Process => OfProcess(),
            CheckName.Enabled => OfEnabled(),
            CheckName.Ownership => OfOwnership(),
            CheckName.Stability => OfStability(),
            CheckName.Health => OfHealth(),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "not a check"),
        };
        return new CheckReport(name, result, evidence);
    }

    private (CheckResult Result, string Evidence) OfDefinition()
    {
        if (IsToBeGone) return (If(_seen.Installed.Kind == InstalledKind.Missing), _seen.Installed.Evidence);
        if (!IsToBeThere) return NotAsked();
        return (If(_states.Installed == InstalledState.Current), With(_seen.Installed.Evidence, Layer.Installed));
    }

    private (CheckResult Result, string Evidence) OfLoaded()
    {
        if (!IsToBeThere && !IsToBeGone) return NotAsked();
        if (_states.Loaded == LoadedState.Unknown) return (CheckResult.Unknown, _seen.Loaded.Evidence);
        return IsToBeGone
            ? (If(_states.Loaded == LoadedState.No), _seen.Loaded.Evidence)
            : (If(_states.Loaded == LoadedState.Current), With(_seen.Loaded.Evidence, Layer.Loaded));
    }

    private (CheckResult Result, string Evidence) OfProcess()
    {
        var running = _seen.Running;
        if (operation.Goal == Goal.Installed) return NotAsked();
        if (!IsToRun)
            return running.Activity == Activity.Unknown
                ? (CheckResult.Unknown, running.Evidence)
                : (If(running is { ProcessId: null, Activity: Activity.Stopped or Activity.Failed }), running.Evidence);
        if (_states.Running == RunningState.Unknown) return (CheckResult.Unknown, running.Evidence);
        if (operation is { Goal: Goal.Restarted, Mode: OperationMode.Apply }
            && running.Invocation == facts.InvocationBefore)
            return (CheckResult.Fail, $"not restarted: {running.Evidence}");
        return (If(_states.Running == RunningState.Current && IsUp), With(running.Evidence, Layer.Running));
    }

    private (CheckResult Result, string Evidence) OfEnabled()
    {
        var evidence = _states.Enabled switch
        {
            Answer.Yes => "starts by itself at login or boot",
            Answer.No => "does not start by itself at login or boot",
            _ => "the manager did not tell",
        };
        var isAsked = operation.Enable || operation.Goal is Goal.Observed or Goal.Absent;
        if (!isAsked) return (CheckResult.Skipped, $"{evidence}; {operation.Verb} does not ask for it");
        return _states.Enabled == Answer.Unknown
            ? (CheckResult.Unknown, evidence)
            : (If(_states.Enabled == Answer.Yes != IsToBeGone), evidence);
    }

    private (CheckResult Result, string Evidence) OfOwnership()
    {
        if (!IsToBeThere) return NotAsked();
        var source = _seen.Installed.Content?.Source;
        return now.Ownership switch
        {
            Ownership.Ours => (CheckResult.Pass, "this project's"),
            Ownership.Moved => (CheckResult.Fail, $"this project's, from where it was before: {source}"),
            Ownership.SecondCopy => (CheckResult.Fail, $"another copy of this project: {source}"),
            Ownership.Other => (CheckResult.Fail, $"another project's: {source}"),
            Ownership.Unowned => (CheckResult.Fail, "written by hand or by another tool"),
            _ => _seen.Installed.Kind switch
            {
                InstalledKind.Missing => (CheckResult.Skipped, "no definition"),
                InstalledKind.Linked => (CheckResult.Fail, _seen.Installed.Evidence),
                _ => (CheckResult.Unknown, _seen.Installed.Evidence),
            },
        };
    }

    private (CheckResult Result, string Evidence) OfStability()
    {
        if (!IsToRun || operation.Mode == OperationMode.PlanOnly) return NotAsked();
        if (_states.Running == RunningState.CrashLooping) return (CheckResult.Fail, _seen.Running.Evidence);
        if (!IsUp) return (CheckResult.Skipped, "no process that is up");
        var wanted = $"{Seconds(request.Stability)} s";
        if (facts.HasStarted)
        {
            if (!facts.HasFailed) return (CheckResult.Pass, $"lived for {wanted} after its start");
            return facts.Findings.Any(IsOfStability)
                ? (CheckResult.Fail, $"did not live for {wanted} after its start")
                : (CheckResult.Unknown, $"{operation.Verb} ended before that was known");
        }

        if (facts.Age is not { } age) return (CheckResult.Skipped, $"not started by this {operation.Verb}");
        return age >= request.Stability
            ? (CheckResult.Pass, $"up for {Seconds(age)} s")
            : (CheckResult.Skipped, $"up for {Seconds(age)} s, not started by this {operation.Verb}");
    }

    private (CheckResult Result, string Evidence) OfHealth()
    {
        if (!IsToRun || operation.Mode == OperationMode.PlanOnly) return NotAsked();
        if (request.Health is null) return (CheckResult.Skipped, "no health check is configured");
        if (!IsUp) return (CheckResult.Skipped, "no process that is up");
        if (facts.IsHealthy) return (CheckResult.Pass, facts.Health);
        if (facts.IsHealthUnknown) return (CheckResult.Unknown, facts.Health);
        return facts.Health.Length > 0 ? (CheckResult.Fail, facts.Health) : (CheckResult.Unknown, "not asked");
    }

    private (CheckResult Result, string Evidence) NotAsked() =>
        (CheckResult.Skipped, $"{operation.Verb} does not ask for it");

    // Names only: the values are in the differences, where secrets are hidden.
    private string With(string evidence, Layer layer)
    {
        var keys = now.Drifts.Where(drift => drift.Layer == layer).Select(drift => drift.Key).Distinct().ToList();
        return keys.Count == 0 ? evidence : $"{evidence}; differs in {Shortened.Names(keys, ", ")}";
    }

    private static bool IsOfStability(Finding finding) =>
        finding.Severity == Severity.Error && finding.Descriptor == DiagnosticCatalog.CrashLooping;

    private static CheckResult If(bool isGood) => isGood ? CheckResult.Pass : CheckResult.Fail;

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
}
