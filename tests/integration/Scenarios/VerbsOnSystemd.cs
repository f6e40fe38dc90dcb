using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

public class VerbsOnSystemd
{
    public VerbsOnSystemd() => Requires.Systemd();

    [Fact]
    public async Task Install_writes_loads_and_enables_the_unit_without_starting_it()
    {
        await using var service = new TestService();

        var report = service.Succeed(Operation.Install);

        Assert.Equal(new LayerStates(InstalledState.Current, LoadedState.Current, RunningState.No, Answer.Yes), report.After);
        Assert.Equal(0, Manager.MainProcess(service.Unit));
    }

    [Fact]
    public async Task Restart_reports_the_new_process()
    {
        await using var service = new TestService();
        var first = service.Succeed(Operation.Deploy);

        var report = service.Succeed(Operation.Restart);

        Assert.NotEqual(first.Invocation, report.Invocation);
        Assert.NotEqual(first.ProcessId, report.ProcessId);
        Assert.Equal(Manager.Invocation(service.Unit), report.Invocation);
    }

    [Fact]
    public async Task Stop_ends_the_process_and_keeps_the_unit_file_and_a_second_stop_changes_nothing()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);

        Assert.Equal(Outcome.Changed, service.Succeed(Operation.Stop).Outcome);
        Assert.Equal(0, Manager.MainProcess(service.Unit));
        Assert.True(File.Exists(service.UnitPath));
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Stop).Outcome);
        Assert.Equal(["show"], service.Runner.Verbs);
    }

    [Fact]
    public async Task Uninstall_removes_all_files_and_a_second_uninstall_changes_nothing()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);
        var folder = Path.GetDirectoryName(service.UnitPath)!;

        service.Succeed(Operation.Uninstall);

        Assert.Empty(Directory.GetFileSystemEntries(folder, service.Name + "*", SearchOption.AllDirectories));
        Assert.False(Directory.Exists(Path.GetDirectoryName(service.Backups)));
        Assert.Equal("not-found", Manager.Property(service.Unit, "LoadState"));
        Assert.Equal("inactive", Manager.Property(service.Unit, "ActiveState"));
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Uninstall).Outcome);
    }

    [Fact]
    public async Task Install_stop_and_uninstall_run_no_health_check()
    {
        await using var service = new TestService();
        service.Input = service.Input with { HealthCheck = "tcp://127.0.0.1:1" };

        service.Succeed(Operation.Install);
        service.Succeed(Operation.Stop);
        Assert.Equal("", service.Succeed(Operation.Uninstall).Health);
    }

    [Fact]
    public async Task Uninstall_of_a_failed_service_leaves_no_failed_unit()
    {
        await using var service = new TestService("#!/nonexistent/interpreter\n");
        service.Run(Operation.Deploy);

        service.Succeed(Operation.Uninstall);

        Assert.DoesNotContain(service.Unit, Manager.Run("list-units", "--all", "--plain", "--no-legend"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_of_three_services_reloads_and_starts_once_and_succeeds_for_two_when_one_fails()
    {
        await using var first = new TestService();
        await using var broken = new TestService("#!/nonexistent/interpreter\n");
        await using var last = new TestService();
        var (requests, problems) = RequestReader.Read([first.Input, broken.Input, last.Input], HostContext.Resolve(_ => null));
        Assert.Empty(problems);

        var reports = new GatewayServices(first.Host, first.Runner, TimeProvider.System)
            .Run(Operation.Deploy, requests, TestContext.Current.CancellationToken);

        Assert.Equal([Outcome.Changed, Outcome.Failed, Outcome.Changed], reports.Select(report => report.Outcome));
        Assert.Single(first.Runner.Verbs, verb => verb == "daemon-reload");
        Assert.Single(first.Runner.Verbs, verb => verb == "start");
        Assert.NotEqual(0, Manager.MainProcess(last.Unit));
    }

    [Fact]
    public async Task Cancelled_deploy_is_reported_and_the_next_deploy_completes_it()
    {
        await using var service = new TestService();
        using var cancellation = new CancellationTokenSource();
        service.Input = service.Input with { StabilitySeconds = "1000", TimeoutSeconds = "2000" };
        var deploy = Task.Run(() => service.Run(Operation.Deploy, cancellation.Token));
        await Manager.UntilAsync(() => Manager.MainProcess(service.Unit) != 0, "the service was started");

        await cancellation.CancelAsync();
        var report = await deploy.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.Canceled);
        service.Input = service.Input with { StabilitySeconds = "0", TimeoutSeconds = "20" };
        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
    }
}
