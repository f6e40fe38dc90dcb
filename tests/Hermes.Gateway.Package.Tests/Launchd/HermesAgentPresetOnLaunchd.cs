using System.Security;
using System.Security.Cryptography;
using System.Text;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>The preset <c>hermes-agent</c> from a project's properties to a process, with a stand-in for the Python
/// program, on a simulated launchd.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class HermesAgentPresetOnLaunchd(PackageFixture package)
{
    [Fact]
    public Task Deploys_the_agent_from_two_paths() => package.WithBuiltWorkerAsync(Requires.Python, async (sandbox, project) =>
    {
        using var agent = new Gateway(sandbox, project);

        var run = (await agent.RunAsync("DeployGateway")).Succeeded();

        Assert.Equal((agent.Name, "current, current, current"), (run.Service.Name, run.Service.Layers));
        Assert.Equal(agent.Plist, run.Service.Metadata["DefinitionPath"]);
        Assert.Equal(
            [agent.Checkout.Python, "-m", "hermes_cli.main", "gateway", "run", "--external-supervisor"],
            Agent.CommandLineOf(run.Service.ProcessId));
        var environment = (await File.ReadAllTextAsync($"/proc/{run.Service.ProcessId}/environ")).Split('\0');
        Assert.Contains($"HERMES_HOME={agent.Home}", environment);
        Assert.Contains("HERMES_SUPERVISED_CHILD=1", environment);
        Assert.Contains(
            $"PATH={agent.Checkout.Folder}/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", environment);
        Assert.Equal(agent.Home, new FileInfo($"/proc/{run.Service.ProcessId}/cwd").LinkTarget);

        var again = (await agent.RunAsync("DeployGateway")).Succeeded();
        Assert.Equal(("unchanged", run.Service.ProcessId), (again.Service.Outcome, again.Service.ProcessId));

        agent.Checkout.Commit("0000000000000000000000000000000000000002");
        var updated = (await agent.RunAsync("DeployGateway")).Succeeded();
        Assert.Contains("Revision", updated.Service.Metadata["Differences"], StringComparison.Ordinal);
        Assert.NotEqual(run.Service.ProcessId, updated.Service.ProcessId);

        // Gone or not, what was deployed can be removed.
        Directory.Delete(agent.Checkout.Folder, recursive: true);
        (await agent.RunAsync("DeployGateway")).FailedWith("HGW0020");
        (await agent.RunAsync("UninstallGateway")).Succeeded();
        Assert.False(File.Exists(agent.Plist));
    });

    [Fact]
    public Task Is_refused_before_any_change_for_invalid_settings() => package.WithBuiltWorkerAsync(Requires.Python, async (sandbox, project) =>
    {
        using var agent = new Gateway(sandbox, project);

        (await agent.RunAsync("DeployGateway", "-p:HermesGatewayAllowTemporary=false")).FailedWith("HGW0021");
        (await agent.RunAsync("DeployGateway", "-p:HermesAgentProfile=No%20Profile")).FailedWith("HGW0001");
        agent.Checkout.AddEnvironment(".venv");
        var two = (await agent.RunAsync("DeployGateway")).FailedWith("HGW0020");
        Assert.Contains("HermesAgentPython", two.ErrorText, StringComparison.Ordinal);
        agent.Checkout.Break();
        var broken = (await agent.RunAsync("DeployGateway", $"-p:HermesAgentPython={agent.Checkout.Python}")).FailedWith("HGW2020");
        Assert.Contains("a_module_that_is_nowhere", broken.ErrorText, StringComparison.Ordinal);

        Assert.Empty(Directory.GetFiles(agent.Launchd.LaunchAgents));
    });

    [Fact]
    public Task Adopts_the_definition_of_the_Python_gateway() => package.WithBuiltWorkerAsync(Requires.Python, async (sandbox, project) =>
    {
        using var agent = new Gateway(sandbox, project);
        var text = $$"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0">
            <dict>
                <key>Label</key>
                <string>{{agent.Label}}</string>
                <key>ProgramArguments</key>
                <array>
                    <string>/usr/bin/env</string>
                    <string>API_KEY=hunter2</string>
                    <string>{{SecurityElement.Escape(agent.Checkout.Python)}}</string>
                    <string>-m</string>
                    <string>hermes_cli.main</string>
                    <string>gateway</string>
                    <string>run</string>
                    <string>--replace</string>
                </array>
                <key>EnvironmentVariables</key>
                <dict>
                    <key>HERMES_HOME</key>
                    <string>{{SecurityElement.Escape(agent.Home)}}</string>
                    <key>MY_TOKEN</key>
                    <string>hunter2</string>
                </dict>
                <key>RunAtLoad</key>
                <true/>
                <key>KeepAlive</key>
                <true/>
                <key>ExitTimeOut</key>
                <integer>60</integer>
            </dict>
            </plist>

            """;
        await File.WriteAllTextAsync(agent.Plist, text);
        Assert.Equal(0, agent.Launchd.Run("bootstrap", $"gui/{agent.Launchd.UserId}", agent.Plist).Exit);

        var run = (await agent.RunAsync("DeployGateway")).Succeeded();

        var findings = run.Service.Metadata["Findings"];
        Assert.Contains("HGW2006", findings, StringComparison.Ordinal);
        Assert.Contains("the Python gateway's definition, started through the wrapper 'env'", findings, StringComparison.Ordinal);
        Assert.Contains("Dropped: the arguments --replace, the variables API_KEY of the command, the wrapper env", findings, StringComparison.Ordinal);
        Assert.DoesNotContain("API_KEY=", findings, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(Assert.Single(
            Directory.GetFiles(Path.Combine(sandbox.StateHome, "hermes-gateway", ".originals", agent.Name)))));
        Assert.Equal(agent.Checkout.Python, Agent.CommandLineOf(run.Service.ProcessId)[0]);
        Assert.Contains("MY_TOKEN=hunter2", await File.ReadAllTextAsync($"/proc/{run.Service.ProcessId}/environ"), StringComparison.Ordinal);
        (await agent.RunAsync("UninstallGateway")).Succeeded();
    });

    /// <summary>A project that says nothing but the preset's properties.</summary>
    private sealed class Gateway : IDisposable
    {
        private readonly Sandbox _sandbox;
        private readonly string _project;

        public Gateway(Sandbox sandbox, string project)
        {
            (_sandbox, _project) = (sandbox, project);
            Launchd = new LaunchdSimulator();
            var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Launchd.State)!, "R&D ü")).FullName;
            Checkout = new HermesCheckout(Path.Combine(folder, "hermes agent"));
            Home = Directory.CreateDirectory(Path.Combine(folder, ".hermes")).FullName;
            Name = $"hermes-gateway-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Home)))[..8]}";
        }

        public LaunchdSimulator Launchd { get; }

        public HermesCheckout Checkout { get; }

        public string Home { get; }

        public string Name { get; }

        public string Label => $"ai.hermes.{Name["hermes-".Length..]}";

        public string Plist => Path.Combine(Launchd.LaunchAgents, $"{Label}.plist");

        public Task<BuildRun> RunAsync(string target, params string[] options) => _sandbox.TargetAsync(
            "msbuild", _project, target,
            [
                "-p:HermesGatewayPreset=hermes-agent",
                $"-p:HermesAgentCheckout={Checkout.Folder}",
                $"-p:HermesAgentHome={Home}",
                "-p:HermesGatewayServiceManager=launchd",
                "-p:HermesGatewayAllowTemporary=true",
                "-p:HermesGatewayStabilitySeconds=0.3",
                .. options,
            ],
            Launchd.Environment);

        public void Dispose() => Launchd.Dispose();
    }
}
