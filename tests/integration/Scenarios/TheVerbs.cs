using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

public class TheVerbs
{
    public TheVerbs() => Requires.Systemd();

    [Fact]
    public async Task Install_writes_loads_and_enables_but_starts_nothing()
    {
        await using var service = new TestService();

        var report = service.Succeed(Operation.Install);

        Assert.Equal(new LayerStates(InstalledState.Current, LoadedState.Current, RunningState.No, Answer.Yes), report.After);
        Assert.Equal(0, Manager.MainProcess(service.Unit));
    }

    [Fact]
    public async Task Start_loads_a_definition_that_the_manager_does_not_hold_and_starts_it()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Install);
        var text = File.ReadAllText(service.UnitPath);
        File.Delete(service.UnitPath);
        Manager.Run("daemon-reload");
        File.WriteAllText(service.UnitPath, text);

        Assert.True(service.Succeed(Operation.Start).After.AllCurrent);
    }

    [Fact]
    public async Task Restart_proves_a_new_process()
    {
        await using var service = new TestService();
        var first = service.Succeed(Operation.Deploy);

        var report = service.Succeed(Operation.Restart);

        Assert.NotEqual(first.Invocation, report.Invocation);
        Assert.NotEqual(first.ProcessId, report.ProcessId);
        Assert.Equal(Manager.Invocation(service.Unit), report.Invocation);
    }

    [Fact]
    public async Task Restart_reports_the_managers_failure_and_starts_nothing_outside_the_manager()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);
        service.WriteProgram("#!/nonexistent/interpreter\n");

        var report = service.Fail(Operation.Restart, DiagnosticCatalog.CrashLooping);

        Assert.Null(report.ProcessId);
        // The manager goes on trying, and what is to become the process is there until the kernel has refused.
        await Manager.UntilAsync(() => Manager.MainProcess(service.Unit) == 0, "nothing runs");
        Assert.DoesNotContain(service.Runner.Requests, request => request.Program == service.ProgramPath);
    }

    [Fact]
    public async Task Stop_ends_the_process_keeps_the_definition_and_is_idempotent()
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
    public async Task Uninstall_leaves_nothing_and_is_idempotent()
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
    public async Task Stop_install_and_uninstall_ask_no_health_check()
    {
        await using var service = new TestService();
        service.Input = service.Input with { HealthCheck = "tcp://127.0.0.1:1" };

        service.Succeed(Operation.Install);
        service.Succeed(Operation.Stop);
        Assert.Equal("", service.Succeed(Operation.Uninstall).Health);
    }

    [Fact]
    public async Task Uninstall_of_a_failed_service_leaves_no_failed_unit_behind()
    {
        await using var service = new TestService("#!/nonexistent/interpreter\n");
        service.Run(Operation.Deploy);

        service.Succeed(Operation.Uninstall);

        Assert.DoesNotContain(service.Unit, Manager.Run("list-units", "--all", "--plain", "--no-legend"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_tells_not_installed_stale_and_not_loaded_apart_and_changes_nothing()
    {
        await using var service = new TestService();
        var missing = service.Succeed(Operation.Status);
        service.Succeed(Operation.Install);
        var good = service.Input;
        service.Input = good with { Arguments = ["changed"] };
        var stale = service.Succeed(Operation.Status);
        service.Input = good;
        // systemd loads what it is asked about; what it cannot make sense of stays unloaded.
        var dropIn = Path.Combine(Directory.CreateDirectory(service.UnitPath + ".d").FullName, "broken.conf");
        File.WriteAllText(dropIn, "[Service]\nExecStart=\n");
        Manager.Run("daemon-reload");
        var unloaded = service.Succeed(Operation.Status);

        foreach (var (report, code) in new[]
        {
            (missing, DiagnosticCatalog.NotInstalled), (stale, DiagnosticCatalog.InstalledStale), (unloaded, DiagnosticCatalog.NotLoaded),
        })
        {
            var finding = Assert.Single(report.Findings, finding => finding.Descriptor == code);
            Assert.Contains(service.UnitPath, finding.Message, StringComparison.Ordinal);
            Assert.Contains("DeployGateway", finding.Advice, StringComparison.Ordinal);
            Assert.Equal(service.UnitPath, report.DefinitionPath);
            Assert.False(report.Changed);
        }

        Assert.Equal(LoadedState.No, unloaded.After.Loaded);
        Assert.Equal("bad-setting", Manager.Property(service.Unit, "LoadState"));
    }

    [Fact]
    public async Task Many_services_share_one_reload_and_one_start_and_a_failing_one_does_not_stop_the_others()
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
    public async Task A_cancelled_deploy_says_so_and_the_next_one_completes_it()
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
