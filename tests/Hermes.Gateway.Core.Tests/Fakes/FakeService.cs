using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>How the program of a <see cref="FakeService"/> behaves when the manager starts it.</summary>
public enum OnStart
{
    Runs,

    /// <summary>The process runs, but the command that started it exits non-zero.</summary>
    RunsButCommandFails,

    /// <summary>The command exits 0, but there is no process.</summary>
    Nothing,

    Fails,

    /// <summary>The process dies at once, and the manager restarts it without end.</summary>
    CrashLoops,

    /// <summary>The first process dies soon after its start; the process that the manager then starts lives.</summary>
    DiesOnce,

    /// <summary>The process starts and never becomes ready.</summary>
    KeepsStarting,
}

/// <summary>One service in the memory of a <see cref="FakeServiceManager"/>.</summary>
internal sealed class FakeService(DesiredService first)
{
    private static int _lastProcessId = 1000;

    public OnStart OnStart { get; set; }

    public string? LoadedText { get; set; }

    public bool IsEnabled { get; set; }

    public RunningFacts Running { get; private set; } = Seen.NotRunning();

    /// <summary>Sets file, loaded definition and process to the state after a deploy of <paramref name="desired"/>.</summary>
    public void DeployedAs(DesiredService desired)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(desired.DefinitionPath)!);
        File.WriteAllText(desired.DefinitionPath, SystemdUnit.Render(desired, null));
        LoadedText = SystemdUnit.Render(desired, null);
        IsEnabled = true;
        Run();
    }

    public void Load() => LoadedText = File.Exists(first.DefinitionPath) ? File.ReadAllText(first.DefinitionPath) : null;

    public void Stop() => Running = Seen.NotRunning();

    /// <summary>Makes the environment unreadable, like that of another user's process.</summary>
    public void HideEnvironment() => Running = Running with { Environment = null };

    public void ClearFailure()
    {
        if (Running.Activity == Activity.Failed) Stop();
    }

    public StepResult Start(bool again)
    {
        if (LoadedText is null) return Failed(StepStatus.NotLoaded, DiagnosticCatalog.CommandFailed, "exit 5: not found");
        if (again) Stop();
        if (Running.ProcessId is not null) return StepResult.Done;
        switch (OnStart)
        {
            case OnStart.Runs or OnStart.DiesOnce:
                Run();
                return StepResult.Done;
            case OnStart.RunsButCommandFails:
                Run();
                return Failed(StepStatus.Failed, DiagnosticCatalog.StartFailed, "exit 1");
            case OnStart.Fails:
                Running = Seen.NotRunning(Activity.Failed) with { LastExit = "exit 203" };
                return Failed(StepStatus.Failed, DiagnosticCatalog.StartFailed, "exit 1");
            case OnStart.CrashLoops:
                Running = Seen.NotRunning(Activity.WaitingToRestart);
                return StepResult.Done;
            case OnStart.KeepsStarting:
                Run();
                Running = Running with { Activity = Activity.Starting };
                return StepResult.Done;
            default:
                return StepResult.Done;
        }
    }

    /// <summary>Simulates the changes between two observations.</summary>
    public void Live()
    {
        var restarts = Running.Restarts + 1;
        if (Running.Activity == Activity.WaitingToRestart) Running = Running with { Restarts = restarts };
        if (OnStart != OnStart.DiesOnce || Running is not { ProcessId: not null, Restarts: 0 }) return;
        Run();
        Running = Running with { Restarts = restarts };
    }

    public LoadedFacts ReadLoaded(DesiredService desired)
    {
        var disk = File.Exists(desired.DefinitionPath) ? File.ReadAllText(desired.DefinitionPath) : null;
        if (LoadedText is null) return Seen.NotLoaded();
        var content = SystemdUnit.Understand(LoadedText, desired.Keys)!;
        return new LoadedFacts
        {
            IsLoaded = Answer.Yes,
            Stamp = content.Stamp,
            Keys = content.Keys.SetItem(Comparison.CommandKey, CommandIn(LoadedText)),
            IsOlderThanDisk = disk != LoadedText,
            Evidence = $"loaded from {desired.DefinitionPath}",
        };
    }

    private void Run()
    {
        var content = SystemdUnit.Understand(LoadedText!, first.Keys)!;
        var process = Interlocked.Increment(ref _lastProcessId);
        const string prefix = "Environment[";
        Running = new RunningFacts
        {
            Activity = Activity.Up,
            ProcessId = process,
            Invocation = $"invocation-{process}",
            Environment = content.Keys.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
                .ToImmutableDictionary(pair => pair.Key[prefix.Length..^1], pair => pair.Value)
                .SetItem(Stamp.Variable, content.Stamp?.ToString() ?? "")
                .SetItem(Stamp.SourceVariable, content.Source ?? ""),
            Command = CommandIn(LoadedText!),
            Evidence = $"active (running), pid {process}",
        };
    }

    private static string CommandIn(string text) =>
        string.Join(' ', UnitCommand.TryParse(UnitFile.Parse(text).Last("Service", "ExecStart")!)!.Arguments);

    private StepResult Failed(StepStatus status, DiagnosticDescriptor descriptor, string what) =>
        new(status, descriptor.Error($"start of {first.Definition.Name} failed: {what}.", "look at the log"));
}
