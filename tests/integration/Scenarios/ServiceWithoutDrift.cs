using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>A deployed service whose layers all agree with the project.</summary>
public class ServiceWithoutDrift
{
    public ServiceWithoutDrift() => Requires.Systemd();

    [Fact]
    public async Task Second_deploy_changes_nothing_and_runs_one_systemctl_show()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);
        var (invocation, written) = (Manager.Invocation(service.Unit), File.GetLastWriteTimeUtc(service.UnitPath));
        var files = Directory.GetFileSystemEntries(Path.GetDirectoryName(service.UnitPath)!, "*", SearchOption.AllDirectories);

        var report = service.Succeed(Operation.Deploy);

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.False(report.Changed);
        Assert.Empty(report.Steps);
        Assert.Equal(["show"], service.Runner.Verbs);
        Assert.Single(service.Runner.Requests);
        Assert.Equal(invocation, Manager.Invocation(service.Unit));
        Assert.Equal(written, File.GetLastWriteTimeUtc(service.UnitPath));
        Assert.Equal(files, Directory.GetFileSystemEntries(Path.GetDirectoryName(service.UnitPath)!, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Plan_has_no_steps_and_verify_and_start_change_nothing()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);

        Assert.Empty(service.Succeed(Operation.PlanDeploy).Steps);
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Verify).Outcome);
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Start).Outcome);
    }

    [Fact]
    public async Task Program_that_executes_another_program_is_not_restarted()
    {
        // The arguments in /proc are those of the other program; the record of the verified start identifies the process.
        await using var service = new TestService("#!/bin/sh\nexec sleep 1000\n");
        service.Succeed(Operation.Deploy);
        var process = Manager.MainProcess(service.Unit);

        var report = service.Succeed(Operation.Deploy);

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.Equal(process, Manager.MainProcess(service.Unit));
    }

    [Fact]
    public async Task Comments_and_spaces_added_to_the_unit_file_do_not_cause_a_restart()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);
        var process = Manager.MainProcess(service.Unit);
        File.WriteAllText(service.UnitPath, "# a comment\n\n" + File.ReadAllText(service.UnitPath).Replace("Type=exec", "Type  =  exec", StringComparison.Ordinal));
        Manager.Run("daemon-reload");

        var report = service.Succeed(Operation.Deploy);

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.Empty(report.Differences);
        Assert.Equal(process, Manager.MainProcess(service.Unit));
    }
}
