using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>launchd knows no environment files; a shell reads it and becomes the program.</summary>
public class AnEnvironmentFile
{
    [Fact]
    public async Task Reaches_the_process_and_only_its_path_is_recorded()
    {
        using var agent = new CoreAgent();
        var file = agent.PathOf("secrets of ours.env");
        await File.WriteAllTextAsync(
            file, "# ours\nAPI_TOKEN=hunter2 and $(touch no)\n\nQUOTED=\"two words\"\n", TestContext.Current.CancellationToken);
        agent.Input = agent.Input with { EnvironmentFile = file, Arguments = ["an argument"] };

        var report = agent.Succeed(Operation.Deploy);

        // The process is the program itself: the shell is gone, though not before it has read the file.
        await Manager.UntilAsync(() => CoreAgent.Arguments(report) is [_, not "-c", ..], "the shell is gone");
        Assert.Equal(["/bin/sh", agent.Program, "an argument"], CoreAgent.Arguments(report));
        Assert.Contains("API_TOKEN=hunter2 and $(touch no)", CoreAgent.Variables(report));
        Assert.Contains("QUOTED=two words", CoreAgent.Variables(report));
        var plist = await File.ReadAllTextAsync(report.DefinitionPath, TestContext.Current.CancellationToken);
        Assert.Contains("secrets of ours.env", plist, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", plist, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", Core.Reporting.ReportJson.Write(report), StringComparison.Ordinal);
        Assert.Equal(Outcome.Unchanged, agent.Succeed(Operation.Deploy).Outcome);
    }
}
