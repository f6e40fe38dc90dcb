using System.Text.Json;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>What a person reads: the same text in every logger, and the plan that a deploy then keeps.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class StatusText(PackageFixture package)
{
    private const char Escape = '\x1b';

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    [InlineData("auto")]
    public Task Is_shown_by_every_logger_and_has_no_colors_in_a_file(string terminalLogger) =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project);
            var deployed = await agent.DeployAsync("-p:HermesGatewayArguments=old");

            var run = (await agent.RunAsync("GatewayStatus", "-p:HermesGatewayArguments=new", $"-tl:{terminalLogger}")).Succeeded();

            var text = run.Command.StandardOutput;
            AssertShown(
                text,
                $"status of {agent.Label}: not as it should be (launchd, user scope, pid {deployed.Service.ProcessId})",
                $"definition  {agent.Plist}",
                "✗ installed stale: on disk",
                $"pid {deployed.Service.ProcessId}, up ",
                "differs     installed: Arguments: old → new",
                "finding     HGW4002 (warning): ",
                "next        dotnet ");
            // Asked for on a file, the terminal logger moves its cursor there too; the text itself has none of that.
            if (terminalLogger != "on") Assert.DoesNotContain(Escape, text);
        });

    [Fact]
    public Task Of_a_failed_deploy_has_the_program_log_without_colors() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project, "#!/bin/sh\nprintf '\\033[31mfail\\033[0m: no database\\n' >&2\nexit 3\n");
        agent.Launchd.Settings(new { timeScale = 0.05 });

        var run = await agent.RunAsync("DeployGateway", "-tl:off", Agent.ProofOfLife);

        run.FailedWith("HGW4006");
        AssertShown(run.Command.StandardOutput, "log         fail: no database");
        Assert.Contains("fail: no database", run.Errors[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Escape, run.Command.StandardOutput);
    });

    [Fact]
    public Task Of_a_plan_has_the_later_steps_and_the_file_difference() =>
        package.WithBuiltWorkerAsync(async (sandbox, project) =>
        {
            using var agent = new Agent(sandbox, project);
            await agent.DeployAsync("-p:HermesGatewayArguments=old", "-p:HermesGatewayEnvironment=API_TOKEN=hunter1");
            string[] options = ["-p:HermesGatewayArguments=new", "-p:HermesGatewayEnvironment=API_TOKEN=hunter2"];
            var before = agent.Launchd.Calls.Count;

            var plan = (await agent.RunAsync("PlanGateway", [.. options, "-tl:off"])).Succeeded();
            Assert.Empty(agent.ChangesSince(before));
            var deployed = await agent.DeployAsync(options);

            Assert.Equal(StepsOf(deployed), StepsOf(plan));
            AssertShown(
                plan.Command.StandardOutput,
                "would do    1. write: the definition differs: Arguments, Environment[API_TOKEN]",
                "would do    2. load: ",
                $"launchctl bootout {agent.Target} && ",
                "would do    3. start: ");
            using var report = JsonDocument.Parse(plan.Service.Metadata["Report"]);
            var diff = report.RootElement.GetProperty("fileDiff").EnumerateArray().Select(line => line.GetString()).ToList();
            Assert.Contains("- \t\t<string>old</string>", diff);
            Assert.Contains("+ \t\t<string>new</string>", diff);
            Assert.Contains("- \t\t<string>(hidden)</string>", diff);
            Assert.Contains("+ \t\t<string>(hidden)</string>", diff);
            foreach (var text in new[] { plan.Command.StandardOutput, plan.Service.Metadata["Report"] })
                Assert.DoesNotContain("hunter", text, StringComparison.Ordinal);
        });

    [Fact]
    public Task Of_several_services_is_one_table_with_the_failed_one_in_detail() =>
        package.InSandboxAsync(async sandbox =>
        {
            var (good, bad, last) = ("org.example.good", "org.example.bad", "org.example.last");
            var project = sandbox.WriteWorker(service: null, rest: $"""
                <ItemGroup>
                  <HermesGatewayService Include="{good}" />
                  <HermesGatewayService Include="{bad}" Program="$(FailingProgram)" />
                  <HermesGatewayService Include="{last}" />
                </ItemGroup>
                """);
            sandbox.Dotnet("restore", project).Succeeded();
            using var agent = new Agent(sandbox, project);
            agent.Launchd.Settings(new { timeScale = 0.05 });
            var failing = $"-p:FailingProgram={agent.WriteScript("fails.sh", "exit 3")}";

            var run = await agent.RunAsync("DeployGateway", failing, "-tl:on", Agent.ProofOfLife);
            // Started once more, it then waits for so long that the status does not meet it alive.
            agent.Launchd.Settings(new { timeScale = 10 });
            Assert.Equal(0, agent.Launchd.Run("kickstart", $"{agent.Domain}/{bad}").Exit);
            await Agent.UntilAsync(() => agent.Printed(bad, "state") == "spawn scheduled", "it waits");
            var status = (await agent.RunAsync("GatewayStatus", failing, "-tl:off")).Succeeded();

            run.FailedWith("HGW4006");
            Assert.Equal(["changed", "failed", "changed"], run.Services.Select(service => service.Outcome));
            AssertShown(
                run.Command.StandardOutput, "deploy of 3 services", $"✓ {good}", $"✗ {bad} ", $"✓ {last}",
                $"deploy of {bad}: FAILED", $"3 services: 2 good, 1 failed: {bad}");
            AssertShown(
                status.Command.StandardOutput, "status of 3 services", $"status of {bad}: not as it should be",
                $"3 services: 2 good, 1 not good: {bad}");
            Assert.DoesNotContain($"status of {good}:", status.Command.StandardOutput, StringComparison.Ordinal);
        });

    // In this order, each on a line of its own.
    private static void AssertShown(string output, params string[] parts)
    {
        var lines = output.Split('\n').ToList();
        foreach (var part in parts)
        {
            var at = lines.FindIndex(line => line.Contains(part, StringComparison.Ordinal));
            Assert.True(at >= 0, $"There is no \"{part}\" in, or not below the line before it of:\n{output}");
            lines.RemoveRange(0, at + 1);
        }
    }

    private static string[] StepsOf(BuildRun run)
    {
        using var report = JsonDocument.Parse(run.Service.Metadata["Report"]);
        return [.. report.RootElement.GetProperty("steps").EnumerateArray().Select(step =>
            $"{step.GetProperty("kind")}: {step.GetProperty("reason")} [{step.GetProperty("command")}]")];
    }
}
