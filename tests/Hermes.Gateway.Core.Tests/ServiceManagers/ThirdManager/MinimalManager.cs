using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.Storage;
using Activity = Hermes.Gateway.Core.Operations.Observing.Activity;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.ThirdManager;

/// <summary>The least that a service manager must do: definition files, a daemon's memory, and processes read from
/// <c>/proc</c>.</summary>
internal sealed class MinimalManager(MinimalDaemon daemon) : IServiceManager
{
    public string Name => "minimal";

    public DesiredService Describe(ServiceDefinition definition)
    {
        var keys = MinimalDefinition.KeysOf(
            definition.Program, definition.Arguments, definition.WorkingDirectory, definition.Environment);
        return new DesiredService(
            definition, daemon.DefinitionPath(definition.Identifier), keys, keys, Stamp.Of(keys, definition.Revision))
        {
            Rules = new ManagerRules(),
        };
    }

    public string Render(DesiredService desired, InstalledFacts installed) => MinimalDefinition.Of(desired).ToText();

    public string Redact(string text, IReadOnlySet<string> owned, Func<string, string> hide) => text;

    public InstalledFacts ReadInstalled(DesiredService desired) =>
        DefinitionFile.Read(desired.DefinitionPath, text => MinimalDefinition.Parse(text)?.ToContent());

    public string? AskVersion(Deadline deadline, CancellationToken cancellationToken) => "minimal 1";

    public IReadOnlyList<ServiceObservation> Observe(
        IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken) =>
        [.. services.Select(Observe)];

    public IReadOnlyList<StepResult> Apply(
        StepKind kind, IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken) =>
        [.. services.Select(service => Apply(kind, service.Definition.Identifier))];

    public string? CommandFor(StepKind kind, DesiredService desired) => null;

    public string StatusCommand(DesiredService desired) => $"minimal status {desired.Definition.Identifier}";

    public string LogCommand(DesiredService desired) => $"minimal log {desired.Definition.Identifier}";

    public ImmutableArray<string> ReadLog(
        DesiredService desired, ServiceObservation observation, int lines, CancellationToken cancellationToken) => [];

    private StepResult Apply(StepKind kind, string name)
    {
        switch (kind)
        {
            case StepKind.Load or StepKind.Unload:
                return daemon.Reload(name) ? StepResult.Done : Failed(DiagnosticCatalog.DefinitionRejected, "it is no definition");
            case StepKind.Start or StepKind.Restart when daemon.Loaded(name) is null:
                return Failed(DiagnosticCatalog.CommandFailed, "it is not loaded") with { Status = StepStatus.NotLoaded };
            case StepKind.Start or StepKind.Restart:
                if (kind == StepKind.Restart) daemon.Stop(name);
                return daemon.Start(name) is { } problem ? Failed(DiagnosticCatalog.StartFailed, problem) : StepResult.Done;
            case StepKind.Stop:
                daemon.Stop(name);
                return StepResult.Done;
            case StepKind.Enable:
                Directory.CreateDirectory(Path.GetDirectoryName(daemon.EnabledPath(name))!);
                File.WriteAllText(daemon.EnabledPath(name), "");
                return StepResult.Done;
            case StepKind.Disable:
                File.Delete(daemon.EnabledPath(name));
                return StepResult.Done;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a step of the minimal manager");
        }

        StepResult Failed(DiagnosticDescriptor descriptor, string problem) =>
            new(StepStatus.Failed, descriptor.Error($"minimal {kind} {name} failed: {problem}.", $"minimal status {name}"));
    }

    private ServiceObservation Observe(DesiredService desired)
    {
        var name = desired.Definition.Identifier;
        return new ServiceObservation
        {
            DefinitionPath = desired.DefinitionPath,
            Installed = ReadInstalled(desired),
            Loaded = daemon.Loaded(name) is { } loaded
                ? new LoadedFacts { IsLoaded = Answer.Yes, Stamp = loaded.Stamp, Keys = loaded.Keys, Evidence = "in memory" }
                : new LoadedFacts { IsLoaded = Answer.No, Evidence = "not in memory" },
            Running = Observe(daemon.Latest(name)),
            Enabled = File.Exists(daemon.EnabledPath(name)) ? Answer.Yes : Answer.No,
        };
    }

    private static RunningFacts Observe(Process? process)
    {
        if (process is null) return new RunningFacts { Activity = Activity.Stopped, Evidence = "no process" };
        if (process.HasExited)
            return new RunningFacts { Activity = Activity.Failed, LastProcessId = process.Id, Evidence = $"ended with {process.ExitCode}" };
        return new RunningFacts
        {
            Activity = Activity.Up,
            ProcessId = process.Id,
            LastProcessId = process.Id,
            Invocation = string.Create(CultureInfo.InvariantCulture, $"{process.Id}-{process.StartTime.Ticks}"),
            StartedAt = process.StartTime,
            Command = Read("cmdline").Replace('\0', ' ').TrimEnd(),
            Environment = Read("environ").Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split('=', 2))
                .ToImmutableDictionary(pair => pair[0], pair => pair[1]),
            Evidence = $"pid {process.Id}",
        };

        string Read(string file) => File.ReadAllText($"/proc/{process.Id}/{file}");
    }
}
