using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations.Comparing;

/// <summary>The owner of the installed definition.</summary>
internal enum Ownership
{
    /// <summary>There is no definition.</summary>
    None,

    /// <summary>This project.</summary>
    Ours,

    /// <summary>This project, at a path that no longer exists: it was moved.</summary>
    Moved,

    /// <summary>Another copy of this project, such as a worktree or a clone, which still exists.</summary>
    SecondCopy,

    /// <summary>Unknown: written by hand or by another tool.</summary>
    Unowned,

    /// <summary>Another project.</summary>
    Other,
}

/// <summary>A start of the process that an operation caused and verified, so that its definition is known even if the process cannot
/// be read.</summary>
/// <param name="Invocation">Identifies the start.</param>
/// <param name="Stamp">The definition's stamp, as text.</param>
/// <param name="DropIns">The drop-ins at that time (<see cref="LoadedFacts.DropInsMark"/>); null when they were not recorded.</param>
internal sealed record VerifiedStart(string Invocation, string Stamp, string? DropIns = null);

/// <summary>The comparison of an observation with the desired layer.</summary>
/// <param name="Desired">The desired layer.</param>
/// <param name="Observation">The observation.</param>
/// <param name="States">The state of each layer.</param>
/// <param name="Drifts">Every difference between neighbouring layers.</param>
/// <param name="Ownership">The owner of the installed definition.</param>
/// <param name="LoadedDiffers">Whether the loaded definition has other values than desired, not only an older copy.</param>
internal sealed record Comparison(
    DesiredService Desired,
    ServiceObservation Observation,
    LayerStates States,
    ImmutableArray<Drift> Drifts,
    Ownership Ownership,
    bool LoadedDiffers)
{
    /// <summary>Whether the installed definition is not of this project.</summary>
    public bool IsForeign => Ownership is Ownership.Unowned or Ownership.Other;

    /// <summary>Whether the installed definition names the same state directory, so that the program may have kept data in it.</summary>
    public bool HadStateDirectory => Desired.Definition.StateDirectory is { } path
        && Observation.Installed.Content?.Keys.GetValueOrDefault(DefinitionKeys.Environment(StateDirectory.Variable)) == path;

    /// <summary>Whether the installed definition differs from the desired one only in the project file that it names.</summary>
    public bool OnlySourceDiffers => HasOnlySource(Drifts);

    /// <summary>Returns the keys that differ in a layer.</summary>
    public List<string> DifferentKeys(Layer layer) =>
        Drifts.Where(drift => drift.Layer == layer).Select(drift => drift.Key).Distinct().ToList();

    /// <summary>Compares an observation with the desired layer. Pure.</summary>
    /// <param name="desired">The desired layer.</param>
    /// <param name="seen">The observation.</param>
    /// <param name="proof">A verified start; it is evidence where the process itself cannot be read.</param>
    public static Comparison Of(DesiredService desired, ServiceObservation seen, VerifiedStart? proof = null)
    {
        var ownership = OwnerOf(desired.Definition, seen.Installed);
        var drifts = ImmutableArray.CreateBuilder<Drift>();
        var released = CompareReleased(desired, seen.Released, drifts);
        var installed = CompareInstalled(desired, seen.Installed, ownership, drifts);
        var loaded = CompareLoaded(desired, seen, installed, drifts, out var loadedDiffers);
        var running = CompareRunning(desired, seen, proof, drifts);
        var states = new LayerStates(installed, loaded, running, seen.Enabled) { Released = released };
        return new Comparison(desired, seen, states, drifts.ToImmutable(), ownership, loadedDiffers);
    }

    private static bool HasOnlySource(IEnumerable<Drift> drifts) =>
        drifts.Where(drift => drift.Layer == Layer.Installed).Select(drift => drift.Key).ToList() is [DefinitionKeys.Source];

    private static Ownership OwnerOf(ServiceDefinition definition, InstalledFacts installed)
    {
        if (installed.Content is not { } content) return Ownership.None;
        if (content.Source is not { } source || content.Stamp is null) return Ownership.Unowned;
        if (source == definition.Source) return Ownership.Ours;
        // The project file's name is what stays the same when a folder is moved, renamed or copied.
        if (Path.GetFileName(source) != Path.GetFileName(definition.Source)) return Ownership.Other;
        return installed.SourceExists ? Ownership.SecondCopy : Ownership.Moved;
    }

    private static ReleasedState CompareReleased(
        DesiredService desired, ReleasedFacts released, ImmutableArray<Drift>.Builder drifts)
    {
        if (desired.Release is not { } release) return ReleasedState.InPlace;
        if (released.State != ReleasedState.Current)
            drifts.Add(new Drift(
                Layer.Released, "Release",
                // What the current build would be released as is known only when it is published.
                release.IsBuildNewer ? "of the current build" : release.Revision,
                released.State == ReleasedState.Missing ? null : released.Evidence));
        return released.State;
    }

    private static InstalledState CompareInstalled(
        DesiredService desired, InstalledFacts installed, Ownership ownership, ImmutableArray<Drift>.Builder drifts)
    {
        if (installed.Kind == InstalledKind.Linked) return InstalledState.Foreign;
        if (installed.Kind == InstalledKind.Unreadable) return InstalledState.Unreadable;
        if (installed.Kind == InstalledKind.Missing)
        {
            drifts.Add(new Drift(Layer.Installed, "Definition", desired.DefinitionPath, null));
            return InstalledState.Missing;
        }

        var content = installed.Content!;
        var before = drifts.Count;
        foreach (var (key, expected) in desired.Keys)
            if (content.Keys.GetValueOrDefault(key) is var actual && actual != expected)
                drifts.Add(new Drift(Layer.Installed, key, expected, actual));
        foreach (var (key, actual) in content.Keys)
            if (!desired.Keys.ContainsKey(key)) drifts.Add(new Drift(Layer.Installed, key, null, actual));
        if (content.Stamp is { } stamp && stamp.Revision != desired.Stamp.Revision)
            drifts.Add(new Drift(Layer.Installed, "Revision", desired.Stamp.Revision, stamp.Revision));
        if (drifts.Count == before && content.Stamp != desired.Stamp)
            drifts.Add(new Drift(Layer.Installed, "Stamp", desired.Stamp.ToString(), content.Stamp?.ToString()));

        if (ownership == Ownership.Other) return InstalledState.Foreign;
        return drifts.Count == before ? InstalledState.Current : InstalledState.Stale;
    }

    private static LoadedState CompareLoaded(
        DesiredService desired, ServiceObservation seen, InstalledState installed, ImmutableArray<Drift>.Builder drifts,
        out bool differs)
    {
        differs = false;
        var loaded = seen.Loaded;
        if (loaded.IsLoaded == Answer.Unknown) return LoadedState.Unknown;
        if (loaded.IsLoaded == Answer.No)
        {
            if (seen.Installed.Kind == InstalledKind.Present)
                drifts.Add(new Drift(Layer.Loaded, "Definition", seen.DefinitionPath, null));
            return LoadedState.No;
        }

        if (loaded.IsOlderThanDisk)
            drifts.Add(new Drift(Layer.Loaded, "Definition", "as on disk", "an older copy"));
        foreach (var path in loaded.PendingDropIns)
            drifts.Add(new Drift(Layer.Loaded, "DropIn", path, "not loaded"));
        foreach (var place in loaded.Duplicates)
            drifts.Add(new Drift(Layer.Loaded, "Domain", null, place));

        var upper = seen.Installed.Content?.Stamp ?? desired.Stamp;
        if (loaded.Stamp != upper)
            drifts.Add(new Drift(Layer.Loaded, "Stamp", upper.ToString(), loaded.Stamp?.ToString()));
        differs = loaded.Stamp != desired.Stamp || !loaded.PendingDropIns.IsEmpty || !loaded.Duplicates.IsEmpty;

        // Drop-ins may change any value, and are reported but not repaired. Which loaded values come from them is not known, so a value
        // of a stale file may be loaded, and may have reached the process. The project file is not such a value.
        if (!loaded.DropIns.IsEmpty)
            differs |= loaded.IsOlderThanDisk || (installed == InstalledState.Stale && !HasOnlySource(drifts));
        else
            foreach (var (key, expected) in desired.LoadedKeys)
                if (loaded.Keys.TryGetValue(key, out var actual) && actual != expected)
                {
                    differs = true;
                    // A difference of the file is reported for the file only.
                    if (installed == InstalledState.Current)
                        drifts.Add(new Drift(Layer.Loaded, key, expected, actual));
                }

        return differs || loaded.IsOlderThanDisk ? LoadedState.Stale : LoadedState.Current;
    }

    private static RunningState CompareRunning(
        DesiredService desired, ServiceObservation seen, VerifiedStart? proof, ImmutableArray<Drift>.Builder drifts)
    {
        var running = seen.Running;
        // A process that is being stopped may have ended by the time the report is read.
        if (running.Activity is Activity.Unknown or Activity.Stopping) return RunningState.Unknown;
        if (running.Activity == Activity.WaitingToRestart)
            return running.Restarts > 0 ? RunningState.CrashLooping : RunningState.No;
        if (running.ProcessId is null || running.Activity is Activity.Stopped or Activity.Failed) return RunningState.No;

        var before = drifts.Count;
        // A removed drop-in has no time of its own; only the recorded drop-ins of a verified start show that it is gone.
        if (seen.Loaded.IsLoaded == Answer.Yes && proof?.Invocation == running.Invocation && proof?.DropIns is { } overrides)
        {
            if (overrides != seen.Loaded.DropInsMark)
                drifts.Add(new Drift(Layer.Running, "DropIn", "as they are now", "others when the process started"));
        }
        else
        {
            foreach (var path in running.DropInsChangedSince)
                drifts.Add(new Drift(Layer.Running, "DropIn", path, "changed after the process started"));
        }

        if (drifts.Count > before) return RunningState.Stale;

        var upper = seen.Loaded.Stamp ?? desired.Stamp;
        var proven = proof is not null && proof.Invocation == running.Invocation && proof.Stamp == desired.Stamp.ToString();
        if (running.Stamp != desired.Stamp && (running.Stamp is not null || !proven))
        {
            if (running.Environment is null) return RunningState.Unknown;
            if (running.Stamp != upper)
                drifts.Add(new Drift(Layer.Running, "Stamp", upper.ToString(), running.Stamp?.ToString()));
            return RunningState.Stale;
        }

        // A verified start is evidence, even if the program changed its own title or environment since.
        if (proven || running.Environment is null) return RunningState.Current;
        if (!seen.Loaded.HasOtherVariables && desired.Definition.EnvironmentFile is null)
            foreach (var (name, wanted) in desired.Definition.Environment)
            {
                var key = DefinitionKeys.Environment(name);
                var expected = seen.Loaded.DropIns.IsEmpty ? wanted : seen.Loaded.Keys.GetValueOrDefault(key);
                if (running.Environment.GetValueOrDefault(name) is var actual && actual != expected)
                    drifts.Add(new Drift(Layer.Running, key, expected, actual));
            }

        var command = (seen.Loaded.DropIns.IsEmpty ? desired.LoadedKeys : seen.Loaded.Keys).GetValueOrDefault(CommandKey);
        if (command is not null && running.Command is not null && !RunsCommand(running.Command, command))
            drifts.Add(new Drift(Layer.Running, CommandKey, command, running.Command));
        return drifts.Count == before ? RunningState.Current : RunningState.Stale;
    }

    /// <summary>The key of the argument list, joined by blanks.</summary>
    public const string CommandKey = "Command";

    /// <summary>Whether the arguments of a process are those of a command, after the interpreter of a script.</summary>
    public static bool RunsCommand(string actual, string command) =>
        actual == command || actual.EndsWith(" " + command, StringComparison.Ordinal);
}
