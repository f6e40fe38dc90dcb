using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>systemd as a service manager, for one scope, through <c>systemctl</c>.</summary>
internal sealed class SystemdManager : IServiceManager
{
    // Measured on 252, for unknown units too.
    private const int NotLoadedExitCode = 5;

    private readonly SystemctlClient _systemctl;
    private readonly SystemdObserver _observer;
    private readonly UserManager _userManager;
    private readonly LingerCommand _linger;
    private readonly IProcessRunner _runner;
    private readonly ServiceScope _scope;
    private readonly string _systemctlPath;
    private readonly string _unitFolder;

    // The manager's unit folders, highest precedence first; empty until they are needed.
    private ImmutableArray<string> _unitPath = [];

    public SystemdManager(HostContext host, IProcessRunner runner, TimeProvider time, ServiceScope scope, string systemctl)
    {
        (_runner, _scope, _systemctlPath) = (runner, scope, systemctl);
        (_userManager, _linger) = (new UserManager(host), new LingerCommand(host));
        _systemctl = new SystemctlClient(host, runner, scope, systemctl, _userManager);
        _observer = new SystemdObserver(_systemctl, host, time);
        _unitFolder = scope == ServiceScope.System ? "/etc/systemd/system" : Path.Combine(host.ConfigHome, "systemd", "user");
    }

    public string Name => "systemd";

    public DesiredService Describe(ServiceDefinition definition)
    {
        var keys = SystemdUnit.KeysOf(definition);
        var loaded = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var key in new[] { "Program", "WorkingDirectory", "SystemdType", "Restart", "User" })
            if (keys.TryGetValue(key, out var value)) loaded[key] = value;
        foreach (var (name, value) in definition.Environment) loaded[DefinitionKeys.Environment(name)] = value;
        loaded[Comparison.CommandKey] = string.Join(' ', [definition.Program, .. definition.Arguments]);
        return new DesiredService(
            definition, Path.Combine(_unitFolder, definition.UnitName), keys, loaded.ToImmutable(),
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

    public string Render(DesiredService desired, InstalledFacts installed) => SystemdUnit.Render(desired, installed.Text);

    public string Redact(string text, IReadOnlySet<string> owned, Func<string, string> hide) => UnitRedaction.Redact(text, owned, hide);

    public InstalledFacts ReadInstalled(DesiredService desired) => SystemdObserver.ReadInstalled(desired, desired.DefinitionPath);

    public string? AskVersion(Deadline deadline, CancellationToken cancellationToken)
    {
        var answer = _systemctl.Run(["--version"], deadline, cancellationToken);
        return answer.Succeeded ? answer.StandardOutput.Split('\n')[0].Trim() : null;
    }

    public IReadOnlyList<ServiceObservation> Observe(
        IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken) =>
        FindUnreachableReason(deadline, cancellationToken) is { } reason
            ? [.. services.Select(service => _observer.Unanswered(service, reason))]
            : [.. Split(SystemctlClient.ShowVerb, services).SelectMany(batch => ObserveBatch(batch, deadline, cancellationToken))];

    public IReadOnlyList<StepResult> Apply(
        StepKind kind, IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken)
    {
        if (kind == StepKind.RunWithoutLogin)
            return [.. Enumerable.Repeat(EnableLinger(deadline, cancellationToken), services.Count)];
        if (kind is not (StepKind.Load or StepKind.Unload)) return ApplyToUnits(kind, services, deadline, cancellationToken);
        var result = _systemctl.Run(VerbFor(kind), deadline, cancellationToken);
        // The manager remembers a failed unit by its name until it is reset. For other units this fails with "not loaded".
        if (kind == StepKind.Unload && result.Succeeded) ApplyToUnits(StepKind.ClearFailure, services, deadline, cancellationToken);
        return [.. services.Select(service => Classify(kind, StatusCommand(service), result))];
    }

    public string? CommandFor(StepKind kind, DesiredService desired) => kind switch
    {
        _ when kind.IsOfFiles() => null,
        StepKind.RunWithoutLogin => _linger.Text,
        StepKind.Load or StepKind.Unload => _systemctl.CommandText(VerbFor(kind)),
        _ => _systemctl.CommandText([.. VerbFor(kind), desired.Definition.UnitName]),
    };

    public string StatusCommand(DesiredService desired) => _systemctl.CommandText("status", desired.Definition.UnitName);

    public string LogCommand(DesiredService desired) => _systemctl.JournalCommandText(desired.Definition.UnitName);

    public ImmutableArray<string> ReadLog(
        DesiredService desired, ServiceObservation observation, int lines, CancellationToken cancellationToken)
    {
        var journal = _systemctl.ReadJournal(
            desired.Definition.UnitName, desired.Definition.Program, observation.Running.LastProcessId, lines, cancellationToken);
        return journal is { Succeeded: true } ? [.. journal.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries)] : [];
    }

    private static ImmutableArray<string> VerbFor(StepKind kind) => kind switch
    {
        // After every write, because NeedDaemonReload does not show every change (same mtime, new drop-ins; measured on 252).
        StepKind.Load or StepKind.Unload => ["daemon-reload"],
        // Every plan with these steps has a reload after them.
        StepKind.Enable => ["enable", "--no-reload"],
        StepKind.Disable => ["disable", "--no-reload"],
        StepKind.ClearFailure => ["reset-failed"],
        StepKind.Start => ["start"],
        StepKind.Restart => ["restart"],
        StepKind.Stop => ["stop"],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a step of the manager"),
    };

    private sealed record Batch(IReadOnlyList<DesiredService> Services, ImmutableArray<string> Units);

    // One batch, unless the kernel would not start a command for all units.
    private IEnumerable<Batch> Split(ImmutableArray<string> verb, IReadOnlyList<DesiredService> services)
    {
        var units = services.Select(service => service.Definition.UnitName).ToImmutableArray();
        foreach (var range in _systemctl.SplitByLimit(verb, units)) yield return new Batch([.. services.Take(range)], units[range]);
    }

    private ServiceObservation[] ObserveBatch(Batch batch, Deadline deadline, CancellationToken cancellationToken)
    {
        var (services, unitPath) = (batch.Services, _unitPath);
        using var streaming = services.Count < StreamingObserver.MinServices
            ? null
            : new StreamingObserver(services, (service, unit) => unitPath.IsEmpty && !SystemdObserver.IsLoadedInPlace(service, unit)
                ? null
                : _observer.Observe(service, unit, unitPath));
        OutputReceiver? output = streaming is null ? null : streaming.Add;
        var show = _systemctl.RunFor(SystemctlClient.ShowVerb, batch.Units, deadline, output, cancellationToken);
        IReadOnlyList<UnitProperties> units = !show.Succeeded || show.OutputTruncated ? []
            : streaming is null ? ShowOutput.Parse(show.StandardOutput) : streaming.Complete();
        if (units.Count != services.Count)
        {
            var reason = ExplainUnanswered(show);
            return BoundedParallel.Select(services, (service, _) => _observer.Unanswered(service, reason));
        }

        // A second command, only when a unit is not where it belongs.
        if (_unitPath.IsEmpty && services.Where((service, i) =>
                streaming?.Observation(i) is null && !SystemdObserver.IsInPlace(service, units[i])).Any())
            ReadUnitPath(deadline, cancellationToken);
        return BoundedParallel.Select(
            services, (service, i) => streaming?.Observation(i) ?? _observer.Observe(service, units[i], _unitPath));
    }

    private void ReadUnitPath(Deadline deadline, CancellationToken cancellationToken)
    {
        var show = _systemctl.Run(["show", "--no-pager", "--property=UnitPath"], deadline, cancellationToken);
        if (show.Succeeded && ShowOutput.Parse(show.StandardOutput) is [var manager]) _unitPath = manager.Words("UnitPath");
    }

    // Finds no reason where systemctl gives a better one: without systemctl, and on a machine without systemd.
    private Finding? FindUnreachableReason(Deadline deadline, CancellationToken cancellationToken) =>
        _scope == ServiceScope.User && _userManager.IsBooted && HostContext.IsExecutableFile(_systemctlPath)
            ? _userManager.FindUnreachableReason(deadline, cancellationToken)
            : null;

    private List<StepResult> ApplyToUnits(
        StepKind kind, IReadOnlyList<DesiredService> services, Deadline deadline, CancellationToken cancellationToken)
    {
        var (verb, results) = (VerbFor(kind), new List<StepResult>(services.Count));
        foreach (var batch in Split(verb, services))
        {
            var result = _systemctl.RunFor(verb, batch.Units, deadline, output: null, cancellationToken);
            var errors = new ErrorLines(result);
            results.AddRange(batch.Services.Select(service =>
                Classify(kind, StatusCommand(service), result, service.Definition.UnitName, errors)));
        }

        return results;
    }

    private StepResult EnableLinger(Deadline deadline, CancellationToken cancellationToken)
    {
        var result = _runner.Run(_linger.Request(deadline.Remaining), cancellationToken);
        if (!result.Succeeded) return Classify(StepKind.RunWithoutLogin, _linger.Text, result);
        // loginctl does not wait for the manager, which the next step needs.
        _userManager.WaitForSocket(deadline, cancellationToken);
        return StepResult.Done;
    }

    private StepResult Classify(StepKind kind, string advice, CommandResult result, string? unit = null, ErrorLines? errors = null)
    {
        if (result.Succeeded) return StepResult.Done;
        if (result.End == CommandEnd.TimedOut)
            return Failed(
                DiagnosticCatalog.CommandTimedOut, $"did not end within {result.Request.Timeout.TotalSeconds:0.#} s and was stopped");
        if (result.End == CommandEnd.Canceled)
            return Failed(DiagnosticCatalog.Canceled, "was stopped because the build was cancelled");
        if (result.End == CommandEnd.NotStarted) return Failed(DiagnosticCatalog.ManagerNotFound, "could not be started");
        if (kind == StepKind.RunWithoutLogin) return new StepResult(StepStatus.Failed, _linger.MakeRefusal(result));
        // reset-failed fails for a unit that is not loaded, which has no failure either.
        if (kind == StepKind.ClearFailure) return StepResult.Done;
        var isNotLoaded = result.ExitCode == NotLoadedExitCode;
        if (isNotLoaded && kind == StepKind.Stop) return StepResult.Done;
        var isStart = kind is StepKind.Start or StepKind.Restart;
        var failure = Failed(
            isStart && !isNotLoaded ? DiagnosticCatalog.StartFailed : DiagnosticCatalog.CommandFailed,
            $"failed with exit {result.ExitCode}");
        return isStart && isNotLoaded ? failure with { Status = StepStatus.NotLoaded } : failure;

        StepResult Failed(DiagnosticDescriptor descriptor, string what)
        {
            // The first line says what happened, the others how to find out more; a command prints such a line for each unit.
            errors ??= new ErrorLines(result);
            var own = unit is null ? null : errors.Of(unit).FirstOrDefault();
            var evidence = SecretText.PatternsOnly.Hide((own ?? errors.First).TrimEnd('.'));
            return new StepResult(
                StepStatus.Failed,
                descriptor.Error($"{result.CommandLineFor(unit)} {what}{(evidence.Length > 0 ? $": {evidence}" : "")}.", advice));
        }
    }

    private Finding ExplainUnanswered(CommandResult show)
    {
        var text = SecretText.PatternsOnly.Hide(show.StandardError.Trim());
        var advice = _systemctl.CommandText("is-system-running");
        return show.End switch
        {
            CommandEnd.NotStarted => DiagnosticCatalog.ManagerNotFound.Error(
                $"{show.Request.Program} could not be started: {text}.", "install systemd, or set HermesGatewaySystemctlPath"),
            CommandEnd.TimedOut => DiagnosticCatalog.CommandTimedOut.Error(
                $"{show.CommandLineFor(null)} did not answer within {show.Request.Timeout.TotalSeconds:0.#} s and was stopped.", advice),
            CommandEnd.Canceled => DiagnosticCatalog.Canceled.Warning("the build was cancelled."),
            _ when show.Succeeded => DiagnosticCatalog.ManagerUnreachable.Error(
                $"{show.CommandLineFor(null)} answered something that is not understood.", advice),
            // For a user's manager, systemctl says only that it cannot connect.
            _ when text.Contains("not been booted with systemd", StringComparison.Ordinal) || !_userManager.IsBooted =>
                DiagnosticCatalog.ManagerUnreachable.Error(
                    $"this machine was not booted with systemd, so nothing can supervise the service ({text}).",
                    "deploy on a machine or container that runs systemd as PID 1"),
            // A manager that ends takes its sockets away in the time between their check and this command.
            _ when _scope == ServiceScope.User
                && (text.EndsWith(": Connection refused", StringComparison.Ordinal) || _userManager.RuntimeFolder is null) =>
                _userManager.MakeNotListening(),
            _ => DiagnosticCatalog.ManagerUnreachable.Error(
                $"the manager cannot be reached: {(text.Length > 0 ? text : $"exit {show.ExitCode}")}.", advice),
        };
    }
}
