using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.ThirdManager;

/// <summary>A third service manager, added only by its line in the registry, passes the core scenarios through the front
/// door. It reads its processes from <c>/proc</c>.</summary>
[Trait("Os", "linux")]
public sealed class ThirdServiceManager : IDisposable
{
    private const string Program = "/bin/sleep";
    private readonly TemporaryFolder _scratch = new();
    private readonly MinimalDaemon _daemon;
    private readonly ServiceManagerRegistry _registry;
    private readonly FakeRunner _runner = new();
    private readonly HostContext _host;

    public ThirdServiceManager()
    {
        _daemon = new MinimalDaemon(_scratch.At("minimal"));
        _registry = new ServiceManagerRegistry(new MinimalType(_daemon), new SystemdType(), new LaunchdType());
        _host = Sample.Host(_scratch.At("home"));
        Directory.CreateDirectory(_scratch.At("home"));
        File.WriteAllText(_scratch.At("Gateway.csproj"), "<Project/>");
    }

    public void Dispose()
    {
        _daemon.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Deploy_installs_enables_loads_and_starts_the_service()
    {
        var report = Run(Operation.Deploy);

        Assert.Equal((Outcome.Changed, "minimal"), (report.Outcome, report.Manager));
        Assert.Equal(
            [StepKind.Write, StepKind.Enable, StepKind.Load, StepKind.Start], report.Steps.Select(step => step.Kind));
        Assert.True(report.After.AllCurrent);
        Assert.Equal((Answer.Yes, _daemon.DefinitionPath("my-gateway")), (report.After.Enabled, report.DefinitionPath));
        Assert.Equal(_daemon.Started, [report.ProcessId!.Value]);
        Assert.Equal($"{Program}\01000\0", File.ReadAllText($"/proc/{report.ProcessId}/cmdline"));
    }

    [Fact]
    public void Second_deploy_changes_nothing()
    {
        var first = Run(Operation.Deploy);

        var second = Run(Operation.Deploy);

        Assert.Equal((Outcome.Unchanged, first.ProcessId), (second.Outcome, second.ProcessId));
        Assert.Empty(second.Steps);
        Assert.Single(_daemon.Started);
    }

    [Fact]
    public void Stop_ends_the_process_and_keeps_the_definition()
    {
        Run(Operation.Deploy);

        var report = Run(Operation.Stop);

        Assert.Equal((Outcome.Changed, RunningState.No, InstalledState.Current), (report.Outcome, report.After.Running, report.After.Installed));
        Assert.Equal(0, _daemon.Living);
    }

    [Fact]
    public void Uninstall_removes_every_trace()
    {
        Run(Operation.Deploy);

        var report = Run(Operation.Uninstall);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.Equal(
            (InstalledState.Missing, LoadedState.No, RunningState.No, Answer.No),
            (report.After.Installed, report.After.Loaded, report.After.Running, report.After.Enabled));
        Assert.False(File.Exists(_daemon.DefinitionPath("my-gateway")));
        Assert.Equal(0, _daemon.Living);
    }

    [Fact]
    public void Stale_definition_is_rewritten_by_install()
    {
        Run(Operation.Deploy);

        var report = Run(Operation.Install, Input with { Arguments = ["1001"] });

        Assert.Equal((InstalledState.Stale, InstalledState.Current), (report.Before.Installed, report.After.Installed));
        Assert.Equal(LoadedState.Current, report.After.Loaded);
        Assert.Contains(report.Differences, drift => drift is { Layer: Layer.Installed, Key: "Arguments" });
        Assert.Contains("\"1001\"", File.ReadAllText(_daemon.DefinitionPath("my-gateway")), StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_definition_replaces_the_process_on_deploy()
    {
        var first = Run(Operation.Deploy);

        var report = Run(Operation.Deploy, Input with { Arguments = ["1001"] });

        Assert.Equal((Outcome.Changed, true), (report.Outcome, report.After.AllCurrent));
        Assert.NotEqual(first.ProcessId, report.ProcessId);
        Assert.Equal(1, _daemon.Living);
    }

    [Fact]
    public void Service_that_is_not_loaded_is_loaded_and_started_once()
    {
        Run(Operation.Deploy);
        _daemon.Crash();

        var report = Run(Operation.Start);

        Assert.Equal((LoadedState.No, LoadedState.Current), (report.Before.Loaded, report.After.Loaded));
        Assert.Equal([StepKind.Load, StepKind.Start], report.Steps.Select(step => step.Kind));
        Assert.Equal(RunningState.Current, report.After.Running);
        Assert.Equal((2, 1), (_daemon.Started.Count, _daemon.Living));
    }

    [Fact]
    public void Failed_restart_is_reported_and_nothing_runs_outside_the_manager()
    {
        Run(Operation.Deploy);
        File.WriteAllText(_daemon.NoStartsFile, "");

        var report = Run(Operation.Restart);

        Assert.Equal((Outcome.Failed, RunningState.No), (report.Outcome, report.After.Running));
        Assert.Equal((DiagnosticCatalog.StartFailed, Severity.Error), (report.Findings[0].Descriptor, report.Findings[0].Severity));
        Assert.Contains("starts are forbidden", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.NotEmpty(report.Advice);
        Assert.Equal((1, 0), (_daemon.Started.Count, _daemon.Living));
        Assert.Empty(_runner.Requests);
    }

    [Fact]
    public void Status_distinguishes_not_installed_stale_and_not_loaded()
    {
        var missing = Run(Operation.Status);
        Run(Operation.Deploy);
        var stale = Run(Operation.Status, Input with { Arguments = ["1001"] });
        _daemon.Crash();
        var unloaded = Run(Operation.Status);

        ServiceReport[] reports = [missing, stale, unloaded];
        Assert.Equal(
            [(InstalledState.Missing, LoadedState.No), (InstalledState.Stale, LoadedState.Stale), (InstalledState.Current, LoadedState.No)],
            reports.Select(report => (report.After.Installed, report.After.Loaded)));
        Assert.Equal(
            [DiagnosticCatalog.NotInstalled, DiagnosticCatalog.InstalledStale, DiagnosticCatalog.NotLoaded],
            reports.Select(report => report.Findings[0].Descriptor));
        Assert.All(reports, report =>
        {
            Assert.Contains(_daemon.DefinitionPath("my-gateway"), report.Findings[0].Message, StringComparison.Ordinal);
            Assert.EndsWith("-t:DeployGateway", report.Advice, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Properties_and_limits_of_the_manager_are_applied()
    {
        var (requests, _) = Read(Input.With("MinimalName", "other"));
        Assert.Equal("other", Assert.Single(requests).Definition.Identifier);

        Assert.Equal("HGW0007", Assert.Single(Read(Input with { Arguments = ["a!"] }).Problems).Code);

        var duplicate = Assert.Single(Read(Input, (Input with { Name = "other" }).With("MinimalName", "my-gateway")).Problems);
        Assert.Contains("the entry my-gateway", duplicate.Message, StringComparison.Ordinal);
        Assert.Contains("HermesGatewayMinimalName", duplicate.Advice, StringComparison.Ordinal);
    }

    private ServiceInput Input => new()
    {
        Name = "my-gateway",
        Program = Program,
        Arguments = ["1000"],
        Environment = ["MODE=fast"],
        WorkingDirectory = _scratch.At("."),
        Source = _scratch.At("Gateway.csproj"),
        Revision = "r1",
        StabilitySeconds = "0.1",
        TimeoutSeconds = "20",
    };

    private (ImmutableArray<ServiceRequest> Requests, ImmutableArray<Finding> Problems) Read(params ServiceInput[] inputs) =>
        RequestReader.Read(inputs, _host, _registry);

    private ServiceReport Run(Operation operation, ServiceInput? input = null)
    {
        var (requests, problems) = Read(input ?? Input);
        Assert.Empty(problems);
        return Assert.Single(new GatewayServices(_host, _runner, TimeProvider.System) { Managers = _registry }
            .Run(operation, requests, TestContext.Current.CancellationToken));
    }
}
