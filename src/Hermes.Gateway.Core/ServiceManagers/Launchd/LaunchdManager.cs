using System.Collections.Concurrent;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>launchd as a service manager. Keeps the latest observation of each job, because steps depend on its domain.</summary>
internal sealed class LaunchdManager : IServiceManager
{
    // launchctl takes one service per call. A higher limit gains nothing, because all calls wait for the one launchd.
    private const int MaxConcurrentCalls = 4;

    private static readonly ManagerRules Rules = new()
    {
        EnabledByFile = true, LoadingStarts = true, ServiceReadsEnvironmentFile = true,
        LogFileKeys = [LaunchdLogs.OutputKey, LaunchdLogs.ErrorKey],
    };

    private readonly HostContext _host;
    private readonly ServiceScope _scope;
    private readonly uint _owner;
    private readonly ImmutableArray<LaunchdDomain> _domains;
    private readonly LaunchctlClient _launchctl;
    private readonly LaunchdObserver _observer;
    private readonly LaunchdLoader _loader;
    private readonly ConcurrentDictionary<string, JobObservation> _observations = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RequestedStart> _starts = new(StringComparer.Ordinal);

    public LaunchdManager(HostContext host, IProcessRunner runner, ServiceScope scope, string launchctl)
    {
        (_host, _scope) = (host, scope);
        _owner = scope == ServiceScope.System ? 0 : host.UserId;
        _domains = LaunchdDomain.Of(scope, host.UserId);
        _launchctl = new LaunchctlClient(runner, launchctl, _domains);
        // launchd sets this variable for its jobs, whose children inherit it: it is the label of the job above this process.
        _observer = new LaunchdObserver(_owner, callersJob: host.Variable("XPC_SERVICE_NAME"));
        _loader = new LaunchdLoader(_launchctl, _owner, host.Home);
    }

    public string Name => "launchd";

    public DesiredService Describe(ServiceDefinition definition)
    {
        var (library, folder) = _scope == ServiceScope.System
            ? (_host.MachineLibrary, "LaunchDaemons")
            : (Path.Combine(_host.Home, "Library"), "LaunchAgents");
        var logs = Path.Combine(library, "Logs", "Hermes.Gateway", definition.Label);
        var keys = LaunchdPlist.KeysOf(definition, $"{logs}.log", $"{logs}.error.log");
        return new DesiredService(
            definition,
            Path.Combine(library, folder, $"{definition.Label}.plist"),
            keys.Add(PlistAcceptance.AccessKey, PlistAcceptance.RequiredAccess(_owner)),
            LoadedDefinition.DesiredKeys(definition, keys),
            Stamp.Of(keys, definition.Revision))
        {
            Rules = Rules,
        };
    }

    public IEnumerable<Finding> FindWarnings(ServiceDefinition definition) =>
        GuardedFolder.Find(definition, _host) is { } guarded ? [guarded] : [];

    public string Render(DesiredService desired, InstalledFacts installed) =>
        LaunchdPlist.Render(desired with { Keys = desired.Keys.Remove(PlistAcceptance.AccessKey) }, installed.Text);

    public string Redact(string text, IReadOnlySet<string> owned, Func<string, string> hide) =>
        PlistRedaction.Redact(text, owned, hide);

    public InstalledFacts ReadInstalled(DesiredService desired) => LaunchdObserver.ReadInstalled(desired);

    public string? AskVersion(Deadline deadline, CancellationToken cancellationToken)
    {
        var answer = _launchctl.Run(null, ["version"], deadline, cancellationToken);
        return answer.Succeeded ? answer.StandardOutput.Split('\n')[0].Trim() : null;
    }

    public IReadOnlyList<ServiceObservation> Observe(
        IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken)
    {
        // Half of the time is reserved for the jobs, which matter more.
        var disabled = _launchctl.ReadDisabledServices(deadline.Within(deadline.Remaining / 2), cancellationToken);
        var observations = BoundedParallel.Select(
            services, MaxConcurrentCalls, service => _launchctl.ObserveJob(service, deadline, cancellationToken));
        return [.. services.Zip(observations, (service, observation) =>
        {
            _observations[service.Definition.Label] = observation;
            return _observer.Observe(service, observation, disabled, StartOf(service));
        })];
    }

    public IReadOnlyList<StepResult> Apply(
        StepKind kind, IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken) =>
        BoundedParallel.Select(services, MaxConcurrentCalls, service => Apply(kind, service, deadline, cancellationToken));

    public string? CommandFor(StepKind kind, DesiredService desired)
    {
        var domain = DomainOf(desired);
        var target = domain.Target(desired.Definition.Label);
        var bootout = LaunchctlClient.Format("bootout", target);
        var bootstrap = LaunchctlClient.Format("bootstrap", domain.Name, desired.DefinitionPath);
        return kind switch
        {
            StepKind.Stop or StepKind.Unload => bootout,
            StepKind.Enable => LaunchctlClient.Format("enable", target),
            StepKind.Load => ObservationOf(desired).Loaded.IsEmpty ? bootstrap : $"{bootout} && {bootstrap}",
            StepKind.Start => LaunchctlClient.Format("kickstart", target),
            StepKind.Restart => LaunchctlClient.Format("kickstart", "-k", target),
            _ => null,
        };
    }

    public string StatusCommand(DesiredService desired) =>
        LaunchctlClient.Format("print", DomainOf(desired).Target(desired.Definition.Label));

    public string LogCommand(DesiredService desired) =>
        ShellText.Quote(["tail", "-n", "50", LaunchdLogs.ErrorPath(desired), LaunchdLogs.OutputPath(desired)]);

    public ImmutableArray<string> ReadLog(
        DesiredService desired, ServiceObservation observation, int lines, CancellationToken cancellationToken)
    {
        // Lines of an earlier process would explain the wrong failure.
        var start = StartOf(desired);
        var errors = LaunchdLogs.ReadTail(LaunchdLogs.ErrorPath(desired), start?.ErrorLength ?? 0, lines);
        return errors.IsEmpty ? LaunchdLogs.ReadTail(LaunchdLogs.OutputPath(desired), start?.OutputLength ?? 0, lines) : errors;
    }

    private StepResult Apply(
        StepKind kind, DesiredService service, Deadline deadline, CancellationToken cancellationToken) => kind switch
    {
        StepKind.Stop or StepKind.Unload => Unload(kind, service, deadline, cancellationToken),
        StepKind.Enable => Enable(service, deadline, cancellationToken),
        StepKind.Load => Load(service, deadline, cancellationToken),
        StepKind.Start or StepKind.Restart => Start(kind, service, deadline, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a step of launchd"),
    };

    private StepResult Unload(StepKind kind, DesiredService service, Deadline deadline, CancellationToken cancellationToken)
    {
        var observation = ObservationOf(service);
        if (_loader.Unload(service, observation, deadline, cancellationToken) is { } finding)
            return new StepResult(StepStatus.Failed, finding);
        _observations[service.Definition.Label] = observation with { Loaded = [] };
        if (kind == StepKind.Unload) LaunchdLogs.Remove(service);
        return StepResult.Done;
    }

    private StepResult Enable(DesiredService service, Deadline deadline, CancellationToken cancellationToken)
    {
        var (domain, label) = (DomainOf(service), service.Definition.Label);
        var result = _launchctl.Run(label, ["enable", domain.Target(label)], deadline, cancellationToken);
        return result.Succeeded
            ? StepResult.Done
            : new StepResult(StepStatus.Failed, LaunchdFindings.Failed(service, result, domain));
    }

    private StepResult Load(DesiredService service, Deadline deadline, CancellationToken cancellationToken)
    {
        RecordStart(service, run: 1);
        var observation = ObservationOf(service);
        var (result, domain) = _loader.Load(service, observation, deadline, cancellationToken);
        if (domain is not null)
            _observations[service.Definition.Label] = new JobObservation([], [domain, .. observation.Domains.Remove(domain)], null);
        return result;
    }

    private StepResult Start(StepKind kind, DesiredService service, Deadline deadline, CancellationToken cancellationToken)
    {
        var (domain, label, job) = (DomainOf(service), service.Definition.Label, ObservationOf(service).Job?.Job);
        // kickstart -k can hang on a job without a process that waits for its next start.
        var kills = kind == StepKind.Restart && job?.ProcessId is not null;
        if (job is not null) RecordStart(service, job.Runs + (kills || job.ProcessId is null ? 1 : 0));
        var result = _launchctl.Run(
            label,
            kills ? ["kickstart", "-k", domain.Target(label)] : ["kickstart", domain.Target(label)],
            // The remaining time is for observing the result.
            deadline.Within(deadline.Remaining * 0.7),
            cancellationToken);
        return LaunchctlErrors.Classify("kickstart", result) switch
        {
            // InProgress: launchd already starts the job.
            LaunchctlFailure.None or LaunchctlFailure.InProgress => StepResult.Done,
            var failure => new StepResult(
                failure == LaunchctlFailure.NotLoaded ? StepStatus.NotLoaded : StepStatus.Failed,
                LaunchdFindings.Failed(service, result, domain)),
        };
    }

    private void RecordStart(DesiredService service, int run) => _starts[service.Definition.Label] = new RequestedStart(
        run, LaunchdLogs.LengthOf(LaunchdLogs.OutputPath(service)), LaunchdLogs.LengthOf(LaunchdLogs.ErrorPath(service)));

    private RequestedStart? StartOf(DesiredService service) => _starts.GetValueOrDefault(service.Definition.Label);

    private JobObservation ObservationOf(DesiredService service) =>
        _observations.GetValueOrDefault(service.Definition.Label) ?? new JobObservation([], [], null);

    private LaunchdDomain DomainOf(DesiredService service) => ObservationOf(service).Domain ?? _domains[0];
}
