using System.Collections.Immutable;
using System.Globalization;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Turns one block of <c>systemctl show</c>, the files on disk and <c>/proc</c> into facts. For any
/// number of threads.</summary>
internal sealed class SystemdObserver(SystemctlClient systemctl, HostContext host, TimeProvider time)
{
    private readonly NamedUnits _named = new(systemctl, host);

    /// <summary>Everything seen of one service.</summary>
    /// <param name="desired">What is wanted.</param>
    /// <param name="shown">The block of its unit.</param>
    /// <param name="unitPath">Folders in which the manager looks for units, the strongest first; empty when not asked.</param>
    public ServiceObservation Observe(
        DesiredService desired, ImmutableDictionary<string, string> shown, ImmutableArray<string> unitPath)
    {
        var path = IsInPlace(desired, shown) ? desired.DefinitionPath : PathOf(desired, unitPath);
        var installed = ReadInstalled(desired, path);
        var loaded = ReadLoaded(desired, path, shown);
        // What is held of nothing applies all the same to what is loaded next.
        var running = ReadRunning(
            desired, shown, [.. loaded.IsLoaded == Answer.Yes ? loaded.Overrides : loaded.PendingOverrides, path + ".d"]);
        return new ServiceObservation
        {
            DefinitionPath = path,
            Installed = installed,
            Loaded = loaded,
            Running = running,
            Enabled = ReadEnabled(desired, path, shown),
            StartsWithoutLogin = StartsWithoutLogin(desired),
            // Only of a service with an account of its own does anybody ask.
            HasOtherRights = desired.Definition.User is not null
                && UnitRights.AreOthers(installed, loaded.IsLoaded == Answer.Yes
                    ? loaded.Overrides.Union(loaded.PendingOverrides)
                    : UnitRights.DropInsOf(desired.Definition.UnitName, unitPath)),
            HoldsCaller = Holds(desired.Definition, host.ControlGroups),
            Findings = [.. Findings(desired, path, installed, shown, running, loaded, unitPath)],
        };
    }

    /// <summary>Whether the manager takes the unit from where it belongs.</summary>
    public static bool IsInPlace(DesiredService desired, ImmutableDictionary<string, string> shown) =>
        shown.GetValueOrDefault("FragmentPath") == desired.DefinitionPath;

    /// <summary>Whether it is loaded from there, and nothing stands in its way: in which folders the manager looks for
    /// others is then nobody's question.</summary>
    public static bool IsLoadedInPlace(DesiredService desired, ImmutableDictionary<string, string> shown) =>
        IsInPlace(desired, shown) && shown.GetValueOrDefault("LoadState") == "loaded"
        && shown.GetValueOrDefault("UnitFileState") is not ("masked" or "masked-runtime");

    /// <summary>The definition file.</summary>
    /// <param name="desired">What is wanted.</param>
    /// <param name="path">Where it is.</param>
    public static InstalledFacts ReadInstalled(DesiredService desired, string path) =>
        DefinitionFile.Read(path, text => SystemdUnit.Understand(text, desired.Keys));

    /// <summary>An observation full of unknowns: the manager did not answer.</summary>
    public ServiceObservation Unanswered(DesiredService desired, Finding finding) => new()
    {
        DefinitionPath = desired.DefinitionPath,
        Installed = ReadInstalled(desired, desired.DefinitionPath),
        Loaded = new LoadedFacts { IsLoaded = Answer.Unknown, Evidence = "the manager did not answer" },
        Running = new RunningFacts { Activity = Activity.Unknown, Evidence = "the manager did not answer" },
        Enabled = Answer.Unknown,
        StartsWithoutLogin = StartsWithoutLogin(desired),
        Findings = [finding],
    };

    private Answer StartsWithoutLogin(DesiredService desired) =>
        desired.Definition.Scope == ServiceScope.System || host.Lingers == true ? Answer.Yes
        : host.Lingers is null ? Answer.Unknown : Answer.No;

    // The manager knows best where its user's units are: the caller's HOME or XDG_CONFIG_HOME may be another one's.
    private static string PathOf(DesiredService desired, ImmutableArray<string> unitPath)
    {
        const string control = ".control";
        var folder = Path.GetDirectoryName(desired.DefinitionPath)!;
        if (desired.Definition.Scope == ServiceScope.System || unitPath.IsEmpty || unitPath.Contains(folder))
            return desired.DefinitionPath;
        return unitPath[0].EndsWith(control, StringComparison.Ordinal)
            ? Path.Combine(unitPath[0][..^control.Length], desired.Definition.UnitName)
            : desired.DefinitionPath;
    }

    // A restart ends the whole control group (KillMode=control-group), with all that was started from inside.
    private static bool Holds(ServiceDefinition definition, IEnumerable<string> controlGroups) => controlGroups
        .Select(path => path.Split('/'))
        .Any(path => path.Contains(definition.UnitName)
            && (definition.Scope == ServiceScope.System) == path.Contains("system.slice"));

    private static LoadedFacts ReadLoaded(
        DesiredService desired, string path, ImmutableDictionary<string, string> shown)
    {
        var state = shown.GetValueOrDefault("LoadState", "");
        // A masked unit is held as a mask; a deleted one is "not-found", even while its process lives.
        if (state != "loaded")
            return new LoadedFacts
            {
                IsLoaded = state is "not-found" or "masked" or "bad-setting" or "error" ? Answer.No : Answer.Unknown,
                PendingOverrides = [.. DropInsOnDisk(path)],
                Evidence = LoadEvidence(state, shown),
            };

        var environment = ShowOutput.ReadWords(shown.GetValueOrDefault("Environment"));
        var keys = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var assignment in environment)
            if (assignment.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
                keys[DefinitionKeys.Environment(assignment[..at])] = assignment[(at + 1)..];
        if (ShowOutput.ReadCommand(shown.GetValueOrDefault("ExecStart")) is { } command)
        {
            keys["Program"] = command.Program;
            keys[Comparison.CommandKey] = command.Command;
        }

        foreach (var (key, property) in new[]
            { ("SystemdType", "Type"), ("Restart", "Restart"), ("User", "User"), ("WorkingDirectory", "WorkingDirectory") })
            if (shown.TryGetValue(property, out var value)) keys[key] = value;

        var dropIns = ShowOutput.ReadWords(shown.GetValueOrDefault("DropInPaths"));
        var onDisk = DropInsOnDisk(path).ToHashSet(StringComparer.Ordinal);
        return new LoadedFacts
        {
            IsLoaded = Answer.Yes,
            Stamp = Stamp.TryParse(keys.GetValueOrDefault(DefinitionKeys.Environment(Stamp.Variable))),
            // An override may have put anything there that is wanted otherwise.
            Keys = dropIns.IsEmpty && HasAll(keys, desired.LoadedKeys) ? desired.LoadedKeys : keys.ToImmutable(),
            IsOlderThanDisk = shown.GetValueOrDefault("NeedDaemonReload") == "yes",
            Overrides = [.. dropIns.Where(File.Exists)],
            OverridesMark = DropInText.Mark(dropIns),
            HasOtherVariables = DropInText.SetOtherVariables(dropIns),
            // New ones do not raise NeedDaemonReload (measured on 252), removed ones may still be in effect.
            PendingOverrides = [.. onDisk.Except(dropIns), .. dropIns.Where(dropIn => !File.Exists(dropIn))],
            Evidence = $"loaded from {shown.GetValueOrDefault("FragmentPath")}",
        };
    }

    // The usual service has what is wanted, and nobody asks for more: of a thousand it is not to be kept twice.
    private static bool HasAll(
        ImmutableSortedDictionary<string, string>.Builder keys, ImmutableSortedDictionary<string, string> wanted)
    {
        foreach (var (key, value) in wanted)
            if (!keys.TryGetValue(key, out var held) || held != value) return false;
        return true;
    }

    private static string LoadEvidence(string state, ImmutableDictionary<string, string> shown)
    {
        var error = shown.GetValueOrDefault("LoadError", "");
        var text = error.IndexOf('"', StringComparison.Ordinal) is var at and >= 0 ? error[at..].Trim('"') : error;
        return text.Length > 0 ? $"{state}: {text}" : state;
    }

    private static string[] DropInsOnDisk(string path)
    {
        try
        {
            return Directory.Exists(path + ".d") ? Directory.GetFiles(path + ".d", "*.conf") : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private RunningFacts ReadRunning(
        DesiredService desired, ImmutableDictionary<string, string> shown, ImmutableArray<string> overrides)
    {
        var (active, sub) = (shown.GetValueOrDefault("ActiveState", ""), shown.GetValueOrDefault("SubState", ""));
        var activity = (active, sub) switch
        {
            ("active", _) or ("reloading", _) => Activity.Up,
            ("activating", "auto-restart" or "auto-restart-queued") => Activity.WaitingToRestart,
            ("activating", _) => Activity.Starting,
            ("deactivating", _) => Activity.Stopping,
            ("failed", _) => Activity.Failed,
            ("inactive", _) => Activity.Stopped,
            _ => Activity.Unknown,
        };
        var pid = Number(shown, "MainPID") is var id and > 0 ? (int?)id : null;
        var (evidence, isInTransit) = ("", false);
        if (pid is { } dead && activity == Activity.Up && ProcessFiles.HasEnded(dead))
            // A busy manager still calls it active; what it will do about it is not known.
            (pid, activity, evidence, isInTransit) = (null, Activity.WaitingToRestart, $", its process {dead} has ended", true);
        var (environment, command) = (
            pid is null ? null : ProcessFiles.ReadEnvironment(pid.Value, desired.Definition.Environment),
            pid is null ? null : ProcessFiles.ReadCommand(pid.Value, desired.LoadedKeys.GetValueOrDefault(Comparison.CommandKey)));
        // A restart of the manager's own can be seen in the moment in which the program is not there yet. What the
        // process shows then tells nothing of the definition that it will run.
        if (pid is not null && environment?.ContainsKey(Stamp.Variable) != true && ProcessFiles.IsBeforeExec(pid.Value))
            (environment, command, evidence, isInTransit) = (null, null, ", not the program yet", true);
        var started = Number(shown, "ExecMainStartTimestampMonotonic");
        var age = started > 0 ? ProcessFiles.SinceMonotonic(started) : (TimeSpan?)null;
        var startedAt = time.GetUtcNow() - age;
        // Without a main process the group tells what a stop still waits for, or what KillMode= spared; the manager
        // knows it even when the unit's file is gone (measured on 247 to 257).
        var isEnding = activity is Activity.Stopping or Activity.Stopped or Activity.Failed;
        ImmutableArray<Survivor> survivors = pid is null && isEnding
            ? ProcessFiles.ReadGroup(shown.GetValueOrDefault("ControlGroup", ""))
            : [];
        var exit = SystemdExitStatus.Decode(shown.GetValueOrDefault("ExecMainCode", ""), (int)Number(shown, "ExecMainStatus"));
        return new RunningFacts
        {
            Activity = activity,
            ProcessId = pid,
            LastProcessId = Number(shown, "ExecMainPID") is var last and > 0 ? (int?)last : null,
            ControlGroup = shown.GetValueOrDefault("ControlGroup") is { Length: > 0 } group ? group : null,
            Invocation = shown.GetValueOrDefault("InvocationID") is { Length: > 0 } invocation ? invocation : null,
            Environment = environment,
            Command = command,
            IsInTransit = isInTransit,
            StartedAt = startedAt,
            OverridesChangedSince = pid is null || startedAt is null
                ? []
                : [.. overrides.Where(path => File.GetLastWriteTimeUtc(path) > startedAt.Value.UtcDateTime)],
            EarlierStartsCount = !(activity == Activity.Up && age > StartLimitInterval(shown)),
            Restarts = (int)Number(shown, "NRestarts"),
            LastExit = exit,
            Survivors = survivors,
            Evidence = RunningEvidence(shown, pid, exit, survivors) + evidence,
        };
    }

    // What the manager counts starts in. Its window ends that long after the first of them (ratelimit_below of systemd).
    private static TimeSpan? StartLimitInterval(ImmutableDictionary<string, string> shown) =>
        SystemdTimeSpan.Read(shown.GetValueOrDefault("StartLimitIntervalUSec", ""));

    private static string RunningEvidence(
        ImmutableDictionary<string, string> shown, int? pid, string? exit, ImmutableArray<Survivor> survivors)
    {
        var parts = new List<string> { $"{shown.GetValueOrDefault("ActiveState")} ({shown.GetValueOrDefault("SubState")})" };
        if (pid is not null) parts.Add($"pid {pid}");
        if (shown.GetValueOrDefault("Result") is { Length: > 0 } result && result != "success") parts.Add($"result {result}");
        if (pid is null && exit is not null) parts.Add($"last {exit}");
        if (Number(shown, "NRestarts") is var restarts and > 0) parts.Add($"{restarts} automatic restarts");
        if (!survivors.IsEmpty) parts.Add($"left: {string.Join(", ", survivors)}");
        return string.Join(", ", parts);
    }

    private Answer ReadEnabled(DesiredService desired, string path, ImmutableDictionary<string, string> shown)
    {
        if (!shown.TryGetValue("UnitFileState", out var told)) return Answer.Unknown;
        // The link outlives a deleted unit file, and then is all that is left of having been enabled.
        var link = new FileInfo(Path.Combine(
            Path.GetDirectoryName(path)!, desired.Keys["WantedBy"] + ".wants", desired.Definition.UnitName));
        if (link.LinkTarget is not null) return Answer.Yes;
        // Told from memory until the next reload (measured on 252): a link may be gone since.
        return told is "enabled" or "enabled-runtime" && IsLinkedElsewhere(desired) ? Answer.Yes : Answer.No;
    }

    // By an administrator, for all users or until the next boot.
    private bool IsLinkedElsewhere(DesiredService desired)
    {
        IEnumerable<string> folders = desired.Definition.Scope == ServiceScope.System
            ? host.SystemUnitFolders
            : [.. host.UserUnitFolders, .. host.RuntimeDirectory is { } run ? (string[])[Path.Combine(run, "systemd", "user")] : []];
        var target = desired.Keys["WantedBy"] + ".wants";
        return folders.Any(folder => new FileInfo(Path.Combine(folder, target, desired.Definition.UnitName)).LinkTarget is not null);
    }

    private IEnumerable<Finding> Findings(
        DesiredService desired, string path, InstalledFacts installed, ImmutableDictionary<string, string> shown,
        RunningFacts running, LoadedFacts loaded, ImmutableArray<string> unitPath)
    {
        var unit = desired.Definition.UnitName;
        foreach (var named in _named.Find(desired, path, installed, shown, unitPath)) yield return named;
        var fragment = shown.GetValueOrDefault("FragmentPath", "");
        if (shown.GetValueOrDefault("LoadState") is "bad-setting" or "error")
            yield return DiagnosticCatalog.DefinitionRejected.Warning(
                $"the manager rejects {fragment}: {loaded.Evidence}.",
                $"systemd-analyze {(desired.Definition.Scope == ServiceScope.User ? "--user " : "")}verify {ShellText.Quote([path])}");
        if (IsLatched(shown, running))
            yield return DiagnosticCatalog.StartLimit.Warning(
                $"the manager gave up restarting {unit} ({running.Evidence}).",
                systemctl.Show("reset-failed", unit));
        if (!loaded.Overrides.IsEmpty || !loaded.PendingOverrides.IsEmpty)
            yield return DiagnosticCatalog.DropIns.Info(
                $"drop-ins of the operator apply to {unit} and are left alone: "
                + $"{string.Join(", ", loaded.Overrides.Union(loaded.PendingOverrides))}.",
                systemctl.Show("cat", unit));
        if (StartsWithoutLogin(desired) == Answer.No)
            yield return DiagnosticCatalog.LingeringOff.Info(
                $"lingering is off for {Lingering.NameOf(host.UserId)}: {desired.Definition.Name} ends with this user's last "
                + "session, and does not start at boot.",
                new Lingering(host).Advice);
    }

    // Result says so only when nothing had failed before; the counter tells the rest (measured on 252).
    private static bool IsLatched(ImmutableDictionary<string, string> shown, RunningFacts running) =>
        running.Activity == Activity.Failed
        && (shown.GetValueOrDefault("Result") == "start-limit-hit" || running.Restarts > 0);

    private static long Number(ImmutableDictionary<string, string> shown, string property) =>
        long.TryParse(shown.GetValueOrDefault(property), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;
}
