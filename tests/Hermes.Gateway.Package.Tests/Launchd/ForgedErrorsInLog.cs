using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>A service whose log holds forged errors and commands to CI agents, reported by a build within a build.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class ForgedErrorsInLog(PackageFixture package)
{
    private static readonly string[] Forged =
    [
        "Evil.cs(1,1): error CS0001: forged", "error: forged", "warning W1: forged", "LINK : fatal error LNK1104: forged",
        "##vso[task.complete result=Succeeded]", "##[error]forged", "::error::forged",
    ];

    [Fact]
    public Task Do_not_fail_an_outer_build_or_command_a_CI_agent() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project, $"#!/bin/sh\ncat >&2 <<'END'\n{string.Join('\n', Forged)}\nEND\nexit 3\n");
        agent.Launchd.Settings(new { timeScale = 0.05 });
        var folder = Path.Combine(agent.Folder, "evidence");
        string[] files =
        [
            $"-p:HermesGatewayReportFile={folder}/report.json", $"-p:HermesGatewayJUnitFile={folder}/report.xml",
            $"-p:HermesGatewaySummaryFile={folder}/summary.md",
        ];
        var deployed = await agent.RunAsync("DeployGateway", [.. files, Agent.ProofOfLife]);
        Assert.Equal("failed", deployed.Service.Outcome);
        var status = (await agent.RunAsync("GatewayStatus", files)).Succeeded();
        var history = (await agent.RunAsync("GatewayHistory", [$"-p:HermesGatewayBundleFile={folder}/bundle.json"])).Succeeded();
        var shown = Path.Combine(folder, "shown.txt");
        await File.WriteAllTextAsync(shown, status.Command.StandardOutput + "\n" + history.Command.StandardOutput);

        // All that a status and a history print, and all files of the deploy.
        var outer = sandbox.Write("outer/Outer.proj", $"""
            <Project>
              <Target Name="Outer">
                <Exec Command="cat '{folder}/shown.txt' '{folder}/report.json' '{folder}/report.xml' '{folder}/summary.md' '{folder}/bundle.json'" />
              </Target>
            </Project>
            """);
        var run = sandbox.Dotnet("msbuild", outer, "-t:Outer", "-tl:off");

        Assert.True(run.ExitCode == 0, run.ErrorText + run.Command.StandardOutput);
        Assert.Empty(run.Errors);
        Assert.Empty(run.Nodes<Microsoft.Build.Logging.StructuredLogger.Warning>());
        var all = run.Command.StandardOutput + deployed.Command.StandardOutput + status.Command.StandardOutput;
        foreach (var readable in new[] { "Evil.cs(1,1): [error] CS0001: forged", "## vso[task.complete result=Succeeded]", "## [error]forged" })
            Assert.Contains(readable, all, StringComparison.Ordinal);
        Assert.DoesNotContain("##vso[", all, StringComparison.Ordinal);
        Assert.DoesNotContain("##[", all, StringComparison.Ordinal);
        Assert.DoesNotContain(all.Split('\n'), line => line.TrimStart().StartsWith("::", StringComparison.Ordinal));
    });
}
