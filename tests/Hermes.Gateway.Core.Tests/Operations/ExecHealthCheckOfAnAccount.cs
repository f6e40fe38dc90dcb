using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Admitting;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>A service in system scope with an account and an <c>exec:</c> health check.</summary>
public sealed class ExecHealthCheckOfAnAccount
{
    [Fact, Trait("Os", "linux")]
    public void Is_run_as_the_account_when_root_runs_the_operation()
    {
        var runner = FakeRunner.Exiting(0);
        using var world = new World(runner, isRoot: true);
        var request = Request(world);

        foreach (var operation in new[] { Operation.Deploy, Operation.Status, Operation.Verify })
        {
            runner.Requests.Clear();
            var report = world.Run(operation, request);

            Assert.Equal("healthy: exec:/srv/check exit 0", report.Health);
            var started = Assert.Single(runner.Requests);
            Assert.Contains(Changer(started), new[] { "setpriv", "runuser" });
            Assert.Equal(["--", "/srv/check"], started.Arguments.TakeLast(2));
            Assert.Equal((false, "nobody"), (started.InheritsEnvironment, started.Environment["USER"]));
        }
    }

    [Fact, Trait("Os", "linux")]
    public void Is_unhealthy_with_the_reason_when_the_account_cannot_execute_it()
    {
        var runner = new FakeRunner(command => FakeRunner.Exit(
            command, 1, error: $"{Changer(command)}: failed to execute /srv/check: Permission denied\n"));
        using var world = new World(runner, isRoot: true);
        var request = Request(world) with { Timeout = TimeSpan.FromSeconds(3) };
        world.Deployed(request.Definition);

        var report = world.Run(Operation.Verify, request);

        Assert.Contains(
            "its health check does not pass: unhealthy: exec:/srv/check not started as nobody: failed to execute /srv/check: "
            + "Permission denied.",
            report.Findings.Single(finding => finding.Code == "HGW4007").Message, StringComparison.Ordinal);
    }

    [Fact, Trait("Os", "linux")]
    public void Is_not_started_when_the_account_may_not_execute_it()
    {
        Requires.Root();
        using var world = new World(isRoot: true);
        var request = Request(world);
        var check = world.At("check");
        File.WriteAllText(check, "#!/bin/sh\n");
        File.SetUnixFileMode(check, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        world.Deployed(request.Definition);

        var report = world.Run(Operation.Status, request with { Health = new HealthCheck.Exec(check) });

        Assert.Equal(
            $"unhealthy: exec:{check} not started: {check} (mode 0500, owner root) cannot be executed by nobody", report.Health);
    }

    [Fact]
    public void Is_not_run_by_another_user_and_never_counts_as_healthy()
    {
        // The default runner fails the test when a command is started.
        using var world = new World();
        var request = Request(world);
        world.Deployed(request.Definition);

        var status = world.Run(Operation.Status, request);
        var verified = world.Run(Operation.Verify, request);

        foreach (var (report, severity) in new[] { (status, Severity.Warning), (verified, Severity.Error) })
        {
            Assert.Equal("not asked: it runs as nobody, which only root can do", report.Health);
            Assert.Equal(
                new CheckReport(CheckName.Health, CheckResult.Unknown, report.Health),
                report.Checks.Single(row => row.Name == CheckName.Health));
            var finding = report.Findings.Single(one => one.Code == "HGW1020");
            Assert.Equal(severity, finding.Severity);
            Assert.Equal(
                "the health check exec:/srv/check of my-gateway was not asked: it runs as nobody, which only root can do.", finding.Message);
        }

        Assert.EndsWith("-t:GatewayStatus", status.Findings.Single(one => one.Code == "HGW1020").Advice, StringComparison.Ordinal);
        Assert.Equal(
            (Outcome.Failed, $"sudo {request.DeployCommand.Replace("Deploy", "Verify", StringComparison.Ordinal)}"),
            (verified.Outcome, verified.Advice));
    }

    [Theory]
    [InlineData("deploy")]
    [InlineData("plan")]
    [InlineData("start")]
    public void Is_refused_before_anything_is_changed_when_the_host_cannot_change_to_the_account(string verb)
    {
        using var world = new World(isRoot: true);
        var operation = new[] { Operation.Deploy, Operation.PlanDeploy, Operation.Start }.Single(one => one.Verb == verb);

        var finding = Assert.Single(Preflight.Check(operation, Request(world), world.Host, commandFolders: []));

        Assert.Equal(("HGW1020", Severity.Error), (finding.Code, finding.Severity));
        Assert.Equal(
            "the health check exec:/srv/check of my-gateway was not asked: it runs as nobody, and neither setpriv nor runuser was "
            + "found. Nothing was changed.",
            finding.Message);
        Assert.Contains("util-linux", finding.Advice, StringComparison.Ordinal);
        // A stop runs no health check.
        Assert.Empty(Preflight.Check(Operation.Stop, Request(world), world.Host, commandFolders: []));
    }

    [Fact]
    public void Runs_as_the_caller_when_the_service_has_no_account()
    {
        var runner = FakeRunner.Exiting(0);
        using var world = new World(runner, isRoot: true);
        var request = Request(world, user: null);
        world.Deployed(request.Definition);

        Assert.StartsWith("healthy", world.Run(Operation.Status, request).Health, StringComparison.Ordinal);

        Assert.Equal("/srv/check", Assert.Single(runner.Requests).Program);
    }

    private static ServiceRequest Request(World world, string? user = "nobody")
    {
        var request = world.Request();
        foreach (var path in new[] { world.At("."), request.Definition.Program, request.Definition.WorkingDirectory })
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return request with
        {
            Definition = request.Definition with { Scope = ServiceScope.System, User = user },
            Health = new HealthCheck.Exec("/srv/check"),
        };
    }

    // The command starts with setsid where the host has it.
    private static string Changer(CommandRequest command) => Path.GetFileName(
        Path.GetFileName(command.Program) == "setsid" ? command.Arguments[1] : command.Program);
}
