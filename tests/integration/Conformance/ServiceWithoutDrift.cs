using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Systemd;

namespace Hermes.Gateway.Integration.Tests.Conformance;

/// <summary>A deployed service whose layers all agree with the project.</summary>
public class ServiceWithoutDrift
{
    [Fact]
    public async Task Second_deploy_only_observes()
    {
        await using var service = ServiceUnderTest.Deploy();
        var (state, files, written) = (service.ReadState(), service.Files.Order().ToList(), File.GetLastWriteTimeUtc(service.DefinitionPath));

        var report = service.Succeed(Operation.Deploy);

        Assert.Equal((Outcome.Unchanged, false), (report.Outcome, report.Changed));
        Assert.Empty(report.Steps);
        Assert.Empty(service.Changes);
        if (service is SystemdService) Assert.Equal("show", Assert.Single(service.Runner.Requests).Arguments[1]);
        Assert.Equal(state, service.ReadState());
        Assert.Equal(files, service.Files.Order());
        Assert.Equal(written, File.GetLastWriteTimeUtc(service.DefinitionPath));
    }

    [Fact]
    public async Task Plan_has_no_steps_and_verify_and_start_change_nothing()
    {
        await using var service = ServiceUnderTest.Deploy();

        Assert.Empty(service.Succeed(Operation.PlanDeploy).Steps);
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Verify).Outcome);
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Start).Outcome);
    }

    [Fact, Trait("Os", "linux")]
    public async Task Program_that_executes_another_program_is_not_restarted()
    {
        // The arguments in /proc are those of the other program; the record of the verified start identifies the process.
        await using var service = ServiceUnderTest.Deploy("#!/bin/sh\nexec sleep 1000\n");
        var process = service.ProcessId;

        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
        Assert.Equal(process, service.ProcessId);
    }

    [Fact]
    public async Task Status_and_verify_have_no_finding()
    {
        await using var service = ServiceUnderTest.Deploy();

        Assert.Empty(service.Succeed(Operation.Status).Findings);
        Assert.Empty(service.Succeed(Operation.Verify).Findings);
    }
}
