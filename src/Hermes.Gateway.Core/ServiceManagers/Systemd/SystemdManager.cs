using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>systemd as a service manager, for one scope. Everything is asked and done through <c>systemctl</c>.</summary>
internal sealed class SystemdManager : IServiceManager
{
    private const int NotLoadedStatus = 5;

    private readonly SystemctlClient _systemctl;
    private readonly SystemdObserver _observer;
    private readonly UserManager _users;
    private readonly Lingering _lingering;
    private readonly IProcessRunner _runner;
    private readonly ServiceScope _scope;
    private readonly string _path;
    private readonly string _unitFolder;
    private ImmutableArray<string> _unitPath = [];

    /// <summary>Serves one scope.</summary>
    /// <param name="host">The machine and the caller.</param>
    /// <param name="runner">Runs the commands.</param>
    /// <param name="time">The clock.</param>
    /// <param name="scope">The scope.</param>
    /// <param name="systemctl">Absolute path of <c>systemctl</c>.</param>
    public SystemdManager(HostContext host, IProcessRunner runner, TimeProvider time, ServiceScope scope, string systemctl)
    {
        (_runner, _scope, _path) = (runner, scope, systemctl);
        (_users, _lingering) = (new UserManager(host), new Lingering(host));
        _systemctl = new SystemctlClient(host, runner, scope, systemctl, _users);
        _observer = new SystemdObserver(_systemctl, host, time);
        _unitFolder = scope == ServiceScope.System
            ? "/etc/systemd/system"
            : Path.Combine(host.ConfigHome, "systemd", "user");
    }

    /// <inheritdoc/>
    public string Name => "systemd";

    /// <inheritdoc/>
    public DesiredService Describe(ServiceDefinition definition)
    {
        var keys = SystemdUnit.KeysOf(definition);
        var loaded = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var key in new[] { "Program", "WorkingDirectory", "SystemdType", "Restart", "User" })
            if (keys.TryGetValue(key, out var value)) loaded[key] = value;
        foreach (var (name, value) in definition.Environment) loaded[DefinitionKeys.Environment(name)] = value;
        loaded[Comparison.CommandKey] = string.Join(' ', [definition.Program, .. definition.Arguments]);
        return new DesiredService(
            definition,
            Path.Combine(_unitFolder, definition.UnitName),
            keys,
            loaded.ToImmutable(),
            Stamp.Of(keys, definition.Revision))
        {
            Rules = new ManagerRules
            {
                ReadsPrivateDefinitions = true,
                LatchesFailures = true,
                CanRunWithoutLogin = _scope == ServiceScope.User,
                RunApart = $"systemd-run {(_scope == ServiceScope.User ? "--user" : "--system")} --collect --same-dir",
            },
        };
    }

    /// <inheritdoc/>
    public string Render(DesiredService desired, InstalledFacts seen) => SystemdUnit.Render(desired, seen.Text);

    /// <inheritdoc/>
    public string Redact(string text, IReadOnlySet<string> owned, Func<string, string> hide) =>
        UnitRedaction.Of(text, owned, hide);

    /// <inheritdoc/>
    public InstalledFacts ReadInstalled(DesiredService desired) => SystemdObserver.ReadInstalled(desired, desired.DefinitionPath);

    /// <inheritdoc/>
    public string? AskVersion(Deadline deadline, CancellationToken cancellationToken)
    {
        var answer = _systemctl.Run(["--version"], deadline, cancellationToken);
        return answer.Succeeded ? answer.StandardOutput.Split('\n')[0].Trim() : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ServiceObservation> Observe(
        IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken)
    {
        if (FindObstacle(deadline, cancellationToken) is { } obstacle)
            return [.. services.Select(service => _observer.Unanswered(service, obstacle))];
        var seen = new List<ServiceObservation>(services.Count);
        foreach (var batch in Batches(SystemctlClient.Everything, services))
            seen.AddRange(batch.Services.Count < EarlyObserver.Fewest
                ? ObserveFew(batch, deadline, cancellationToken)
                : ObserveMany(batch, deadline, cancellationToken));
        return seen;
    }

    private ServiceObservation[] ObserveFew(
        Batch batch, Deadline deadline, CancellationToken cancellationToken)
    {
        var (services, units) = batch;
        var show = _systemctl.RunFor(SystemctlClient.Everything, units, deadline, cancellationToken);
        var blocks = IsAnswer(show) ? ShowOutput.Parse(show.StandardOutput) : [];
        if (blocks.Length != services.Count) return Unanswered(services, show);
        // Only when a unit is not where it is expected: everything else needs no second question.
        if (_unitPath.IsEmpty && services.Where((service, i) => !SystemdObserver.IsInPlace(service, blocks[i])).Any())
            AskUnitPath(deadline, cancellationToken);
        return BoundedParallel.Select(services, (service, i) => _observer.Observe(service, blocks[i], _unitPath));
    }

    // The same, except for when it is done.
    private ServiceObservation[] ObserveMany(
        Batch batch, Deadline deadline, CancellationToken cancellationToken)
    {
        var (services, units) = batch;
        var unitPath = _unitPath;
        var early = new EarlyObserver(services, (service, block) =>
            unitPath.IsEmpty && !SystemdObserver.IsLoadedInPlace(service, block)
                ? null
                : _observer.Observe(service, block, unitPath));
        try
        {
            var show = _systemctl.RunFor(
                SystemctlClient.Everything, units, deadline, early.Add, cancellationToken);
            if (!IsAnswer(show)) return Unanswered(services, show);
            early.Complete();
            if (!early.IsAnswer) return Unanswered(services, show);
        }
        finally
        {
            early.Drop();
        }

        if (_unitPath.IsEmpty && services.Where((service, i) =>
            early.Seen(i) is null && !SystemdObserver.IsInPlace(service, early.Left(i))).Any())
            AskUnitPath(deadline, cancellationToken);
        return BoundedParallel.Select(
            services, (service, i) => early.Seen(i) ?? _observer.Observe(service, early.Left(i), _unitPath));
    }

    /// <inheritdoc/>
    public IReadOnlyList<StepResult> Apply(
        StepKind kind, IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken)
    {
        if (kind == StepKind.RunWithoutLogin)
            return [.. Enumerable.Repeat(Linger(deadline, cancellationToken), services.Count)];
        if (kind is not (StepKind.Load or StepKind.Unload))
            return ForUnits(kind, VerbFor(kind), services, deadline, cancellationToken);
        var result = _systemctl.Run(VerbFor(kind), deadline, cancellationToken);
        if (kind == StepKind.Unload && result.Succeeded)
            // A unit that had failed is remembered by name until it is reset; one that had not answers "not loaded".
            ForUnits(
                StepKind.ClearFailure, VerbFor(StepKind.ClearFailure), services, deadline, cancellationToken);
        return [.. services.Select(service => Classify(kind, StatusCommand(service), result))];
    }

    /// <inheritdoc/>
    public string? CommandFor(StepKind kind, DesiredService desired) => kind switch
    {
        StepKind.Write or StepKind.Remove => null,
        StepKind.RunWithoutLogin => _lingering.Command,
        StepKind.Load or StepKind.Unload => _systemctl.Show(VerbFor(kind)),
        _ => _systemctl.Show([.. VerbFor(kind), desired.Definition.UnitName]),
    };

    /// <inheritdoc/>
    public string StatusCommand(DesiredService desired) => _systemctl.Show("status", desired.Definition.UnitName);

    /// <inheritdoc/>
    public string LogCommand(DesiredService desired) => _systemctl.ShowJournal(desired.Definition.UnitName);

    /// <inheritdoc/>
    public ImmutableArray<string> ReadLog(
        DesiredService desired, ServiceObservation seen, int lines, CancellationToken cancellationToken)
    {
        var journal = _systemctl.ReadJournal(
            desired.Definition.UnitName, desired.Definition.Program, seen.Running.LastProcessId, lines, cancellationToken);
        return journal is { Succeeded: true }
            ? [.. journal.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries)]
            : [];
    }

    /// <inheritdoc/>
    public void WaitForChange(
        IReadOnlyList<ServiceObservation> seen, Deadline deadline, CancellationToken cancellationToken) =>
        ProcessWatch.WaitForAnyEnd(
            [.. seen.Select(observation => observation.Running.ProcessId).OfType<int>()], deadline, cancellationToken);

    private static ImmutableArray<string> VerbFor(StepKind kind) => kind switch
    {
        // Always, after every write: NeedDaemonReload has blind spots (same mtime, new drop-ins; measured on 252).
        StepKind.Load or StepKind.Unload => ["daemon-reload"],
        // Without a reload of their own: one follows in every plan that has these steps.
        StepKind.Enable => ["enable", "--no-reload"],
        StepKind.Disable => ["disable", "--no-reload"],
        StepKind.ClearFailure => ["reset-failed"],
        StepKind.Start => ["start"],
        StepKind.Restart => ["restart"],
        StepKind.Stop => ["stop"],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a step of the manager"),
    };

    // All of them in one call, unless the kernel would not start it.
    private List<StepResult> ForUnits(
        StepKind kind, ImmutableArray<string> verb, IReadOnlyList<DesiredService> services, Deadline deadline,
        CancellationToken cancellationToken)
    {
        var results = new List<StepResult>(services.Count);
        foreach (var (batch, units) in Batches(verb, services))
        {
            var result = _systemctl.RunFor(verb, units, deadline, cancellationToken);
            var errors = new ErrorLines(result);
            results.AddRange(batch.Select(service =>
                Classify(kind, StatusCommand(service), result, service.Definition.UnitName, errors)));
        }

        return results;
    }

    private static bool IsAnswer(CommandResult show) => show.Succeeded && !show.OutputTruncated;

    private ServiceObservation[] Unanswered(IReadOnlyList<DesiredService> services, CommandResult show)
    {
        var why = WhyUnanswered(show);
        return BoundedParallel.Select(services, (service, _) => _observer.Unanswered(service, why));
    }

    private sealed record Batch(IReadOnlyList<DesiredService> Services, ImmutableArray<string> Units);

    private IEnumerable<Batch> Batches(ImmutableArray<string> verb, IReadOnlyList<DesiredService> services)
    {
        var units = services.Select(service => service.Definition.UnitName).ToImmutableArray();
        foreach (var range in _systemctl.Batches(verb, units))
            yield return new Batch([.. services.Take(range)], units[range]);
    }

    // Before anything is spawned. A missing systemctl, and a machine without systemd, have messages of their own.
    private Finding? FindObstacle(Deadline deadline, CancellationToken cancellationToken) =>
        _scope == ServiceScope.User && _users.IsBooted && HostContext.IsExecutableFile(_path)
            ? _users.FindObstacle(deadline, cancellationToken)
            : null;

    private StepResult Linger(Deadline deadline, CancellationToken cancellationToken)
    {
        var result = _runner.Run(_lingering.Request(deadline.Remaining), cancellationToken);
        if (!result.Succeeded) return Classify(StepKind.RunWithoutLogin, _lingering.Command, result);
        // The command does not wait for the manager; without it there is nothing to look at.
        _users.Wait(deadline, cancellationToken);
        return StepResult.Done;
    }

    private StepResult Classify(
        StepKind kind, string status, CommandResult result, string? unit = null, ErrorLines? errors = null)
    {
        if (result.Succeeded) return StepResult.Done;
        if (result.End == CommandEnd.TimedOut)
            return Failed(DiagnosticCatalog.CommandTimedOut, $"did not end within {result.Request.Timeout.TotalSeconds:0.#} s and was stopped");
        if (result.End == CommandEnd.Canceled)
            return Failed(DiagnosticCatalog.Canceled, "was stopped because the build was cancelled");
        if (result.End == CommandEnd.NotStarted)
            return Failed(DiagnosticCatalog.ManagerNotFound, "could not be started");
        if (kind == StepKind.RunWithoutLogin) return new StepResult(StepStatus.Failed, _lingering.Refusal(result));
        // A failure that is not latched, or not even known, is as good as cleared.
        if (kind == StepKind.ClearFailure) return StepResult.Done;
        if (result.ExitCode == NotLoadedStatus && kind == StepKind.Stop) return StepResult.Done;
        return result.ExitCode == NotLoadedStatus && kind is StepKind.Start or StepKind.Restart
            ? Failed(DiagnosticCatalog.CommandFailed, $"failed with exit {result.ExitCode}") with { Status = StepStatus.NotLoaded }
            : Failed(
                kind is StepKind.Start or StepKind.Restart ? DiagnosticCatalog.StartFailed : DiagnosticCatalog.CommandFailed,
                $"failed with exit {result.ExitCode}");

        StepResult Failed(DiagnosticDescriptor descriptor, string what)
        {
            // The first line says what happened; the others repeat how to look further. All are in the report. A command
            // for several units has such a line for each.
            errors ??= new ErrorLines(result);
            var own = unit is not null && errors.Of(unit) is [var line, ..] ? line : null;
            var evidence = SecretText.Unknowing.Hide((own ?? errors.First).TrimEnd('.'));
            return new StepResult(
                StepStatus.Failed,
                descriptor.Error($"{result.CommandLineFor(unit)} {what}{(evidence.Length > 0 ? $": {evidence}" : "")}.", status));
        }
    }

    private void AskUnitPath(Deadline deadline, CancellationToken cancellationToken)
    {
        var answer = _systemctl.ShowUnitPath(deadline, cancellationToken);
        if (answer.Succeeded && ShowOutput.Parse(answer.StandardOutput) is [var block])
            _unitPath = ShowOutput.ReadWords(block.GetValueOrDefault("UnitPath"));
    }

    private Finding WhyUnanswered(CommandResult show)
    {
        var text = SecretText.Unknowing.Hide(show.StandardError.Trim());
        return show.End switch
        {
            CommandEnd.NotStarted => DiagnosticCatalog.ManagerNotFound.Error(
                $"{show.Request.Program} could not be started: {text}.", "install systemd, or set HermesGatewaySystemctlPath"),
            CommandEnd.TimedOut => DiagnosticCatalog.CommandTimedOut.Error(
                $"{show.CommandLineFor(null)} did not answer within {show.Request.Timeout.TotalSeconds:0.#} s and was stopped.",
                _systemctl.Show("is-system-running")),
            CommandEnd.Canceled => DiagnosticCatalog.Canceled.Warning("the build was cancelled."),
            _ when show.Succeeded => DiagnosticCatalog.ManagerUnreachable.Error(
                $"{show.CommandLineFor(null)} answered something that is not understood.", _systemctl.Show("is-system-running")),
            // For a user's manager, systemctl says only that it cannot connect.
            _ when text.Contains("not been booted with systemd", StringComparison.Ordinal) || !_users.IsBooted =>
                DiagnosticCatalog.ManagerUnreachable.Error(
                    $"this machine was not booted with systemd, so nothing can supervise the service ({text}).",
                    "deploy on a machine or container that runs systemd as PID 1"),
            _ when _scope == ServiceScope.User && text.EndsWith(": Connection refused", StringComparison.Ordinal) => _users.Ended(),
            _ => DiagnosticCatalog.ManagerUnreachable.Error(
                $"the manager cannot be reached: {(text.Length > 0 ? text : $"exit {show.ExitCode}")}.",
                _systemctl.Show("is-system-running")),
        };
    }
}
