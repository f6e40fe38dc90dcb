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

namespace Hermes.Gateway.Core.Tests.Operations.ManyServices;

/// <summary>Observations are made while systemctl still prints, and equal those made after its end.</summary>
public sealed class StreamedSystemctlOutput : IDisposable
{
    private const int Count = 100;

    private readonly MachineWithManyServices _many = new();

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

    private static string Text(ServiceObservation observation) => string.Join(
        '|',
        [
            observation.DefinitionPath, $"{observation.Installed.Kind}", $"{observation.Installed.Content?.Stamp}", $"{observation.Loaded.IsLoaded}",
            observation.Loaded.Evidence, $"{observation.Loaded.Stamp}", observation.Running.Evidence, $"{observation.Running.Invocation}", $"{observation.Enabled}",
            $"{observation.Absence?.Reason}", .. observation.Findings.Select(finding => finding.ToString()),
        ]);

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(1 << 20)]
    public void Streamed_output_gives_the_same_observations_as_buffered_output(int pieces)
    {
        _many.Run(Operation.Deploy, _many.Requests(Count));
        var buffered = Observe(_many.Systemctl);
        Assert.Equal([("show", Count)], _many.Systemctl.Commands);

        var streamed = Observe(new StreamingRunner(_many.Systemctl, pieces));

        Assert.Equal([("show", Count)], _many.Systemctl.Commands);
        Assert.Equal(buffered.Select(Text), streamed.Select(Text));
        Assert.All(streamed, observation => Assert.Equal(
            (Answer.Yes, InstalledKind.Present), (observation.Loaded.IsLoaded, observation.Installed.Kind)));
    }

    [Fact]
    public void Missing_and_masked_units_are_observed_after_the_unit_folders_are_known()
    {
        _many.Run(Operation.Deploy, _many.Requests(Count));
        File.Delete(UnitFile(3));
        File.Delete(UnitFile(70));
        File.Delete(UnitFile(40));
        File.CreateSymbolicLink(UnitFile(40), "/dev/null");
        _many.Systemctl.Run(
            new CommandRequest { Program = "/usr/bin/systemctl", Arguments = ["--user", "daemon-reload"], Timeout = Bounds.Test },
            TestContext.Current.CancellationToken);
        var buffered = Observe(_many.Systemctl);

        var streamed = Observe(new StreamingRunner(_many.Systemctl));

        Assert.Equal([("show", Count), ("show", 0)], _many.Systemctl.Commands);
        Assert.Equal(buffered.Select(Text), streamed.Select(Text));
        Assert.Equal([3, 70], streamed.Index().Where(one => one.Item.Installed.Kind == InstalledKind.Missing).Select(one => one.Index));
        Assert.Equal(DiagnosticCatalog.Masked, Assert.Single(streamed[40].Findings).Descriptor);
    }

    [Fact]
    public void Output_with_a_wrong_number_of_blocks_is_discarded()
    {
        _many.Run(Operation.Deploy, _many.Requests(Count));

        AssertUnknown(new StreamingRunner(_many.Systemctl) { ChangeOutput = text => text + "Id=another.service\n" });
        AssertUnknown(new StreamingRunner(_many.Systemctl) { ChangeOutput = text => text[..(text.Length / 2)] });
        AssertUnknown(new StreamingRunner(_many.Systemctl) { ChangeOutput = _ => "garbage" });
        AssertUnknown(new StreamingRunner(_many.Systemctl) { ChangeOutput = _ => "" });
    }

    [Fact]
    public void Complete_output_of_a_failed_command_is_discarded()
    {
        _many.Run(Operation.Deploy, _many.Requests(Count));

        AssertUnknown(new StreamingRunner(_many.Systemctl) { ChangeResult = result => result with { ExitCode = 1 } });
        AssertUnknown(new StreamingRunner(_many.Systemctl) { ChangeResult = result => result with { OutputTruncated = true } });
        AssertUnknown(
            new StreamingRunner(_many.Systemctl) { ChangeResult = result => result with { End = CommandEnd.TimedOut, ExitCode = null } });
        AssertUnknown(
            new StreamingRunner(_many.Systemctl) { ChangeResult = result => result with { End = CommandEnd.Canceled, ExitCode = null } });
    }

    [Fact]
    public void Recorded_command_does_not_keep_the_receiver_of_its_output()
    {
        var journal = new CommandRecorder(new StreamingRunner(_many.Systemctl));
        _many.Run(Operation.Deploy, _many.Requests(Count));

        Observe(journal);

        Assert.Null(Assert.Single(journal.Results).Request.Output);
    }

    private void AssertUnknown(IProcessRunner runner)
    {
        var observations = Observe(runner);

        Assert.Equal(Count, observations.Count);
        Assert.All(observations, one =>
        {
            Assert.Equal((Answer.Unknown, Activity.Unknown), (one.Loaded.IsLoaded, one.Running.Activity));
            Assert.Equal(1, one.Findings.Length + (one.Absence is null ? 0 : 1));
        });
    }
}
