using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Turns the properties of one unit, the files on disk and <c>/proc</c> into facts. Thread-safe.</summary>
internal sealed class SystemdObserver(SystemctlClient systemctl, HostContext host, TimeProvider time)
{
    private readonly UnitConflicts _conflicts = new(systemctl, host);
    private readonly LingerCommand _linger = new(host);

    /// <summary>Observes one service. <paramref name="unitPath"/>: see <see cref="UnitConflicts.Find"/>.</summary>
    public ServiceObservation Observe(DesiredService desired, UnitProperties shown, ImmutableArray<string> unitPath)
    {
        var definition = desired.Definition;
        var path = IsInPlace(desired, shown) ? desired.DefinitionPath : FindPath(desired, unitPath);
        var installed = ReadInstalled(desired, path);
        var loaded = ReadLoaded(desired, path, shown);
        var isLoaded = loaded.IsLoaded == Answer.Yes;
        // The drop-ins of a unit that is not loaded apply as soon as it is.
        var running = ReadRunning(desired, shown, [.. isLoaded ? loaded.DropIns : loaded.PendingDropIns, path + ".d"]);
        var findings = FindFindings(desired, path, installed, shown, running, loaded, unitPath).ToImmutableArray();
        return new ServiceObservation
        {
            DefinitionPath = path,
            Installed = installed,
            Loaded = loaded,
            Running = running,
            Enabled = ReadEnabled(desired, path, shown),
            StartsWithoutLogin = StartsWithoutLogin(desired),
            // Needed only for a service with an account of its own.
            HasOtherRights = definition.User is not null && DropIns.ChangeExecution(
                installed,
                isLoaded ? loaded.DropIns.Union(loaded.PendingDropIns) : DropIns.Of(definition.UnitName, unitPath)),
            HoldsCaller = HoldsCaller(definition),
            SessionEndFinding = FindSessionEnd(desired),
            Findings = findings,
            ExplainsLink = findings.Any(finding =>
                finding.Descriptor == DiagnosticCatalog.Masked || finding.Descriptor == DiagnosticCatalog.DefinitionIsLink),
        };
    }

    /// <summary>Whether the manager reads the unit from the path at which it belongs.</summary>
    public static bool IsInPlace(DesiredService desired, UnitProperties shown) => shown["FragmentPath"] == desired.DefinitionPath;

    /// <summary>Whether the unit is in place, loaded and not masked, so that the unit folders need not be known.</summary>
    public static bool IsLoadedInPlace(DesiredService desired, UnitProperties shown) =>
        IsInPlace(desired, shown) && shown["LoadState"] == "loaded" && !shown.IsMasked;

    public static InstalledFacts ReadInstalled(DesiredService desired, string path) =>
        DefinitionFile.Read(path, text => SystemdUnit.Understand(text, desired.Keys));

    /// <summary>Makes the observation of a service about which the manager did not answer.</summary>
    public ServiceObservation Unanswered(DesiredService desired, Finding finding)
    {
        // Lingering starts the user's manager.
        var canBeStarted = finding.Descriptor == DiagnosticCatalog.UserManagerNotRunning
            || finding.Descriptor == DiagnosticCatalog.ForeignRuntimeFolder;
        var isAbsent = canBeStarted || finding.Descriptor == DiagnosticCatalog.ManagerUnreachable;
        return new ServiceObservation
        {
            DefinitionPath = desired.DefinitionPath,
            Installed = ReadInstalled(desired, desired.DefinitionPath),
            Loaded = new LoadedFacts { IsLoaded = Answer.Unknown, Evidence = "the manager did not answer" },
            Running = new RunningFacts { Activity = Activity.Unknown, Evidence = "the manager did not answer" },
            Enabled = Answer.Unknown,
            StartsWithoutLogin = StartsWithoutLogin(desired),
            Absence = isAbsent ? new ManagerAbsence(finding, canBeStarted) : null,
            Findings = isAbsent ? [] : [finding],
        };
    }

    private Answer StartsWithoutLogin(DesiredService desired) =>
        desired.Definition.Scope == ServiceScope.System ? Answer.Yes
        : host.Lingers switch { true => Answer.Yes, false => Answer.No, null => Answer.Unknown };

    // The caller's HOME or XDG_CONFIG_HOME can differ from those of the manager, whose first folder is "…/systemd/user.control".
    private static string FindPath(DesiredService desired, ImmutableArray<string> unitPath)
    {
        const string control = ".control";
        return desired.Definition.Scope == ServiceScope.User && !unitPath.IsEmpty
            && !unitPath.Contains(Path.GetDirectoryName(desired.DefinitionPath)!)
            && unitPath[0].EndsWith(control, StringComparison.Ordinal)
                ? Path.Combine(unitPath[0][..^control.Length], desired.Definition.UnitName)
                : desired.DefinitionPath;
    }

    // A restart ends all processes of the control group (KillMode=control-group).
    private bool HoldsCaller(ServiceDefinition definition) => host.Systemd.ControlGroups
        .Select(path => path.Split('/'))
        .Any(names => names.Contains(definition.UnitName)
            && (definition.Scope == ServiceScope.System) == names.Contains("system.slice"));

    private static LoadedFacts ReadLoaded(DesiredService desired, string path, UnitProperties shown)
    {
        var (state, onDisk) = (shown["LoadState"], DropIns.In(path + ".d"));
        // A unit whose file was deleted is "not-found", even while its process lives.
        if (state != "loaded")
            return new LoadedFacts
            {
                IsLoaded = state is "not-found" or "masked" or "bad-setting" or "error" ? Answer.No : Answer.Unknown,
                PendingDropIns = [.. onDisk],
                Evidence = LoadEvidence(state, shown["LoadError"]),
            };

        var keys = ReadLoadedKeys(shown);
        var dropIns = shown.Words("DropInPaths");
        return new LoadedFacts
        {
            IsLoaded = Answer.Yes,
            Stamp = Stamp.TryParse(keys.GetValueOrDefault(DefinitionKeys.Environment(Stamp.Variable))),
            // Without drop-ins only the wanted keys count, of which a thousand services keep one copy.
            Keys = dropIns.IsEmpty && desired.LoadedKeys.All(pair => keys.GetValueOrDefault(pair.Key) == pair.Value)
                ? desired.LoadedKeys
                : keys.ToImmutable(),
            IsOlderThanDisk = shown["NeedDaemonReload"] == "yes",
            DropIns = [.. dropIns.Where(File.Exists)],
            DropInsMark = DropIns.Fingerprint(dropIns),
            HasOtherVariables = DropIns.ChangeVariablesIndirectly(dropIns),
            // A new drop-in does not set NeedDaemonReload (measured on 252), and a removed one can still be in effect.
            PendingDropIns = [.. onDisk.Except(dropIns), .. dropIns.Where(dropIn => !File.Exists(dropIn))],
            Evidence = $"loaded from {shown["FragmentPath"]}",
        };
    }

    private static ImmutableSortedDictionary<string, string>.Builder ReadLoadedKeys(UnitProperties shown)
    {
        var keys = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var assignment in shown.Words("Environment"))
            if (assignment.Split('=', 2) is [{ Length: > 0 } name, var variable]) keys[DefinitionKeys.Environment(name)] = variable;
        if (ShowOutput.ReadCommand(shown["ExecStart"]) is var (program, command))
            (keys["Program"], keys[Comparison.CommandKey]) = (program, command);
        foreach (var property in new[] { "Type", "Restart", "User", "WorkingDirectory" })
            if (shown.Values.TryGetValue(property, out var value)) keys[property == "Type" ? "SystemdType" : property] = value;
        return keys;
    }

    // LoadError is: org.freedesktop.systemd1.NoSuchUnit "text".
    private static string LoadEvidence(string state, string error)
    {
        var text = error.IndexOf('"', StringComparison.Ordinal) is var at and >= 0 ? error[at..].Trim('"') : error;
        return text.Length > 0 ? $"{state}: {text}" : state;
    }

    private RunningFacts ReadRunning(DesiredService desired, UnitProperties shown, ImmutableArray<string> dropIns)
    {
        var process = ReadProcess(desired, shown);
        var age = shown.Number("ExecMainStartTimestampMonotonic") is var started and > 0
            ? ProcessFiles.SinceMonotonic(started)
            : (TimeSpan?)null;
        var startedAt = time.GetUtcNow() - age;
        // Without a main process the control group has the processes for which a stop still waits, or which KillMode= spared.
        // The manager reports the group also when the unit file is gone (measured on 247 to 257).
        var isEnding = process.Activity is Activity.Stopping or Activity.Stopped or Activity.Failed;
        var leftovers = process.Id is null && isEnding ? ProcessFiles.ReadControlGroup(shown["ControlGroup"]) : [];
        var exit = SystemdExitStatus.Describe(shown["ExecMainCode"], (int)shown.Number("ExecMainStatus"));
        return new RunningFacts
        {
            Activity = process.Activity,
            ProcessId = process.Id,
            LastProcessId = shown.ProcessId("ExecMainPID"),
            ControlGroup = shown["ControlGroup"] is { Length: > 0 } group ? group : null,
            Invocation = shown["InvocationID"] is { Length: > 0 } invocation ? invocation : null,
            Environment = process.Environment,
            Command = process.Command,
            IsInTransit = process.TransitionReason is not null,
            StartedAt = startedAt,
            DropInsChangedSince = process.Id is null || startedAt is null
                ? []
                : [.. dropIns.Where(path => File.GetLastWriteTimeUtc(path) > startedAt.Value.UtcDateTime)],
            // The window of the start limit ends one interval after the first start in it (ratelimit_below in systemd).
            MayHaveCountedStarts =
                process.Activity != Activity.Up || !(age > ShowOutput.ReadTimeSpan(shown["StartLimitIntervalUSec"])),
            Restarts = (int)shown.Number("NRestarts"),
            LastExit = exit,
            LeftoverProcesses = leftovers,
            Evidence = RunningEvidence(shown, process, exit, leftovers),
        };
    }

    // TransitionReason is why the next observation will show another state; null when the state is settled.
    private sealed record MainProcess(
        int? Id, Activity Activity, ImmutableDictionary<string, string>? Environment = null, string? Command = null,
        string? TransitionReason = null);

    private static MainProcess ReadProcess(DesiredService desired, UnitProperties shown)
    {
        var activity = ActivityOf(shown["ActiveState"], shown["SubState"]);
        if (shown.ProcessId("MainPID") is not { } id) return new MainProcess(null, activity);
        // A busy manager reports a zombie as active, and has not decided yet whether to restart it.
        if (activity == Activity.Up && ProcessFiles.HasEnded(id))
            return new MainProcess(null, Activity.WaitingToRestart, TransitionReason: $"its process {id} has ended");
        var environment = ProcessFiles.ReadEnvironment(id, desired.Definition.Environment);
        // After an automatic restart the process can still be between fork and exec, with the manager's own environment.
        return environment?.ContainsKey(Stamp.Variable) != true && ProcessFiles.IsBeforeExec(id)
            ? new MainProcess(id, activity, TransitionReason: "not the program yet")
            : new MainProcess(id, activity, environment, ProcessFiles.ReadCommand(id));
    }

    private static Activity ActivityOf(string activeState, string subState) => (activeState, subState) switch
    {
        ("active" or "reloading", _) => Activity.Up,
        ("activating", "auto-restart" or "auto-restart-queued") => Activity.WaitingToRestart,
        ("activating", _) => Activity.Starting,
        ("deactivating", _) => Activity.Stopping,
        ("failed", _) => Activity.Failed,
        ("inactive", _) => Activity.Stopped,
        _ => Activity.Unknown,
    };

    private static string RunningEvidence(
        UnitProperties shown, MainProcess process, string? exit, ImmutableArray<LeftoverProcess> leftovers)
    {
        var parts = new List<string> { $"{shown["ActiveState"]} ({shown["SubState"]})" };
        if (process.Id is not null) parts.Add($"pid {process.Id}");
        if (shown["Result"] is { Length: > 0 } and not "success" and var result) parts.Add($"result {result}");
        if (process.Id is null && exit is not null) parts.Add($"last {exit}");
        if (shown.Number("NRestarts") is var restarts and > 0) parts.Add($"{restarts} automatic restarts");
        if (!leftovers.IsEmpty) parts.Add($"left: {string.Join(", ", leftovers)}");
        if (process.TransitionReason is { } reason) parts.Add(reason);
        return string.Join(", ", parts);
    }

    private Answer ReadEnabled(DesiredService desired, string path, UnitProperties shown)
    {
        if (!shown.Values.TryGetValue("UnitFileState", out var state)) return Answer.Unknown;
        // The link survives the deletion of the unit file.
        if (IsLinkedFrom(Path.GetDirectoryName(path)!)) return Answer.Yes;
        // The state is that of the last reload (measured on 252): the link, perhaps for all users or for this boot, may be gone.
        var folders = desired.Definition.Scope == ServiceScope.System ? host.Systemd.SystemUnitFolders
            : host.RuntimeDirectory is { } run ? host.Systemd.UserUnitFolders.Append(Path.Combine(run, "systemd", "user"))
            : host.Systemd.UserUnitFolders;
        return state is "enabled" or "enabled-runtime" && folders.Any(IsLinkedFrom) ? Answer.Yes : Answer.No;

        bool IsLinkedFrom(string folder) => new FileInfo(
            Path.Combine(folder, desired.Keys["WantedBy"] + ".wants", desired.Definition.UnitName)).LinkTarget is not null;
    }

    private IEnumerable<Finding> FindFindings(
        DesiredService desired, string path, InstalledFacts installed, UnitProperties shown, RunningFacts running,
        LoadedFacts loaded, ImmutableArray<string> unitPath)
    {
        var unit = desired.Definition.UnitName;
        foreach (var conflict in _conflicts.Find(desired, path, installed, shown, unitPath)) yield return conflict;
        if (shown["LoadState"] is "bad-setting" or "error")
            yield return DiagnosticCatalog.DefinitionRejected.Warning(
                $"the manager rejects {shown["FragmentPath"]}: {loaded.Evidence}.",
                $"systemd-analyze {(desired.Definition.Scope == ServiceScope.User ? "--user " : "")}verify {ShellText.Quote([path])}");
        // Result is "start-limit-hit" only when no failure set it before (measured on 252).
        if (running.Activity == Activity.Failed && (shown["Result"] == "start-limit-hit" || running.Restarts > 0))
            yield return DiagnosticCatalog.StartLimit.Warning(
                $"the manager gave up restarting {unit} ({running.Evidence}).", systemctl.CommandText("reset-failed", unit));
        if (!loaded.DropIns.IsEmpty || !loaded.PendingDropIns.IsEmpty)
            yield return DiagnosticCatalog.DropIns.Info(
                $"drop-ins of the operator apply to {unit} and are left alone: "
                + $"{string.Join(", ", loaded.DropIns.Union(loaded.PendingDropIns))}.",
                systemctl.CommandText("cat", unit));
    }

    private Finding? FindSessionEnd(DesiredService desired) => StartsWithoutLogin(desired) != Answer.No
        ? null
        : DiagnosticCatalog.LingeringOff.Info(
            $"lingering is off for {LingerCommand.AccountName(host.UserId)}: {desired.Definition.Name} ends with this user's "
            + "last session, and does not start at boot.",
            _linger.Advice);
}
