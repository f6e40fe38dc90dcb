using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>A program that cannot work is detected by its probe before anything is changed.</summary>
public sealed class ProbeOfAProgram
{
    private static readonly ProgramProbe Probe = new(["-c", "import it"], "import it");

    [Theory]
    [InlineData("deploy")]
    [InlineData("install")]
    [InlineData("plan")]
    public void Failed_probe_is_the_only_error_and_nothing_is_changed(string verb)
    {
        using var world = new World(new FakeRunner(request => FakeRunner.Exit(request, 1, error: "Traceback\n  x\nModuleNotFoundError: No module named 'it'\n\n")));
        var request = world.Request() with { Probe = Probe };
        var operation = verb switch { "deploy" => Operation.Deploy, "install" => Operation.Install, _ => Operation.PlanDeploy };

        var report = world.Run(operation, request);

        var error = Assert.Single(report.Findings);
        Assert.Equal((DiagnosticCatalog.InterpreterUnusable, Severity.Error), (error.Descriptor, error.Severity));
        Assert.Contains("cannot import it (exit 1): ModuleNotFoundError: No module named 'it'. ", error.Message, StringComparison.Ordinal);
        Assert.Contains("-c 'import it'", error.Advice, StringComparison.Ordinal);
        Assert.False(File.Exists(world.PathOf(request)));
        Assert.Empty(world.Manager.Applied);
    }

    [Fact]
    public void Probe_runs_with_the_folder_and_the_environment_of_the_service()
    {
        using var world = new World(FakeRunner.Exiting(0));
        var request = world.Request() with { Probe = Probe };

        Assert.Equal(Outcome.Changed, world.Run(Operation.Deploy, request).Outcome);

        var command = Assert.Single(world.Runner.Requests);
        Assert.Equal((request.Definition.Program, request.Definition.WorkingDirectory), (command.Program, command.WorkingDirectory));
        Assert.Equal(Probe.Arguments.AsEnumerable(), command.Arguments);
        Assert.False(command.InheritsEnvironment);
        Assert.Equal([("MODE", (string?)"fast")], command.Environment.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact, Trait("Os", "linux")]
    public void Probe_of_a_service_with_an_account_runs_as_that_account()
    {
        Requires.Root();
        using var world = new World(FakeRunner.Exiting(0), isRoot: true);
        var request = world.Request() with { Probe = Probe };
        foreach (var path in new[] { world.At("."), request.Definition.WorkingDirectory, request.Definition.Program })
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        request = request with { Definition = request.Definition with { Scope = Core.Definitions.ServiceScope.System, User = "nobody" } };

        Assert.Equal(Outcome.Changed, world.Run(Operation.Deploy, request).Outcome);

        var command = Assert.Single(world.Runner.Requests);
        Assert.EndsWith("/setsid", command.Program, StringComparison.Ordinal);
        Assert.EndsWith(
            string.Join(" ", ["/setpriv", "--reuid=65534", "--regid=65534", "--init-groups", "--", request.Definition.Program, .. Probe.Arguments]),
            string.Join(" ", command.Arguments),
            StringComparison.Ordinal);
        Assert.Equal([("MODE", (string?)"fast")], command.Environment.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact, Trait("Os", "linux")]
    public void Service_with_an_account_and_loader_variables_is_not_probed()
    {
        Requires.Root();
        using var world = new World(FakeRunner.Exiting(1), isRoot: true);
        var request = world.Request() with { Probe = Probe };
        foreach (var path in new[] { world.At("."), request.Definition.WorkingDirectory, request.Definition.Program })
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        request = request with
        {
            Definition = request.Definition with
            {
                Scope = Core.Definitions.ServiceScope.System,
                User = "nobody",
                Environment = request.Definition.Environment.Add("LD_LIBRARY_PATH", "/srv/of/the/account"),
            },
        };

        Assert.Equal(Outcome.Changed, world.Run(Operation.Deploy, request).Outcome);

        Assert.Empty(world.Runner.Requests);
    }

    [Fact]
    public void Probe_is_not_run_when_no_definition_is_written()
    {
        using var world = new World();
        var request = world.Request() with { Probe = Probe };
        world.Deployed(request.Definition);

        Assert.Equal(Outcome.Unchanged, world.Run(Operation.Deploy, request).Outcome);
        Assert.Equal(Outcome.Changed, world.Run(Operation.Stop, request).Outcome);
        Assert.Equal(Outcome.Changed, world.Run(Operation.Uninstall, request).Outcome);
    }

    [Fact]
    public void Probe_that_times_out_is_reported()
    {
        using var world = new World(new FakeRunner(request => new CommandResult { Request = request, End = CommandEnd.TimedOut }));

        var report = world.Run(Operation.Deploy, world.Request() with { Probe = Probe });

        Assert.Contains("(no end within ", Assert.Single(report.Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Blocker_in_the_request_prevents_only_an_installation()
    {
        using var world = new World();
        var blocker = DiagnosticCatalog.TemporaryFolder.Error("it is temporary");
        var request = world.Request() with { Obstacles = [blocker] };
        world.Deployed(request.Definition);
        File.Delete(request.Definition.Program);

        Assert.Equal([blocker], world.Run(Operation.Deploy, request).Findings.AsEnumerable());
        Assert.NotEqual(Outcome.Failed, world.Run(Operation.Status, request).Outcome);
        Assert.Equal(Outcome.Changed, world.Run(Operation.Uninstall, request).Outcome);
    }
}
