using System.Collections.Concurrent;
using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>launchd as a service manager, for one scope and one operation. Everything is asked and done through
/// <c>launchctl</c>; what it told last of each job is kept, because a step depends on where the job is.</summary>
internal sealed class LaunchdManager : IServiceManager
{
    // launchctl takes one service a call. More at once than this gain nothing: they all wait for one launchd.
    private const int MostAtOnce = 4;

    private static readonly ManagerRules Rules = new()
    {
        EnabledByFile = true, LoadingStarts = true, ServiceReadsEnvironmentFile = true,
        LogFileKeys = ["StandardOutPath", "StandardErrorPath"],
    };

    private readonly HostContext _host;
    private readonly ServiceScope _scope;
    private readonly uint _owner;
    private readonly ImmutableArray<LaunchdDomain> _domains;
    private readonly LaunchctlClient _launchctl;
    private readonly LaunchdProbe _probe;
    private readonly LaunchdObserver _observer;
    private readonly LaunchdUnloader _unloader;
    private readonly LaunchdLoader _loader;
    private readonly ConcurrentDictionary<string, JobSighting> _sightings = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AskedStart> _starts = new(StringComparer.Ordinal);

    /// <summary>Serves one scope.</summary>
    /// <param name="host">The machine and the caller.</param>
    /// <param name="runner">Runs the commands.</param>
    /// <param name="time">The clock.</param>
    /// <param name="scope">The scope.</param>
    /// <param name="launchctl">Absolute path of <c>launchctl</c>.</param>
    public LaunchdManager(HostContext host, IProcessRunner runner, TimeProvider time, ServiceScope scope, string launchctl)
    {
        (_host, _scope) = (host, scope);
        _owner = scope == ServiceScope.System ? 0 : host.UserId;
        _domains = LaunchdDomain.Of(scope, host.UserId);
        _launchctl = new LaunchctlClient(runner, launchctl);
        _probe = new LaunchdProbe(_launchctl, _domains);
        _observer = new LaunchdObserver(_owner, host.LaunchdJob);
        _unloader = new LaunchdUnloader(_launchctl, _probe);
        _loader = new LaunchdLoader(_launchctl, _probe, _unloader, _owner, host.Home);
    }

    /// <inheritdoc/>
    public string Name => "launchd";

    /// <inheritdoc/>
    public DesiredService Describe(ServiceDefinition definition)
    {
        var logs = Path.Combine(LaunchdLogs.FolderOf(_host, _scope), definition.Label);
        var keys = LaunchdPlist.KeysOf(definition, $"{logs}.log", $"{logs}.error.log");
        return new DesiredService(
            definition,
            _scope == ServiceScope.System
                ? Path.Combine(_host.MachineLibrary, "LaunchDaemons", $"{definition.Label}.plist")
                : Path.Combine(_host.Home, "Library", "LaunchAgents", $"{definition.Label}.plist"),
            keys.Add(PlistAccess.Key, PlistAccess.Wanted(_owner)),
            HeldCopy.WantedOf(definition, keys),
            Stamp.Of(keys, definition.Revision))
        {
            Rules = Rules,
        };
    }

    /// <inheritdoc/>
    public IEnumerable<Finding> FindWarnings(ServiceDefinition definition) =>
        GuardedFolder.Find(definition, _host) is { } guarded ? [guarded] : [];

    /// <inheritdoc/>
    public string Render(DesiredService desired, InstalledFacts seen) =>
        LaunchdPlist.Render(desired with { Keys = desired.Keys.Remove(PlistAccess.Key) }, seen.Text);

    /// <inheritdoc/>
    public string Redact(string text, IReadOnlySet<string> owned, Func<string, string> hide) =>
        PlistRedaction.Of(text, owned, hide);

    /// <inheritdoc/>
    public InstalledFacts ReadInstalled(DesiredService desired) => LaunchdObserver.ReadInstalled(desired);

    /// <inheritdoc/>
    public string? AskVersion(Deadline deadline, CancellationToken cancellationToken)
    {
        var answer = _launchctl.Run(["version"], deadline, cancellationToken);
        return answer.Succeeded ? answer.StandardOutput.Split('\n')[0].Trim() : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ServiceObservation> Observe(
        IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken)
    {
        // The other half is for the jobs, which are the more important answer.
        var overrides = _probe.ReadOverrides(deadline.Within(deadline.Remaining / 2), cancellationToken);
        var sightings = BoundedParallel.Select(services, MostAtOnce, service => _probe.Look(service, deadline, cancellationToken));
        foreach (var (service, sighting) in services.Zip(sightings)) _sightings[service.Definition.Label] = sighting;
        return [.. services.Zip(sightings, (service, sighting) =>
            _observer.Observe(service, sighting, overrides, _starts.GetValueOrDefault(service.Definition.Label)))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<StepResult> Apply(
        StepKind kind, IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken) =>
        BoundedParallel.Select(services, MostAtOnce, service => Apply(kind, service, deadline, cancellationToken));

    /// <inheritdoc/>
    public string? CommandFor(StepKind kind, DesiredService desired)
    {
        var (domain, label) = (DomainOf(desired), desired.Definition.Label);
        return kind switch
        {
            StepKind.Stop or StepKind.Unload => LaunchctlClient.Show("bootout", domain.Target(label)),
            StepKind.Enable => LaunchctlClient.Show("enable", domain.Target(label)),
            StepKind.Load when IsHeld(desired) =>
                $"{CommandFor(StepKind.Unload, desired)} && {LaunchctlClient.Show("bootstrap", domain.Name, desired.DefinitionPath)}",
            StepKind.Load => LaunchctlClient.Show("bootstrap", domain.Name, desired.DefinitionPath),
            StepKind.Start => LaunchctlClient.Show("kickstart", domain.Target(label)),
            StepKind.Restart => LaunchctlClient.Show("kickstart", "-k", domain.Target(label)),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public string StatusCommand(DesiredService desired) =>
        LaunchctlClient.Show("print", DomainOf(desired).Target(desired.Definition.Label));

    /// <inheritdoc/>
    public string LogCommand(DesiredService desired) =>
        ShellText.Quote(["tail", "-n", "50", LaunchdLogs.ErrorsOf(desired), LaunchdLogs.OutputOf(desired)]);

    /// <inheritdoc/>
    public ImmutableArray<string> ReadLog(
        DesiredService desired, ServiceObservation seen, int lines, CancellationToken cancellationToken)
    {
        // Lines of an earlier life would explain the wrong failure.
        var start = _starts.GetValueOrDefault(desired.Definition.Label);
        var errors = LaunchdLogs.ReadTail(LaunchdLogs.ErrorsOf(desired), start?.ErrorsLength ?? 0, lines);
        return errors.IsEmpty
            ? LaunchdLogs.ReadTail(LaunchdLogs.OutputOf(desired), start?.OutputLength ?? 0, lines)
            : errors;
    }

    /// <inheritdoc/>
    public void WaitForChange(
        IReadOnlyList<ServiceObservation> seen, Deadline deadline, CancellationToken cancellationToken) =>
        ProcessWatch.WaitForAnyEnd(
            [.. seen.Select(observation => observation.Running.ProcessId).OfType<int>()], deadline, cancellationToken);

    private StepResult Apply(
        StepKind kind, DesiredService service, Deadline deadline, CancellationToken cancellationToken)
    {
        var sighting = _sightings.GetValueOrDefault(service.Definition.Label, JobSighting.None);
        switch (kind)
        {
            case StepKind.Stop:
                return Unload(service, sighting, deadline, cancellationToken);
            case StepKind.Unload:
                var unloaded = Unload(service, sighting, deadline, cancellationToken);
                if (unloaded.Finding is null) LaunchdLogs.Remove(service);
                return unloaded;
            case StepKind.Enable:
                return Enable(service, deadline, cancellationToken);
            case StepKind.Load:
                Remember(service, runs: 1);
                var (result, domain) = _loader.Load(service, sighting, deadline, cancellationToken);
                if (domain is not null)
                    _sightings[service.Definition.Label] = new JobSighting([], [domain, .. sighting.Domains.Remove(domain)], null);
                return result;
            case StepKind.Start or StepKind.Restart:
                return Start(kind, service, sighting, deadline, cancellationToken);
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a step of launchd");
        }
    }

    private StepResult Unload(
        DesiredService service, JobSighting sighting, Deadline deadline, CancellationToken cancellationToken)
    {
        var finding = _unloader.Unload(service, sighting, deadline, cancellationToken);
        if (finding is null) _sightings[service.Definition.Label] = sighting with { Loaded = [] };
        return finding is null ? StepResult.Done : new StepResult(StepStatus.Failed, finding);
    }

    private StepResult Enable(DesiredService service, Deadline deadline, CancellationToken cancellationToken)
    {
        var domain = DomainOf(service);
        var result = _launchctl.RunFor(
            service.Definition.Label, ["enable", domain.Target(service.Definition.Label)], deadline, cancellationToken);
        return result.Succeeded
            ? StepResult.Done
            : new StepResult(StepStatus.Failed, LaunchdFindings.Failed(service, result, domain));
    }

    private StepResult Start(
        StepKind kind, DesiredService service, JobSighting sighting, Deadline deadline, CancellationToken cancellationToken)
    {
        var (domain, label) = (DomainOf(service), service.Definition.Label);
        var process = sighting.Found?.Job.ProcessId;
        // Without a process there is nothing to kill, and -k can hang on a job that waits for its next start.
        var kill = kind == StepKind.Restart && process is not null;
        if (sighting.Found is { } found) Remember(service, found.Job.Runs + (kill || process is null ? 1 : 0));
        var result = _launchctl.RunFor(
            label,
            kill ? ["kickstart", "-k", domain.Target(label)] : ["kickstart", domain.Target(label)],
            // The rest is for finding out what came of it.
            deadline.Within(deadline.Remaining * 0.7),
            cancellationToken);
        switch (LaunchdError.CauseOf("kickstart", result))
        {
            // "In progress": it is being started, or was already.
            case LaunchdCause.None or LaunchdCause.InProgress:
                return StepResult.Done;
            case LaunchdCause.NotLoaded:
                return new StepResult(StepStatus.NotLoaded, LaunchdFindings.Failed(service, result, domain));
            default:
                return new StepResult(StepStatus.Failed, LaunchdFindings.Failed(service, result, domain));
        }
    }

    private void Remember(DesiredService service, int runs) => _starts[service.Definition.Label] = new AskedStart(
        runs,
        LaunchdLogs.LengthOf(LaunchdLogs.OutputOf(service)),
        LaunchdLogs.LengthOf(LaunchdLogs.ErrorsOf(service)));

    private bool IsHeld(DesiredService service) =>
        !_sightings.GetValueOrDefault(service.Definition.Label, JobSighting.None).Loaded.IsEmpty;

    private LaunchdDomain DomainOf(DesiredService service) =>
        _sightings.GetValueOrDefault(service.Definition.Label, JobSighting.None).Home ?? _domains[0];
}
