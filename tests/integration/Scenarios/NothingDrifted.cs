using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

public class NothingDrifted
{
    public NothingDrifted() => Requires.Systemd();

    [Fact]
    public async Task A_second_deploy_plans_nothing_writes_nothing_restarts_nothing_and_spawns_one_systemctl()
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
    public async Task A_plan_names_no_step_and_a_verification_passes()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);

        Assert.Empty(service.Succeed(Operation.PlanDeploy).Steps);
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Verify).Outcome);
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Start).Outcome);
    }

    [Fact]
    public async Task A_program_that_executes_another_is_not_restarted_again_and_again()
    {
        // The process's arguments are then another program's: only the start that we caused proves it.
        await using var service = new TestService("#!/bin/sh\nexec sleep 1000\n");
        service.Succeed(Operation.Deploy);
        var process = Manager.MainProcess(service.Unit);

        var report = service.Succeed(Operation.Deploy);

        Assert.Equal(Outcome.Unchanged, report.Outcome);
        Assert.Equal(process, Manager.MainProcess(service.Unit));
    }

    [Fact]
    public async Task A_touched_or_reformatted_unit_file_is_no_reason_to_restart()
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
