using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers;

namespace Hermes.Gateway.Core.Operations.Verifying;

/// <summary>Evaluates one service against the goal of an operation: a result for each <see cref="CheckName"/>, and the problems
/// that keep the goal from being met. An operation that only describes is evaluated against the goal of a deploy. Pure.</summary>
internal sealed class GoalEvaluator(
    Operation operation, IServiceManager manager, ServiceRequest request, Comparison now, EvaluationFacts facts)
{
    private readonly bool _wantsProcess = operation.Goal.IncludesProcess() || operation.Goal == Goal.Observed;
    private readonly bool _wantsDefinition = operation.Goal.IncludesDefinition() || operation.Goal == Goal.Observed;
    private readonly bool _wantsEnabled = operation.Enable || operation.Goal == Goal.Observed;
    private readonly LayerStates _states = now.States;
    private readonly ServiceObservation _seen = now.Observation;
    private readonly string _name = now.Desired.Definition.Name.Value;

    // Errors of the manager itself (a mask, no answer) are the cause of what follows from them.
    private readonly ImmutableArray<Finding> _managerErrors = [.. now.Observation.Errors];

    private bool IsUp => _seen.Running is { Activity: Activity.Up, ProcessId: not null };

    private bool IsMissing => _seen.Installed.Kind == InstalledKind.Missing;

    /// <summary>The error for a state directory that the service cannot use.</summary>
    public static Finding ReportStateDirectory(ServiceDefinition definition, string problem) => DiagnosticCatalog.StateDirectoryUnusable.Error(
        $"{definition.Name} cannot use its state directory (HermesGatewayStateDirectory): {problem}.",
        $"ls -ld {ShellText.Quote([definition.StateDirectory!])}");

    /// <summary>Why a service cannot use its state directory, as a sentence without its end; null when it can.</summary>
    public static string? FindStateDirectoryProblem(Comparison comparison) => comparison.Observation switch
    {
        { StateDirectory.IsMissing: true } => $"there is no {comparison.Desired.Definition.StateDirectory}"
            + (comparison.HadStateDirectory ? ", in which it has kept its data; the disk may not be mounted" : ""),
        // An operator's directives can give the account other rights.
        { HasOtherRights: true } => null,
        var seen => seen.StateDirectory?.Problem,
    };

    private bool IsRolledBackWithoutBuild =>
        now.Desired.Release is { RolledBack: not null } release && (release.Content is null || release.IsBuildNewer);

    /// <summary>Whether further observations may still show the goal to be met.</summary>
    /// <param name="now">The latest comparison.</param>
    /// <param name="hasActed">Whether this operation changed anything.</param>
    /// <param name="restartsBefore">The manager's restart count when the process was started.</param>
    public static bool CanStillBeMet(Comparison now, bool hasActed, int restartsBefore)
    {
        var running = now.Observation.Running;
        return running.IsInTransit || running.Activity switch
        {
            Activity.Starting or Activity.Stopping => true,
            // A first exit may be bad luck, such as a port that is not free yet; a second one in a row is a crash loop.
            Activity.WaitingToRestart => hasActed && running.Restarts <= restartsBefore,
            Activity.Up => hasActed && running.Restarts <= restartsBefore + 1,
            Activity.Unknown => hasActed,
            _ => false,
        };
    }

    public Evaluation Evaluate()
    {
        var (release, definition, loaded, process, enabled, ownership) =
            (CheckRelease(), CheckDefinition(), CheckLoaded(), CheckProcess(), CheckEnabled(), CheckOwnership());
        var errors = _wantsDefinition ? _managerErrors : [];
        // The deepest cause first.
        Check[] causes = operation.Goal.ExcludesProcess()
            ? [process, definition, loaded, enabled]
            : [release, definition, ownership, loaded, enabled, process];
        return new Evaluation(
            [release, definition, loaded, process, enabled, ownership, CheckStability(), CheckHealth()],
            errors,
            [.. errors, .. causes.SelectMany(check => check.Problems)]);
    }

    private Check CheckRelease()
    {
        if (!_wantsDefinition) return NotAsked(CheckName.Release);
        var evidence = _seen.Released.Evidence;
        // While the definition is missing or stale, that is the problem to report. A start or restart reports a damaged release as a
        // warning (ServicePlanner), and does not fail because of it.
        var isCause = _states.Installed == InstalledState.Current && (_wantsEnabled || _states.Released == ReleasedState.Missing);
        return _states.Released switch
        {
            ReleasedState.InPlace => new Check(CheckName.Release, CheckResult.Skipped, evidence),
            ReleasedState.Current or ReleasedState.Missing when IsRolledBackWithoutBuild && !operation.MayChange => Fail(
                CheckName.Release, evidence, RolledBack(now.Desired.Release!.RolledBack!, now.Desired.Release)),
            ReleasedState.Current when now.Desired.Release!.Content is null && !operation.MayChange => Unknown(
                CheckName.Release, $"{evidence}; there is no build to compare it with", isCause
                    ? DiagnosticCatalog.NothingToRelease.Error(
                        $"there is no build of {now.Desired.Definition.Source}, so whether {_name} is up to date is unknown ({evidence}).",
                        $"dotnet build {ShellText.Quote([now.Desired.Definition.Source])}")
                    : null),
            ReleasedState.Current => Pass(CheckName.Release, evidence),
            ReleasedState.Missing when now.Desired.Release!.IsBuildNewer => Fail(
                CheckName.Release, evidence, isCause
                    ? DiagnosticCatalog.InstalledStale.Error($"{_name} is installed but stale: {evidence}.", request.DeployCommand)
                    : null),
            _ => Fail(CheckName.Release, evidence, isCause
                ? DiagnosticCatalog.ReleaseDamaged.Error($"{_name} points to a release that is not as it was made: {evidence}.", request.DeployCommand)
                : null),
        };
    }

    private Check CheckDefinition()
    {
        var installed = _seen.Installed;
        if (operation.Goal == Goal.Absent)
            return IsMissing
                ? Pass(CheckName.Definition, installed.Evidence)
                : Fail(CheckName.Definition, installed.Evidence, LeftBehind($"{_seen.DefinitionPath} is still there."));
        if (!_wantsDefinition) return NotAsked(CheckName.Definition);
        var evidence = WithKeys(installed.Evidence, Layer.Installed);
        return _states.Installed switch
        {
            InstalledState.Current when FindStateDirectoryProblem(now) is { } problem => Fail(
                CheckName.Definition, $"{evidence}; {problem}", ReportStateDirectory(now.Desired.Definition, problem)),
            InstalledState.Current => Pass(CheckName.Definition, evidence),
            InstalledState.Missing => Fail(CheckName.Definition, evidence, DiagnosticCatalog.NotInstalled.Error(
                $"{_name} is not installed: there is no {_seen.DefinitionPath}.", request.DeployCommand)),
            InstalledState.Unreadable => Fail(CheckName.Definition, evidence, DiagnosticCatalog.DefinitionUnreadable.Error(
                $"{_seen.DefinitionPath} cannot be read as a definition ({installed.Evidence}).", StatusCommand)),
            InstalledState.Foreign when installed.Kind == InstalledKind.Linked && _managerErrors.IsEmpty =>
                Fail(CheckName.Definition, evidence, DiagnosticCatalog.DefinitionIsLink.Error(
                    $"{_seen.DefinitionPath} is {installed.Evidence}; it is managed by something else.", StatusCommand)),
            // A link is explained by the manager's error, and the definition of another project by the check of the ownership.
            InstalledState.Foreign => Fail(CheckName.Definition, evidence),
            _ when now.Desired.Release is { RolledBack: { } back, Content: not null } release && release.Current != release.Revision =>
                Fail(CheckName.Definition, evidence, IsRolledBackWithoutBuild ? null : RolledBack(back, release)),
            _ => Fail(CheckName.Definition, evidence, DiagnosticCatalog.InstalledStale.Error(
                $"{_name} is installed but stale: {_seen.DefinitionPath} does not match the current build "
                + $"({Differences(Layer.Installed)}).",
                request.DeployCommand)),
        };
    }

    private Finding RolledBack(ManualRollback back, ServiceRelease release) => DiagnosticCatalog.RolledBackByHand.Error(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{_name} was rolled back to release {release.Current} at {back.Time:u} by {Accounts.Find(back.UserId)?.Name ?? $"user {back.UserId}"}"
            + $"{(back.InvokingUser is { } invoking ? $" (sudo of {invoking})" : "")}{(back.LeftRevisions is [.., var left] ? $", from release {left}" : "")}. ")
        + (release.IsBuildNewer ? "The current build is not published."
            : release.Content is null ? "There is no build to compare it with." : $"The current build is release {release.Revision}."),
        request.DeployCommand);

    private Check CheckLoaded()
    {
        var evidence = _seen.Loaded.Evidence;
        if (!_wantsDefinition && operation.Goal != Goal.Absent) return NotAsked(CheckName.Loaded);
        if (_states.Loaded == LoadedState.Unknown)
            return Unknown(CheckName.Loaded, evidence, _wantsDefinition && _managerErrors.IsEmpty
                ? Unproven($"what the manager holds of {_name} is unknown ({evidence}).", request.DeployCommand)
                : null);
        if (operation.Goal == Goal.Absent)
            return _states.Loaded == LoadedState.No
                ? Pass(CheckName.Loaded, evidence)
                : Fail(CheckName.Loaded, evidence, LeftBehind($"the manager still holds {_name} ({evidence})."));
        return _states.Loaded switch
        {
            LoadedState.Current => Pass(CheckName.Loaded, WithKeys(evidence, Layer.Loaded)),
            LoadedState.No => Fail(CheckName.Loaded, WithKeys(evidence, Layer.Loaded), IsMissing || _seen.Installed.Kind == InstalledKind.Linked
                // One problem, not two: what is not installed cannot be loaded.
                ? null
                : DiagnosticCatalog.NotLoaded.Error(
                    $"{_name} is installed but not loaded: {_seen.DefinitionPath} is on disk, the manager does not hold it ({evidence}).",
                    request.DeployCommand)),
            _ => Fail(CheckName.Loaded, WithKeys(evidence, Layer.Loaded), _states.Installed == InstalledState.Current
                ? DiagnosticCatalog.NotLoaded.Error(
                    $"{_name}: the manager holds another definition than {_seen.DefinitionPath} ({Differences(Layer.Loaded)}).",
                    request.DeployCommand)
                : null),
        };
    }

    private Check CheckProcess()
    {
        var running = _seen.Running;
        if (operation.Goal == Goal.Installed) return NotAsked(CheckName.Process);
        if (!_wantsProcess) return CheckNoProcess();
        var isOldProcess = operation is { Goal: Goal.Restarted, MayChange: true } && running.Invocation == facts.InvocationBefore;
        var result = _states.Running == RunningState.Unknown ? CheckResult.Unknown
            : _states.Running == RunningState.Current && IsUp && !isOldProcess ? CheckResult.Pass : CheckResult.Fail;
        var evidence = result == CheckResult.Unknown ? running.Evidence
            : isOldProcess ? $"not restarted: {running.Evidence}" : WithKeys(running.Evidence, Layer.Running);
        var notRestarted = isOldProcess
            ? DiagnosticCatalog.RunningStale.Error(
                $"{_name} was not restarted: the same process runs as before (pid {running.ProcessId}).", StatusCommand)
            : null;
        return new Check(CheckName.Process, result, evidence, FindProcessProblem(), notRestarted);
    }

    private Check CheckNoProcess()
    {
        var running = _seen.Running;
        if (running.Activity == Activity.Unknown)
            return Unknown(CheckName.Process, running.Evidence, _managerErrors.FirstOrDefault()
                ?? Unproven($"whether {_name} runs is unknown ({running.Evidence}).", StatusCommand));
        return running is { ProcessId: null, Activity: Activity.Stopped or Activity.Failed }
            ? Pass(CheckName.Process, running.Evidence)
            : Fail(CheckName.Process, running.Evidence, DiagnosticCatalog.StillRunning.Error(
                $"{_name} still runs: {running.Evidence}.", StatusCommand));
    }

    private Finding? FindProcessProblem()
    {
        var running = _seen.Running;
        var notUp = DiagnosticCatalog.NotRunning.Error($"{_name} is not up: {running.Evidence}.", StatusCommand);
        return _states.Running switch
        {
            RunningState.CrashLooping =>
                DiagnosticCatalog.CrashLooping.Error($"{_name} keeps dying: {running.Evidence}.", manager.LogCommand(now.Desired)),
            RunningState.No when !IsMissing || _states.Loaded == LoadedState.Current =>
                DiagnosticCatalog.NotRunning.Error($"{_name} is not running: {running.Evidence}.", manager.LogCommand(now.Desired)),
            RunningState.Stale => DiagnosticCatalog.RunningStale.Error(
                $"{_name} runs an older definition or older code than this build (pid {running.ProcessId}).", request.DeployCommand),
            RunningState.Unknown when running.Activity == Activity.Stopping => notUp,
            RunningState.Unknown when _states.Loaded != LoadedState.Unknown =>
                Unproven($"nothing proves which definition {_name} runs ({running.Evidence}).", request.DeployCommand),
            RunningState.Current when running.Activity != Activity.Up => notUp,
            _ => null,
        };
    }

    private Check CheckEnabled()
    {
        var evidence = _states.Enabled switch
        {
            Answer.Yes => "starts by itself at login or boot",
            Answer.No => "does not start by itself at login or boot",
            _ => "the manager did not tell",
        };
        if (operation.Goal == Goal.Absent)
            return _states.Enabled switch
            {
                Answer.No => Pass(CheckName.Enabled, evidence),
                Answer.Yes => Fail(CheckName.Enabled, evidence, DiagnosticCatalog.LeftBehind.Error(
                    $"{_name} is still set to start at login or boot.", manager.CommandFor(StepKind.Disable, now.Desired))),
                _ => Unknown(CheckName.Enabled, evidence),
            };
        if (!_wantsEnabled) return new Check(CheckName.Enabled, CheckResult.Skipped, $"{evidence}; {operation.Verb} does not ask for it");
        return _states.Enabled switch
        {
            Answer.Yes => Pass(CheckName.Enabled, evidence),
            Answer.No => Fail(CheckName.Enabled, evidence, IsMissing ? null : DiagnosticCatalog.NotEnabled.Error(
                $"{_name} does not start by itself at login or boot.", manager.CommandFor(StepKind.Enable, now.Desired))),
            // Directly after an enable, the command that the manager accepted is evidence that the service is enabled.
            _ => Unknown(
                CheckName.Enabled, evidence,
                !operation.MayChange && !IsMissing && _states.Loaded != LoadedState.Unknown && _managerErrors.IsEmpty
                    ? Unproven($"whether {_name} starts by itself at login or boot is unknown.", StatusCommand)
                    : null),
        };
    }

    private Check CheckOwnership()
    {
        if (!_wantsDefinition) return NotAsked(CheckName.Ownership);
        var source = _seen.Installed.Content?.Source;
        return now.Ownership switch
        {
            Ownership.Ours => Pass(CheckName.Ownership, "this project's"),
            Ownership.Moved => Fail(CheckName.Ownership, $"this project's, from where it was before: {source}"),
            Ownership.SecondCopy => Fail(CheckName.Ownership, $"another copy of this project: {source}"),
            Ownership.Other => Fail(CheckName.Ownership, $"another project's: {source}", DiagnosticCatalog.OwnedByOther.Error(
                $"{_seen.DefinitionPath} belongs to another project: {source}.",
                "choose another HermesGatewayName, or set HermesGatewayTakeOver=true")),
            Ownership.Unowned => Fail(CheckName.Ownership, "written by hand or by another tool"),
            _ => _seen.Installed.Kind switch
            {
                InstalledKind.Missing => new Check(CheckName.Ownership, CheckResult.Skipped, "no definition"),
                InstalledKind.Linked => Fail(CheckName.Ownership, _seen.Installed.Evidence),
                _ => Unknown(CheckName.Ownership, _seen.Installed.Evidence),
            },
        };
    }

    private Check CheckStability()
    {
        if (!_wantsProcess || IsOnlyPlanned) return NotAsked(CheckName.Stability);
        if (_states.Running == RunningState.CrashLooping) return Fail(CheckName.Stability, _seen.Running.Evidence);
        if (!IsUp) return new Check(CheckName.Stability, CheckResult.Skipped, "no process that is up");
        var wanted = $"{Seconds(request.Stability)} s";
        if (facts.HasStarted)
        {
            if (!facts.HasFailed) return Pass(CheckName.Stability, $"lived for {wanted} after its start");
            return facts.Findings.Any(finding => finding.Severity == Severity.Error && finding.Descriptor == DiagnosticCatalog.CrashLooping)
                ? Fail(CheckName.Stability, $"did not live for {wanted} after its start")
                : Unknown(CheckName.Stability, $"{operation.Verb} ended before that was known");
        }

        if (facts.Age is not { } age) return new Check(CheckName.Stability, CheckResult.Skipped, $"not started by this {operation.Verb}");
        return age >= request.Stability
            ? Pass(CheckName.Stability, $"up for {Seconds(age)} s")
            : new Check(CheckName.Stability, CheckResult.Skipped, $"up for {Seconds(age)} s, not started by this {operation.Verb}");
    }

    private Check CheckHealth()
    {
        if (!_wantsProcess || IsOnlyPlanned) return NotAsked(CheckName.Health);
        if (request.Health is null) return new Check(CheckName.Health, CheckResult.Skipped, "no health check is configured");
        if (!IsUp) return new Check(CheckName.Health, CheckResult.Skipped, "no process that is up");
        var health = facts.Health;
        if (health.IsHealthy) return Pass(CheckName.Health, health.Text);
        if (health.Problem != AccountCommandProblem.None) return Unknown(CheckName.Health, health.Text);
        return health.Text.Length > 0 ? Fail(CheckName.Health, health.Text) : Unknown(CheckName.Health, "not asked");
    }

    private bool IsOnlyPlanned => !operation.Has(OperationPhases.Verify) && !operation.Has(OperationPhases.Describe);

    private string StatusCommand => manager.StatusCommand(now.Desired);

    private Finding LeftBehind(string message) => DiagnosticCatalog.LeftBehind.Error(message, StatusCommand);

    private static Finding Unproven(string message, string advice) => DiagnosticCatalog.Unproven.Error(message, advice);

    private static Check Pass(CheckName name, string evidence) => new(name, CheckResult.Pass, evidence);

    private static Check Fail(CheckName name, string evidence, Finding? problem = null) => new(name, CheckResult.Fail, evidence, problem);

    private static Check Unknown(CheckName name, string evidence, Finding? problem = null) =>
        new(name, CheckResult.Unknown, evidence, problem);

    private Check NotAsked(CheckName name) => new(name, CheckResult.Skipped, $"{operation.Verb} does not ask for it");

    // Names only: the values are in the differences, where secrets are redacted.
    private string WithKeys(string evidence, Layer layer)
    {
        var keys = now.DifferentKeys(layer);
        return keys.Count == 0 ? evidence : $"{evidence}; differs in {Shortened.Names(keys, ", ")}";
    }

    // The first difference in full and the others by name; the report lists all of them.
    private string Differences(Layer layer)
    {
        var drifts = now.Drifts.Where(drift => drift.Layer == layer).ToList();
        if (drifts.Count == 0) return "differs";
        var first = DriftRedaction.Show(drifts[0]);
        return drifts.Count == 1
            ? first
            : $"{first}; also {Shortened.Names([.. drifts.Skip(1).Select(drift => drift.Key).Distinct()], ", ")}";
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
}
