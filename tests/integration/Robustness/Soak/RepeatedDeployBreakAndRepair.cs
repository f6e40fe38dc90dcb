using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Integration.Tests.Systemd;

namespace Hermes.Gateway.Integration.Tests.Robustness.Soak;

/// <summary>Deploys, breaks and repairs a service many times in one process, and compares its resources with those after the
/// warm-up.</summary>
[Trait("Manager", "systemd")]
[Trait("Campaign", "soak")]
[Trait("Scope", "user")]
public class RepeatedDeployBreakAndRepair(ITestOutputHelper output)
{
    private const string Program = """
        #!/bin/sh
        if [ "$1" = broken ]; then exit 3; fi
        trap 'exit 0' TERM
        while :; do sleep 0.5; done

        """;

    private const string Stability = "0.05";
    private const long MostManagedGrowth = 1 << 20;
    private const long MostResidentGrowth = 48 << 20;
    private const int MostMoreDescriptors = 8;

    /// <summary>The ways to break the service; each cycle takes the next.</summary>
    private static readonly (string Name, Action<SystemdService> Break)[] Ways =
    [
        ("killed", Kill),
        ("deleted", service => File.Delete(service.UnitPath)),
        ("edited", service => Edit(service)),
        ("edited and reloaded", service =>
        {
            Edit(service);
            Manager.Run("daemon-reload");
        }),
        ("stopped", service => Manager.Run("stop", service.Unit)),
        ("disabled", service => Manager.Run("disable", service.Unit)),
        ("deleted and reloaded", service =>
        {
            File.Delete(service.UnitPath);
            Manager.Run("daemon-reload");
        }),
    ];

    [Fact]
    public async Task Uses_no_more_files_processes_units_or_memory_than_after_the_warm_up()
    {
        Requires.Systemd();
        var (cycles, warmUp) = (Campaign.Size(20, 1000), Campaign.Size(14, 50));
        var temporary = Directory.CreateTempSubdirectory("hgw-soak-").FullName;
        var usual = Environment.GetEnvironmentVariable("TMPDIR");
        await using var service = new SystemdService(Program);
        Environment.SetEnvironmentVariable("TMPDIR", temporary);
        try
        {
            // A failing program is restarted twice, 3 s apart by default, which is too long for a thousand cycles.
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(service.UnitPath + ".d").FullName, "fast.conf"), "[Service]\nRestartSec=50ms\n");
            service.Input = service.Input with { StabilitySeconds = Stability, Revision = "r1" };
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < warmUp; i++) Cycle(service, i);
            var before = Footprint.Of(service, temporary);
            for (var i = warmUp; i < warmUp + cycles; i++) Cycle(service, i);
            var after = Footprint.Of(service, temporary);

            Assert.Equal(before.State, after.State);
            Assert.Equal(before.Units, after.Units);
            Assert.Equal("", after.Temporary);
            Assert.Equal(
                (before.Children, before.Programs, before.Groups, before.Loaded), (after.Children, after.Programs, after.Groups, after.Loaded));
            Assert.InRange(after.Descriptors, 0, before.Descriptors + MostMoreDescriptors);
            Assert.InRange(after.Managed, 0, before.Managed + MostManagedGrowth);
            Assert.InRange(after.Resident, 0, before.Resident + MostResidentGrowth);
            Assert.InRange(after.HistoryBytes, 0, ServiceHistory.MaxFileBytes);
            Campaign.Report(
                "soak", $"{cycles} cycles after {warmUp}, all repaired; before: {before}; after: {after}; {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s", output);
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", usual);
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static void Cycle(SystemdService service, int number)
    {
        var argument = string.Create(CultureInfo.InvariantCulture, $"run-{number}");
        service.Input = service.Input with { Arguments = [argument] };
        AssertDeployed(service, argument);
        if (number % (Ways.Length + 1) == Ways.Length)
        {
            // On a busy machine, the exit of a process is observed late.
            service.Input = service.Input with { Arguments = ["broken"], StabilitySeconds = "1" };
            var report = service.Run(Operation.Deploy);
            Assert.Equal(Outcome.RolledBack, report.Outcome);
            Assert.Contains(argument, Manager.Arguments(Manager.MainProcess(service.Unit)));
            service.Input = service.Input with { Arguments = [argument], StabilitySeconds = Stability };
        }
        else
        {
            Ways[number % (Ways.Length + 1)].Break(service);
        }

        AssertDeployed(service, argument);
    }

    private static void AssertDeployed(SystemdService service, string argument)
    {
        var report = service.Succeed(Operation.Deploy);
        Assert.True(report.After.AllCurrent);
        Assert.Equal(report.ProcessId, Manager.MainProcess(service.Unit));
        Assert.Contains(argument, Manager.Arguments(report.ProcessId!.Value));
        Assert.DoesNotContain(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.HistoryUnusable);
    }

    // Does not wait until systemd has noticed the exit: both cases occur.
    private static void Kill(SystemdService service)
    {
        var process = Manager.MainProcess(service.Unit);
        Manager.RunCommand("kill", "-KILL", $"{process}");
        Manager.UntilAsync(() => !ProcessEntry.IsAlive(process), "the process has ended").GetAwaiter().GetResult();
    }

    private static void Edit(SystemdService service)
    {
        var text = File.ReadAllText(service.UnitPath);
        Assert.Contains("Restart=on-failure", text, StringComparison.Ordinal);
        File.WriteAllText(service.UnitPath, text.Replace("Restart=on-failure", "Restart=always", StringComparison.Ordinal));
    }
}
