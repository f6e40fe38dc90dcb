using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Operations.Many;

/// <summary>Many services are observed while the command that tells of them still runs; nothing else is different.</summary>
public sealed class ObservedEarlyTests : IDisposable
{
    private const int Count = 100;

    private readonly ManyServices _many = new();

    public void Dispose() => _many.Dispose();

    private string UnitFile(int i) =>
        Path.Combine(_many.Host.ConfigHome, "systemd", "user", $"service-{i:d5}.service");

    private IReadOnlyList<ServiceObservation> Observe(IProcessRunner runner)
    {
        _many.Systemctl.Commands.Clear();
        var manager = new SystemdManager(_many.Host, runner, TimeProvider.System, ServiceScope.User, "/usr/bin/systemctl");
        return manager.Observe(
            [.. _many.Requests(Count).Select(request => manager.Describe(request.Definition))], Bounds.Test.FromNow(), TestContext.Current.CancellationToken);
    }

    private static string Text(ServiceObservation seen) => string.Join(
        '|',
        [
            seen.DefinitionPath, $"{seen.Installed.Kind}", $"{seen.Installed.Content?.Stamp}", $"{seen.Loaded.IsLoaded}",
            seen.Loaded.Evidence, $"{seen.Loaded.Stamp}", seen.Running.Evidence, $"{seen.Running.Invocation}", $"{seen.Enabled}",
            .. seen.Findings.Select(finding => finding.ToString()),
        ]);

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(1 << 20)]
    public void What_is_handed_on_is_seen_as_what_is_kept(int pieces)
    {
        _many.Run(Operation.Deploy, _many.Requests(Count));
        var kept = Observe(_many.Systemctl);
        Assert.Equal([("show", Count)], _many.Systemctl.Commands);

        var handed = Observe(new HandingRunner(_many.Systemctl, pieces));

        Assert.Equal([("show", Count)], _many.Systemctl.Commands);
        Assert.Equal(kept.Select(Text), handed.Select(Text));
        Assert.All(handed, seen => Assert.Equal((Answer.Yes, InstalledKind.Present), (seen.Loaded.IsLoaded, seen.Installed.Kind)));
    }

    [Fact]
    public void Those_that_are_not_where_they_belong_are_seen_when_the_folders_are_known()
    {
        _many.Run(Operation.Deploy, _many.Requests(Count));
        File.Delete(UnitFile(3));
        File.Delete(UnitFile(70));
        File.Delete(UnitFile(40));
        File.CreateSymbolicLink(UnitFile(40), "/dev/null");
        _many.Systemctl.Run(
            new CommandRequest { Program = "/usr/bin/systemctl", Arguments = ["--user", "daemon-reload"], Timeout = Bounds.Test },
            TestContext.Current.CancellationToken);
        var kept = Observe(_many.Systemctl);

        var handed = Observe(new HandingRunner(_many.Systemctl));

        Assert.Equal([("show", Count), ("show", 0)], _many.Systemctl.Commands);
        Assert.Equal(kept.Select(Text), handed.Select(Text));
        Assert.Equal([3, 70], handed.Index().Where(one => one.Item.Installed.Kind == InstalledKind.Missing).Select(one => one.Index));
        Assert.Equal(DiagnosticCatalog.Masked, Assert.Single(handed[40].Findings).Descriptor);
    }

    [Fact]
    public void An_answer_with_another_number_of_blocks_counts_for_none()
    {
        _many.Run(Operation.Deploy, _many.Requests(Count));

        AssertUnanswered(new HandingRunner(_many.Systemctl) { Spoil = text => text + "Id=another.service\n" });
        AssertUnanswered(new HandingRunner(_many.Systemctl) { Spoil = text => text[..(text.Length / 2)] });
        AssertUnanswered(new HandingRunner(_many.Systemctl) { Spoil = _ => "garbage" });
        AssertUnanswered(new HandingRunner(_many.Systemctl) { Spoil = _ => "" });
    }

    [Fact]
    public void A_whole_answer_of_a_command_that_did_not_succeed_counts_for_none()
    {
        _many.Run(Operation.Deploy, _many.Requests(Count));

        AssertUnanswered(new HandingRunner(_many.Systemctl) { End = result => result with { ExitCode = 1 } });
        AssertUnanswered(new HandingRunner(_many.Systemctl) { End = result => result with { OutputTruncated = true } });
        AssertUnanswered(
            new HandingRunner(_many.Systemctl) { End = result => result with { End = CommandEnd.TimedOut, ExitCode = null } });
        AssertUnanswered(
            new HandingRunner(_many.Systemctl) { End = result => result with { End = CommandEnd.Canceled, ExitCode = null } });
    }

    [Fact]
    public void No_command_is_kept_with_what_has_become_of_its_output()
    {
        var journal = new CommandJournal(new HandingRunner(_many.Systemctl));
        _many.Run(Operation.Deploy, _many.Requests(Count));

        Observe(journal);

        Assert.Null(Assert.Single(journal.Results).Request.Output);
    }

    private void AssertUnanswered(IProcessRunner runner)
    {
        var seen = Observe(runner);

        Assert.Equal(Count, seen.Count);
        Assert.All(seen, one =>
        {
            Assert.Equal((Answer.Unknown, Activity.Unknown), (one.Loaded.IsLoaded, one.Running.Activity));
            Assert.Single(one.Findings);
        });
    }
}
