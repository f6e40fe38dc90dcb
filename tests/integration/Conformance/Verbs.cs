using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Conformance;

/// <summary>What each verb does to a deployed service.</summary>
public class Verbs
{
    [Fact]
    public async Task Restart_reports_the_old_and_the_new_process()
    {
        await using var service = ServiceUnderTest.New();
        var first = service.Succeed(Operation.Deploy);

        var report = service.Succeed(Operation.Restart);

        Assert.Equal(first.ProcessId, report.ProcessIdBefore);
        Assert.NotEqual(first.ProcessId, report.ProcessId);
        Assert.Equal(service.ProcessId, report.ProcessId);
        Assert.True(report.After.AllCurrent);
    }

    [Fact]
    public async Task Stop_ends_the_process_and_keeps_the_definition_and_a_second_stop_changes_nothing()
    {
        await using var service = ServiceUnderTest.Deploy();

        var report = service.Succeed(Operation.Stop);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.Equal((InstalledState.Current, RunningState.No), (report.After.Installed, report.After.Running));
        Assert.Null(service.ProcessId);
        Assert.True(File.Exists(service.DefinitionPath));
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Stop).Outcome);
        Assert.Empty(service.Changes);
    }

    [Theory, Trait("Os", "linux")]
    [InlineData(ServiceUnderTest.LongRunningProgram)]
    [InlineData("#!/bin/sh\nexit 1\n")]
    public async Task Uninstall_leaves_nothing_and_a_second_uninstall_changes_nothing(string program)
    {
        await using var service = ServiceUnderTest.New(program);
        service.Run(Operation.Deploy);
        Assert.NotEmpty(service.Files);

        service.Succeed(Operation.Uninstall);

        Assert.False(service.IsLoaded);
        Assert.Empty(service.Files);
        Assert.False(Directory.Exists(Path.Combine(service.Host.StateFolder(Manager.Scope), service.Name)));
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Uninstall).Outcome);
        Assert.Empty(service.Changes);
    }

    [Fact]
    public async Task Install_stop_and_uninstall_run_no_health_check()
    {
        await using var service = ServiceUnderTest.New();
        service.Input = service.Input with { HealthCheck = "tcp://127.0.0.1:1" };

        service.Succeed(Operation.Install);
        service.Succeed(Operation.Stop);
        Assert.Equal("", service.Succeed(Operation.Uninstall).Health);
    }

    [Fact]
    public async Task Cancelled_deploy_is_reported_and_the_next_deploy_completes_it()
    {
        await using var service = ServiceUnderTest.New();
        using var cancellation = new CancellationTokenSource();
        service.Input = service.Input with { StabilitySeconds = "1000", TimeoutSeconds = "2000" };
        var deploy = Task.Run(() => service.Run(Operation.Deploy, cancellation.Token));
        await Manager.UntilAsync(() => service.ProcessId is not null, "the service was started");

        await cancellation.CancelAsync();
        var report = await deploy.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.Canceled);
        service.Input = service.Input with { StabilitySeconds = "0", TimeoutSeconds = "20" };
        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
    }
}
