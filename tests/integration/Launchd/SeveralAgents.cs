using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>Several services in one call.</summary>
public class SeveralAgents
{
    [Fact]
    public async Task One_that_cannot_run_does_not_stop_the_others()
    {
        using var agent = new CoreAgent();
        agent.Launchd.Settings(new { timeScale = 0.05 });
        var broken = agent.PathOf("broken.sh");
        await File.WriteAllTextAsync(broken, "#!/bin/sh\nexit 1\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(broken, (UnixFileMode)0b111_101_101);
        // Six shells at once on a busy machine: what dies at once takes its time to do so.
        agent.Input = agent.Input with { StabilitySeconds = "2" };
        var inputs = Enumerable.Range(0, 6)
            .Select(i => agent.Input with { Name = $"{agent.Name}-{i}", Program = i == 2 ? broken : agent.ProgramPath }).ToArray();

        var reports = agent.Run(Operation.Deploy, inputs);

        Assert.Equal(
            inputs.Select(input => input.Program == broken ? Outcome.Failed : Outcome.Changed),
            reports.Select(report => report.Outcome));
        // The one that dies may have been seen in one of its short lives.
        var good = reports.Where(report => report.Outcome == Outcome.Changed).Select(report => report.ProcessId);
        Assert.Equal(inputs.Length - 1, good.OfType<int>().Distinct().Count());
        // The overrides of a domain are asked for once for all.
        var before = agent.Launchd.Calls.Count;
        agent.Run(Operation.Status, inputs);
        Assert.Single(agent.Launchd.Calls.Skip(before), call => call.Verb == "print-disabled");
    }
}
