using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>Services of the preset <c>hermes-agent</c> on a real systemd. A script stands for the Python program.</summary>
public class HermesAgentPresetOnSystemd
{
    public HermesAgentPresetOnSystemd()
    {
        Requires.Systemd();
        Requires.Python();
    }

    [Fact]
    public async Task Process_has_the_environment_of_its_profile_and_a_second_deploy_changes_nothing()
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
    public async Task Exit_75_is_restarted_without_a_failure()
    {
        await using var service = new TestService();
        var (_, home) = Use(service);
        service.Succeed(Operation.Deploy);
        var before = Manager.Invocation(service.Unit);

        HermesCheckout.Exit(home, 75);

        await Manager.UntilAsync(() => IsRunningNewInvocation(service, before), "a new process after exit 75");
        Assert.Equal(("1", "success"), (Manager.Property(service.Unit, "NRestarts"), Manager.Property(service.Unit, "Result")));
        service.Succeed(Operation.Verify);
    }

    [Fact]
    public async Task Exit_78_is_not_restarted_and_verify_reports_it()
    {
        await using var service = new TestService();
        var (_, home) = Use(service);
        service.Succeed(Operation.Deploy);

        HermesCheckout.Exit(home, 78);

        // "failed" excludes a restart: a unit that waits for one is "activating (auto-restart)".
        await Manager.UntilAsync(() => Manager.Property(service.Unit, "ActiveState") == "failed", "failed after exit 78");
        Assert.Equal(("78", "0"), (Manager.Property(service.Unit, "ExecMainStatus"), Manager.Property(service.Unit, "NRestarts")));
        var report = service.Fail(Operation.Verify, DiagnosticCatalog.NotRunning);
        Assert.Contains("78", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
    }

    [Fact]
    public async Task Exit_1_is_restarted()
    {
        await using var service = new TestService();
        var (_, home) = Use(service);
        service.Succeed(Operation.Deploy);
        var before = Manager.Invocation(service.Unit);

        HermesCheckout.Exit(home, 1);

        await Manager.UntilAsync(() => IsRunningNewInvocation(service, before), "a new process after exit 1");
    }

    [Fact]
    public async Task New_commit_of_the_checkout_is_deployed_in_a_new_process()
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
    public async Task New_commit_that_cannot_be_imported_is_refused_before_any_change()
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
    public async Task Unit_of_the_Python_gateway_is_adopted_and_dropped_settings_are_reported_without_secrets()
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

        var message = Assert.Single(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.Adopted).Message;
        Assert.Contains("the Python gateway's definition, started through the wrapper 'env'", message, StringComparison.Ordinal);
        Assert.Contains("Dropped: the arguments --replace, the variables API_KEY of the command, the wrapper env", message, StringComparison.Ordinal);
        Assert.Contains("Environment[PATH]", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
        Assert.Equal(old, File.ReadAllText(Assert.Single(Directory.GetFiles(service.Originals))));
        Assert.False(Directory.Exists($"/proc/{before.ToString(CultureInfo.InvariantCulture)}"));
        var process = Manager.MainProcess(service.Unit);
        Assert.Equal(checkout.Python, Manager.Arguments(process)[0]);
        Assert.Equal("hunter2", Manager.Variable(process, "MY_TOKEN"));
        Assert.Equal("mixed", Manager.Property(service.Unit, "KillMode"));
    }

    private static bool IsRunningNewInvocation(TestService service, string invocation) =>
        Manager.Property(service.Unit, "ActiveState") == "active" && Manager.Invocation(service.Unit) != invocation
        && Manager.Variable(Manager.MainProcess(service.Unit), "INVOCATION_ID") is not null;

    // Home and checkout are beside the project, in a folder whose path contains a space and a non-ASCII letter.
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

    // As a new build does. The service keeps the name of the test, by which TestService removes it.
    private static void Expand(TestService service) =>
        service.Input = AgentPreset.Expand(service.Input with { Revision = "" }, service.Host);
}
