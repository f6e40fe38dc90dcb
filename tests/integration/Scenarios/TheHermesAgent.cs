using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>The preset <c>hermes-agent</c> with a stand-in for the Python program, on a real systemd.</summary>
public class TheHermesAgent
{
    public TheHermesAgent()
    {
        Requires.Systemd();
        Requires.Python();
    }

    [Fact]
    public async Task Runs_in_its_own_environment_and_a_second_deploy_changes_nothing()
    {
        await using var service = new TestService();
        var (checkout, home) = Use(service, "work");

        var report = service.Succeed(Operation.Deploy);

        Assert.True(report.After.AllCurrent);
        var process = Manager.MainProcess(service.Unit);
        Assert.Equal(
            [checkout.Python, "-m", "hermes_cli.main", "--profile", "work", "gateway", "run", "--external-supervisor"],
            Manager.Arguments(process));
        Assert.Equal((home, home, "1"), (
            Manager.WorkingDirectory(process), Manager.Variable(process, "HERMES_HOME"), Manager.Variable(process, "HERMES_SUPERVISED_CHILD")));
        Assert.Equal(Path.Combine(checkout.Folder, "venv"), Manager.Variable(process, "VIRTUAL_ENV"));
        Assert.Equal(
            $"{checkout.Folder}/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", Manager.Variable(process, "PATH"));

        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
        Assert.Equal(["show"], service.Runner.Verbs);
        Assert.DoesNotContain(service.Runner.Requests, request => request.Program == checkout.Python);
        Assert.Equal(process, Manager.MainProcess(service.Unit));
    }

    [Fact]
    public async Task Is_started_again_when_it_asks_for_it_and_that_is_no_failure()
    {
        await using var service = new TestService();
        var (_, home) = Use(service);
        service.Succeed(Operation.Deploy);
        var before = Manager.Invocation(service.Unit);

        HermesCheckout.Exit(home, 75);

        await Manager.UntilAsync(() => IsAnother(service, before), "a new process after exit 75");
        Assert.Equal(("1", "success"), (Manager.Property(service.Unit, "NRestarts"), Manager.Property(service.Unit, "Result")));
        service.Succeed(Operation.Verify);
    }

    [Fact]
    public async Task Is_left_alone_when_its_configuration_is_wrong_and_that_is_told()
    {
        await using var service = new TestService();
        var (_, home) = Use(service);
        service.Succeed(Operation.Deploy);

        HermesCheckout.Exit(home, 78);

        // Where it would be started again, it would never be seen in this state (auto-restart is "activating").
        await Manager.UntilAsync(() => Manager.Property(service.Unit, "ActiveState") == "failed", "parked after exit 78");
        Assert.Equal(("78", "0"), (Manager.Property(service.Unit, "ExecMainStatus"), Manager.Property(service.Unit, "NRestarts")));
        var report = service.Fail(Operation.Verify, DiagnosticCatalog.NotRunning);
        Assert.Contains("78", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
    }

    [Fact]
    public async Task Is_started_again_after_any_other_failure()
    {
        await using var service = new TestService();
        var (_, home) = Use(service);
        service.Succeed(Operation.Deploy);
        var before = Manager.Invocation(service.Unit);

        HermesCheckout.Exit(home, 1);

        await Manager.UntilAsync(() => IsAnother(service, before), "a new process after exit 1");
    }

    [Fact]
    public async Task Runs_the_new_code_after_another_commit_was_checked_out()
    {
        await using var service = new TestService();
        var (checkout, _) = Use(service);
        service.Succeed(Operation.Deploy);
        var before = Manager.MainProcess(service.Unit);

        checkout.Commit("0000000000000000000000000000000000000002");
        Expand(service);
        var report = service.Succeed(Operation.Deploy);

        Assert.Contains(report.Differences, drift => drift.Key == "Revision");
        Assert.NotEqual(before, Manager.MainProcess(service.Unit));
    }

    [Fact]
    public async Task Is_not_touched_when_its_new_code_cannot_even_be_imported()
    {
        await using var service = new TestService();
        var (checkout, _) = Use(service);
        service.Succeed(Operation.Deploy);
        var (text, invocation) = (File.ReadAllText(service.UnitPath), Manager.Invocation(service.Unit));

        checkout.Break();
        checkout.Commit("0000000000000000000000000000000000000002");
        Expand(service);
        var report = service.Run(Operation.Deploy);

        var error = Assert.Single(report.Findings, finding => finding.Severity == Severity.Error);
        Assert.Equal(DiagnosticCatalog.InterpreterUnusable, error.Descriptor);
        Assert.Contains("No module named 'a_module_that_is_nowhere'", error.Message, StringComparison.Ordinal);
        Assert.Equal((text, invocation), (File.ReadAllText(service.UnitPath), Manager.Invocation(service.Unit)));
    }

    [Fact]
    public async Task Takes_over_the_unit_that_the_python_program_wrote()
    {
        await using var service = new TestService();
        var (checkout, home) = Use(service);
        var old = $"""
            [Unit]
            Description=Hermes Agent Gateway
            StartLimitIntervalSec=0

            [Service]
            Type=simple
            ExecStart=/usr/bin/env "API_KEY=hunter2" "{checkout.Python}" -m hermes_cli.main gateway run --replace
            WorkingDirectory={home}
            Environment="PATH=/opt/mine/bin:/usr/bin:/bin"
            Environment="HERMES_HOME={home}"
            Environment="MY_TOKEN=hunter2"
            Restart=always
            RestartSec=5
            RestartForceExitStatus=75
            KillMode=mixed
            TimeoutStopSec=70

            [Install]
            WantedBy=default.target

            """;
        Directory.CreateDirectory(Path.GetDirectoryName(service.UnitPath)!);
        File.WriteAllText(service.UnitPath, old);
        Manager.Run("daemon-reload");
        Manager.Run("start", service.Unit);
        var before = Manager.MainProcess(service.Unit);

        var report = service.Succeed(Operation.Deploy);

        var told = Assert.Single(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.Adopted).Message;
        Assert.Contains("the Python gateway's definition, started through the wrapper 'env'", told, StringComparison.Ordinal);
        Assert.Contains("Dropped: the arguments --replace, the variables API_KEY of the command, the wrapper env", told, StringComparison.Ordinal);
        Assert.Contains("Environment[PATH]", told, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", told, StringComparison.Ordinal);
        Assert.Equal(old, File.ReadAllText(Assert.Single(Directory.GetFiles(service.Originals))));
        Assert.False(Directory.Exists($"/proc/{before.ToString(CultureInfo.InvariantCulture)}"));
        var process = Manager.MainProcess(service.Unit);
        Assert.Equal(checkout.Python, Manager.Arguments(process)[0]);
        Assert.Equal("hunter2", Manager.Variable(process, "MY_TOKEN"));
        Assert.Equal("mixed", Manager.Property(service.Unit, "KillMode"));
    }

    private static bool IsAnother(TestService service, string invocation) =>
        Manager.Property(service.Unit, "ActiveState") == "active" && Manager.Invocation(service.Unit) != invocation
        && Manager.Variable(Manager.MainProcess(service.Unit), "INVOCATION_ID") is not null;

    // A home and a checkout beside the project, in a folder with a blank and a letter beyond ASCII.
    private static (HermesCheckout Checkout, string Home) Use(TestService service, string profile = "")
    {
        var checkout = new HermesCheckout(Path.Combine(service.Scratch, "hermes agent"));
        var root = Path.Combine(service.Scratch, ".hermes");
        var home = Directory.CreateDirectory(profile.Length == 0 ? root : Path.Combine(root, "profiles", profile)).FullName;
        service.Input = service.Input with
        {
            Program = "",
            Preset = AgentPreset.Word,
            Agent = new AgentInput { Home = root, Profile = profile, Checkout = checkout.Folder, AllowTemporary = "true" },
        };
        Expand(service);
        return (checkout, home);
    }

    // As a new build does. The name stays the test's own, by which all is removed at its end.
    private static void Expand(TestService service) =>
        service.Input = AgentPreset.Expand(service.Input with { Revision = "" }, service.Host);
}
