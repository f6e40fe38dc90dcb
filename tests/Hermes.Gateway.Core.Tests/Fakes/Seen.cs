using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>Observations in which all layers are current; each test changes one fact.</summary>
internal static class Seen
{
    public static ServiceObservation AllCurrent(DesiredService desired) => From(desired, desired);

    /// <summary>Returns the observation for <paramref name="wanted"/> on a machine whose layers all come from
    /// <paramref name="old"/>.</summary>
    public static ServiceObservation From(DesiredService old, DesiredService wanted, bool sourceExists = true) => new()
    {
        DefinitionPath = wanted.DefinitionPath,
        Installed = Installed(old, wanted, sourceExists),
        Loaded = Loaded(old),
        Running = Running(old),
        Enabled = Answer.Yes,
    };

    public static InstalledFacts Installed(DesiredService old, DesiredService wanted, bool sourceExists = true) =>
        Installed(SystemdUnit.Render(old, null), wanted, sourceExists);

    public static InstalledFacts Installed(string text, DesiredService wanted, bool sourceExists = true) =>
        new(InstalledKind.Present, text, SystemdUnit.Understand(text, wanted.Keys), sourceExists, "on disk");

    public static InstalledFacts Installed(InstalledKind kind) => new(kind, null, null, false, kind.ToString());

    public static LoadedFacts Loaded(DesiredService old) => new()
    {
        IsLoaded = Answer.Yes,
        Stamp = old.Stamp,
        Keys = old.LoadedKeys,
        Evidence = "loaded",
    };

    public static LoadedFacts NotLoaded(Answer answer = Answer.No) =>
        new() { IsLoaded = answer, Evidence = answer == Answer.No ? "not-found" : "no answer" };

    public static RunningFacts Running(DesiredService old) => new()
    {
        Activity = Activity.Up,
        ProcessId = 4242,
        Invocation = "i1",
        Environment = EnvironmentOf(old),
        Command = old.LoadedKeys[Comparison.CommandKey],
        Evidence = "active (running), pid 4242",
    };

    public static RunningFacts NotRunning(Activity activity = Activity.Stopped, int restarts = 0) =>
        new() { Activity = activity, Restarts = restarts, Evidence = activity.ToString() };

    public static ImmutableDictionary<string, string> EnvironmentOf(DesiredService old) =>
        old.Definition.Environment.ToImmutableDictionary()
            .Add(Stamp.Variable, old.Stamp.ToString())
            .Add(Stamp.SourceVariable, old.Definition.Source)
            .Add("PATH", "/usr/bin");
}
