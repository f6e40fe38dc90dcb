using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>
/// A service manager in memory: real definition files in systemd's format, simulated loaded definitions and processes.
/// The manager records its calls, and its waits advance the clock instead of waiting.
/// </summary>
internal sealed class FakeServiceManager(HostContext host, ManualClock clock) : IServiceManager
{
    private const int MostWaits = 10_000;
    private readonly SystemdManager _format = Sample.Systemd(host);
    private readonly Dictionary<string, FakeService> _services = [];
    private int _waits;

    public string Name => "fake";

    public int Observations { get; private set; }

    /// <summary>The time that each observation was allowed to take.</summary>
    public List<TimeSpan> ObservationTimes { get; } = [];

    /// <summary>Every step that was applied, as <c>Load: a b</c>.</summary>
    public List<string> Applied { get; } = [];

    /// <summary>Called after each step took effect.</summary>
    public Action<StepKind> AfterStep { get; set; } = _ => { };

    /// <summary>Called before each observation, with the time that the observation may take.</summary>
    public Action<TimeSpan> OnObserve { get; set; } = _ => { };

    /// <summary>Replaces the manager's result of a step; null leaves it as it is.</summary>
    public Func<StepKind, DesiredService, StepResult?> Intercept { get; set; } = (_, _) => null;

    /// <summary>Changes each observation.</summary>
    public Func<ServiceObservation, ServiceObservation> Distort { get; set; } = observation => observation;

    public FakeService Service(ServiceDefinition definition)
    {
        if (!_services.TryGetValue(definition.Identifier, out var service))
            _services[definition.Identifier] = service = new FakeService(Describe(definition));
        return service;
    }

    /// <summary>The last log lines of every service.</summary>
    public ImmutableArray<string> LastWords { get; set; } = ["the last words"];

    /// <summary>Whether linger is enabled.</summary>
    public Answer StartsWithoutLogin { get; set; }

    /// <summary>Whether the manager answers.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>Replaces systemd's rules; null for systemd's.</summary>
    public ManagerRules? Rules { get; set; }

    /// <summary>Finds the manager's warnings about a definition.</summary>
    public Func<ServiceDefinition, IEnumerable<Finding>> Warnings { get; set; } = _ => [];

    public IEnumerable<Finding> FindWarnings(ServiceDefinition definition) => Warnings(definition);

    public DesiredService Describe(ServiceDefinition definition) =>
        _format.Describe(definition) is var desired && Rules is { } rules ? desired with { Rules = rules } : desired;

    public InstalledFacts ReadInstalled(DesiredService desired) => _format.ReadInstalled(desired);

    public string? AskVersion(Deadline deadline, CancellationToken cancellationToken) =>
        "fake 1";

    public string Render(DesiredService desired, InstalledFacts installed) => _format.Render(desired, installed);

    public string Redact(string text, IReadOnlySet<string> owned, Func<string, string> hide) => _format.Redact(text, owned, hide);

    public IReadOnlyList<ServiceObservation> Observe(
        IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken)
    {
        Observations++;
        OnObserve(deadline.Remaining);
        ObservationTimes.Add(deadline.Remaining);
        return [.. services.Select(desired => Distort(Observe(desired)))];
    }

    public IReadOnlyList<StepResult> Apply(
        StepKind kind, IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken)
    {
        Applied.Add($"{kind}: {string.Join(' ', services.Select(service => service.Definition.Name))}");
        var results = services.Select(desired => Intercept(kind, desired) ?? Apply(kind, desired)).ToList();
        AfterStep(kind);
        return results;
    }

    public string? CommandFor(StepKind kind, DesiredService desired) => _format.CommandFor(kind, desired);

    public string StatusCommand(DesiredService desired) => _format.StatusCommand(desired);

    public string LogCommand(DesiredService desired) => _format.LogCommand(desired);

    public ImmutableArray<string> ReadLog(
        DesiredService desired, ServiceObservation observation, int lines, CancellationToken cancellationToken) =>
        LastWords;

    public void WaitForChange(
        IReadOnlyList<ServiceObservation> observations, Deadline deadline, CancellationToken cancellationToken)
    {
        if (++_waits > MostWaits) throw new InvalidOperationException("the verification never ends");
        clock.Advance(deadline.Remaining);
        foreach (var service in _services.Values) service.Live();
    }

    private ServiceObservation Observe(DesiredService desired)
    {
        var service = Service(desired.Definition);
        var observation = new ServiceObservation
        {
            DefinitionPath = desired.DefinitionPath,
            Installed = DefinitionFile.Read(desired.DefinitionPath, text => SystemdUnit.Understand(text, desired.Keys)),
            Loaded = service.ReadLoaded(desired),
            Running = service.Running,
            Enabled = service.IsEnabled ? Answer.Yes : Answer.No,
            StartsWithoutLogin = StartsWithoutLogin,
            SessionEndFinding = StartsWithoutLogin == Answer.No
                ? DiagnosticCatalog.LingeringOff.Info("ends with the session", "loginctl") : null,
        };
        return IsUp ? observation : observation with
        {
            Loaded = Seen.NotLoaded(Answer.Unknown),
            Running = Seen.NotRunning(Activity.Unknown),
            Enabled = Answer.Unknown,
            SessionEndFinding = null,
            Absence = new ManagerAbsence(DiagnosticCatalog.UserManagerNotRunning.Error("no manager", "loginctl"), CanBeStarted: true),
        };
    }

    private StepResult Apply(StepKind kind, DesiredService desired)
    {
        var service = Service(desired.Definition);
        switch (kind)
        {
            case StepKind.Start or StepKind.Restart: return service.Start(again: kind == StepKind.Restart);
            case StepKind.Load or StepKind.Unload: service.Load(); break;
            case StepKind.Stop: service.Stop(); break;
            case StepKind.ClearFailure: service.ClearFailure(); break;
            case StepKind.Enable: service.IsEnabled = true; break;
            case StepKind.Disable: service.IsEnabled = false; break;
            case StepKind.RunWithoutLogin: (StartsWithoutLogin, IsUp) = (Answer.Yes, true); break;
            default: throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a step of the manager");
        }

        return StepResult.Done;
    }
}
