using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

/// <summary>The texts are those of systemctl 247, 252 and 257.</summary>
public sealed class FailedCommandForSeveralServices : IDisposable
{
    private readonly ScratchMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Is_reported_to_each_service_with_the_line_that_names_its_unit()
    {
        const string errors = """
            Job for other-a.service failed because the control process exited with error code.
            See "systemctl status other-a.service" and "journalctl -xeu other-a.service" for details.
            Job for a.service failed because a fatal signal was delivered to the control process.
            See "systemctl status a.service" and "journalctl -xeu a.service" for details.

            """;
        Assert.Equal(
            [
                "Job for a.service failed because a fatal signal was delivered to the control process.",
                "Job for other-a.service failed because the control process exited with error code.",
            ],
            Evidence(1, errors, "a", "other-a"));
    }

    [Fact]
    public void Is_reported_to_all_services_when_it_names_no_unit()
    {
        const string errors = "Failed to connect to bus: Connection refused\n";
        Assert.Equal(
            ["Failed to connect to bus: Connection refused.", "Failed to connect to bus: Connection refused."],
            Evidence(1, errors, "a", "other-a"));
    }

    private IReadOnlyList<string> Evidence(int exit, string errors, params IEnumerable<string> names)
    {
        _machine.Socket(_machine.Usual, "bus");
        _machine.Answer = request => FakeRunner.Exit(request, exit, error: errors);
        var manager = _machine.Manager();
        var results = manager.Apply(
            StepKind.Start, [.. names.Select(name => manager.Describe(Sample.Definition(name)))], TimeSpan.FromSeconds(10).FromNow(),
            TestContext.Current.CancellationToken);
        return [.. results.Select(result => result.Finding!.Message.Split($"exit {exit}: ")[1])];
    }
}
