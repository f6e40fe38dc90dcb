using System.Collections.Immutable;
using System.Globalization;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Reconciliation;

namespace Hermes.Gateway.Core.Systemd;

/// <summary>Recognizes a process that the manager has just been told to start, by what the kernel and the disk tell. systemd
/// gives every start an id, and the main process its own number (systemd.exec(5): <c>INVOCATION_ID</c>, and from 248 on
/// <c>SYSTEMD_EXEC_PID</c>); the stamp in the same environment is what the manager held at that moment.</summary>
internal static class FreshStart
{
    private const string Invocation = "INVOCATION_ID";
    private const string MainProcess = "SYSTEMD_EXEC_PID";

    /// <summary>What is to be seen of the service now; null when that is not all there is to know, or not what is wanted.
    /// </summary>
    /// <param name="desired">What is wanted.</param>
    /// <param name="before">What the manager told before.</param>
    /// <param name="now">The time of day.</param>
    public static ServiceObservation? Find(DesiredService desired, Comparison before, DateTimeOffset now)
    {
        var seen = before.Seen;
        if (seen.Running.ControlGroup is not { } group || !IsPlain(desired, seen) || !TellsWhatIsHeld(desired, before)) return null;
        var installed = SystemdObserver.ReadInstalled(desired, seen.DefinitionPath);
        if (installed.Content?.Stamp != desired.Stamp || Directory.Exists(seen.DefinitionPath + ".d")) return null;
        if (FindMain(desired, group) is not { } main) return null;
        var (process, environment) = main;
        if (Stamp.TryParse(environment.GetValueOrDefault(Stamp.Variable)) != desired.Stamp
            || environment.GetValueOrDefault(Invocation) is not { Length: > 0 } invocation
            || invocation == seen.Running.Invocation
            || ProcessFiles.ReadCommand(process, desired.LoadedKeys[Comparison.CommandKey]) is not { } command
            || !Comparison.RunsCommand(command, desired.LoadedKeys[Comparison.CommandKey])
            || !HasVariables(desired.Definition, environment)
            || ProcessFiles.AgeOf(process) is not { } age)
            return null;
        return seen with
        {
            Installed = installed,
            Loaded = new LoadedFacts
            {
                IsLoaded = Answer.Yes,
                Stamp = desired.Stamp,
                Keys = desired.LoadedKeys,
                Evidence = $"process {process} was started from it",
            },
            Running = new RunningFacts
            {
                Activity = Activity.Up,
                ProcessId = process,
                LastProcessId = process,
                Invocation = invocation,
                Environment = environment,
                Command = command,
                ControlGroup = group,
                StartedAt = now - age,
                Evidence = string.Create(CultureInfo.InvariantCulture, $"pid {process}, just started"),
            },
        };
    }

    // Nobody but us decides what it is: no drop-in, nothing that the manager's own rules have to say, and no program that
    // may name another process as the main one (sd_notify(3), MAINPID).
    private static bool IsPlain(DesiredService desired, ServiceObservation seen) =>
        desired.Definition.SystemdType != SystemdServiceType.Notify
        && seen is { Loaded: { IsLoaded: Answer.Yes, Overrides.IsEmpty: true, PendingOverrides.IsEmpty: true }, Enabled: Answer.Yes }
        && seen.Findings.All(finding => finding.Severity == Severity.Info);

    // The stamp in the process tells what the manager held only if the manager did not hold that stamp before, with other
    // content: somebody may have edited what stands beside it.
    private static bool TellsWhatIsHeld(DesiredService desired, Comparison before) =>
        before.States.Loaded == LoadedState.Current || before.Seen.Loaded.Stamp != desired.Stamp;

    // A drop-in that was put anywhere since the manager read last is in effect now, and only the manager finds them all.
    private static bool HasVariables(ServiceDefinition definition, ImmutableDictionary<string, string> environment)
    {
        // What is in there may be stronger.
        if (definition.EnvironmentFile is not null) return true;
        foreach (var (name, value) in definition.Environment)
            if (environment.GetValueOrDefault(name) != value) return false;
        return true;
    }

    private static (int Process, ImmutableDictionary<string, string> Environment)? FindMain(DesiredService desired, string group)
    {
        var wanted = desired.Definition.Environment.SetItem(Invocation, "").SetItem(MainProcess, "");
        (int, ImmutableDictionary<string, string>)? main = null;
        foreach (var process in ProcessFiles.ReadGroupIds(group))
        {
            if (ProcessFiles.ReadEnvironment(process, wanted) is not { } environment
                || environment.GetValueOrDefault(MainProcess) != process.ToString(CultureInfo.InvariantCulture)) continue;
            // What runs before or after the program has a number of its own, too.
            if (main is not null) return null;
            main = (process, environment);
        }

        return main;
    }
}
