using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Conformance;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>Exit codes of the Python gateway, and units that it has written, under a real systemd.</summary>
public class HermesAgentUnderSystemd
{
    public HermesAgentUnderSystemd()
    {
        Requires.Systemd();
        Requires.Python();
    }

    [Fact]
    public async Task Exit_75_is_restarted_without_a_failure()
    {
        await using var service = new SystemdService();
        var (_, home) = HermesAgentPreset.Use(service);
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
        await using var service = new SystemdService();
        var (_, home) = HermesAgentPreset.Use(service);
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
        await using var service = new SystemdService();
        var (_, home) = HermesAgentPreset.Use(service);
        service.Succeed(Operation.Deploy);
        var before = Manager.Invocation(service.Unit);

        HermesCheckout.Exit(home, 1);

        await Manager.UntilAsync(() => IsRunningNewInvocation(service, before), "a new process after exit 1");
    }

    [Fact]
    public async Task Unit_of_the_Python_gateway_is_adopted_and_dropped_settings_are_reported_without_secrets()
    {
        await using var service = new SystemdService();
        var (checkout, home) = HermesAgentPreset.Use(service);
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

    private static bool IsRunningNewInvocation(SystemdService service, string invocation) =>
        Manager.Property(service.Unit, "ActiveState") == "active" && Manager.Invocation(service.Unit) != invocation
        && Manager.Variable(Manager.MainProcess(service.Unit), "INVOCATION_ID") is not null;
}
