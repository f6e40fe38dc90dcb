using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Tests.Operations.ManyServices;

/// <summary>An operation on many services needs as many commands as one on a single service.</summary>
public sealed class CommandsForManyServices : IDisposable
{
    private readonly MachineWithManyServices _many = new();

    public void Dispose() => _many.Dispose();

    [Fact]
    public void Two_hundred_services_need_one_command_of_each_kind()
    {
        var requests = _many.Requests(200);

        Assert.All(_many.Run(Operation.Deploy, requests), report => Assert.True(report.After.AllCurrent));
        Assert.Equal(
            [("show", 200), ("show", 0), ("enable", 200), ("daemon-reload", 0), ("start", 200), ("show", 200)],
            _many.Systemctl.Commands);

        Assert.All(_many.Run(Operation.Deploy, requests), report => Assert.Equal(Outcome.Unchanged, report.Outcome));
        Assert.Equal([("show", 200)], _many.Systemctl.Commands);

        Assert.All(_many.Run(Operation.Status, requests), report => Assert.True(ReportText.IsGood(report)));
        Assert.Equal([("show", 200)], _many.Systemctl.Commands);
    }

    [Fact]
    public void Only_changed_services_are_restarted_after_a_single_reload()
    {
        _many.Run(Operation.Deploy, _many.Requests(60));

        var reports = _many.Run(
            Operation.Deploy, [.. _many.Requests(20, "changed"), .. _many.Requests(60).Skip(20)]);

        Assert.Equal(20, reports.Count(report => report.Outcome == Outcome.Changed));
        Assert.Equal(40, reports.Count(report => report.Outcome == Outcome.Unchanged));
        Assert.Single(_many.Systemctl.Commands, ("daemon-reload", 0));
        Assert.Single(_many.Systemctl.Commands, ("restart", 20));
        Assert.InRange(_many.Systemctl.Commands.Count, 4, 6);
    }

    [Fact]
    public void Output_for_fifty_units_beyond_1_MiB_is_read_completely()
    {
        // 1.5 MiB of output; the default limit of a command is 1 MiB.
        _many.Systemctl.Padding = 30 << 10;
        var requests = _many.Requests(50);
        _many.Run(Operation.Deploy, requests);

        var reports = _many.Run(Operation.Status, requests);

        Assert.All(reports, report => Assert.Equal(RunningState.Current, report.After.Running));
    }

    [Fact]
    public void Length_of_a_report_does_not_grow_with_the_number_of_services()
    {
        var few = Lengths(12);
        var many = Lengths(120);

        // The reports mention the number of the other services, which has more digits.
        Assert.InRange(many.Max(), few.Max() - 100, few.Max() + 100);

        List<int> Lengths(int count)
        {
            using var machine = new MachineWithManyServices();
            machine.Systemctl.Broken.UnionWith(Enumerable.Range(0, count).Select(i => $"service-{i:d5}.service"));
            var reports = machine.Run(Operation.Deploy, machine.Requests(count));
            Assert.All(reports, report => Assert.Equal(Outcome.Failed, report.Outcome));
            return [.. reports.Select(report => ReportJson.Write(report).Length)];
        }
    }

    [Fact]
    public void Failed_service_reports_only_its_own_failure_from_a_shared_command()
    {
        string[] broken = ["service-00007.service", "service-00050.service"];
        _many.Systemctl.Broken.UnionWith(broken);

        var reports = _many.Run(Operation.Deploy, _many.Requests(100));

        var failed = reports.Where(report => report.Outcome == Outcome.Failed).ToList();
        Assert.Equal(broken, failed.Select(report => report.Definition.Identifier));
        Assert.All(failed, report =>
        {
            var unit = report.Definition.Identifier;
            Assert.Contains($"start {unit} … and 99 more failed with exit 1: Job for {unit} failed", report.Findings[0].Message, StringComparison.Ordinal);
            Assert.Equal(DiagnosticCatalog.StartFailed, report.Findings[0].Descriptor);
            var start = Assert.Single(report.Commands, command => command.CommandLine.Contains(" start ", StringComparison.Ordinal));
            Assert.All(start.StandardError.Split('\n'), line => Assert.Contains(unit, line.Replace("\"", " ", StringComparison.Ordinal), StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Thirty_services_broken_by_a_deploy_are_rolled_back_with_shared_commands()
    {
        var before = _many.Run(Operation.Deploy, _many.Requests(30));
        _many.Systemctl.BreaksWith = "changed";

        var reports = _many.Run(Operation.Deploy, _many.Requests(30, "changed"));

        Assert.All(reports, report => Assert.Equal(Outcome.RolledBack, report.Outcome));
        Assert.All(reports.Zip(before), pair => Assert.NotEqual(pair.Second.Invocation, pair.First.Invocation));
        // The previous definition is installed again.
        Assert.All(reports, report => Assert.Equal(InstalledState.Stale, report.After.Installed));
        // One reload for the new definition, and one for the rollback.
        Assert.Equal(2, _many.Systemctl.Commands.Count(command => command.Verb == "daemon-reload"));
        Assert.Equal([30, 30], _many.Systemctl.Commands.Where(command => command.Verb is "start" or "restart").Select(command => command.Units));
        Assert.InRange(_many.Systemctl.Commands.Count, 8, 14);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    public void Recorded_command_does_not_keep_its_standard_output(int count)
    {
        var journal = new Core.Processes.CommandRecorder(_many.Systemctl);
        var result = journal.Run(
            new Core.Processes.CommandRequest
            {
                Program = "systemctl",
                Arguments = ["--user", "show", .. Enumerable.Range(0, count).Select(i => $"{i}.service")],
                Timeout = TimeSpan.FromSeconds(1),
            },
            TestContext.Current.CancellationToken);

        Assert.NotEmpty(result.StandardOutput);
        Assert.Empty(Assert.Single(journal.Results).StandardOutput);
    }
}
