using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

/// <summary>Texts and exit codes are those of loginctl 247, 252 and 257.</summary>
public sealed class EnablingLinger : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly ScratchMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Names_the_user_and_waits_for_the_managers_socket()
    {
        var applying = Bounds.Begin(() => Apply(_machine.Host));
        await _machine.IsWaitedForAsync();
        Assert.False(applying.IsCompleted);

        _machine.Socket(_machine.Usual, "systemd/private");

        Assert.Equal(StepResult.Done, await applying.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
        var request = Assert.Single(_machine.Runner.Requests);
        Assert.Equal(_machine.At("bin/loginctl"), request.Program);
        Assert.Equal(["--no-ask-password", "enable-linger", _machine.UserName], request.Arguments.AsEnumerable());
        Assert.Equal(
            $"loginctl enable-linger {_machine.UserName}",
            _machine.Manager().CommandFor(StepKind.RunWithoutLogin, _machine.Desired));
    }

    [Fact]
    public void Takes_one_command_for_all_services_of_the_user()
    {
        _machine.Socket(_machine.Usual, "bus");

        var results = _machine.Manager().Apply(
            StepKind.RunWithoutLogin, [_machine.Desired, _machine.Desired], _machine.In(Timeout), TestContext.Current.CancellationToken);

        Assert.Equal([StepResult.Done, StepResult.Done], results.AsEnumerable());
        Assert.Single(_machine.Runner.Requests);
    }

    [Fact]
    public void Succeeds_even_if_the_manager_does_not_start_which_the_next_observation_reports()
    {
        var manager = _machine.Manager();
        _machine.Answer = request =>
        {
            _machine.Linger();
            return FakeRunner.Exit(request, 0);
        };

        var results = manager.Apply(
            StepKind.RunWithoutLogin, [_machine.Desired], _machine.In(TimeSpan.FromMilliseconds(50)), TestContext.Current.CancellationToken);
        var seen = Assert.Single(manager.Observe([_machine.Desired], _machine.In(Timeout), TestContext.Current.CancellationToken));

        Assert.Equal([StepResult.Done], results.AsEnumerable());
        Assert.Equal(DiagnosticCatalog.UserManagerNotRunning, seen.Absence?.Reason.Descriptor);
        Assert.StartsWith("systemctl status user@", seen.Absence?.Reason.Advice, StringComparison.Ordinal);
        Assert.Single(_machine.Runner.Requests);
    }

    [Theory]
    [InlineData("Could not enable linger: Access denied\n")]
    [InlineData("Could not enable linger: Connection timed out\n")]
    [InlineData("Could not enable linger: Unit dbus-org.freedesktop.login1.service is masked.\n")]
    [InlineData("Failed to connect to bus: Connection refused\n")]
    [InlineData("Failed to connect to system scope bus via local transport: Connection refused\n")]
    public void Fails_with_the_message_of_loginctl_and_a_command_for_the_user(string text)
    {
        _machine.Answer = request => FakeRunner.Exit(request, 1, error: text);

        var user = Apply(_machine.Host with { UserId = 4_000_000_001 });
        var root = Apply(_machine.Host with { UserId = 0 });

        Assert.Equal((StepStatus.Failed, DiagnosticCatalog.LingerRefused), (user.Status, user.Finding!.Descriptor));
        Assert.Contains($"exit 1: {text.Trim().TrimEnd('.')}. Nothing else", user.Finding.Message, StringComparison.Ordinal);
        Assert.Equal("sudo loginctl enable-linger 4000000001", user.Finding.Advice);
        Assert.Equal("systemctl status systemd-logind.service", root.Finding!.Advice);
    }

    [Theory]
    [InlineData(CommandEnd.NotStarted, "HGW1001")]
    [InlineData(CommandEnd.TimedOut, "HGW3002")]
    [InlineData(CommandEnd.Canceled, "HGW9002")]
    public void Fails_with_the_code_for_a_loginctl_that_did_not_finish(CommandEnd end, string code)
    {
        _machine.Answer = request => new CommandResult { Request = request, End = end, StandardOutput = "", StandardError = "" };

        var result = Apply(_machine.Host);

        Assert.Equal((StepStatus.Failed, code), (result.Status, result.Finding!.Code));
        Assert.Contains("loginctl", $"{result.Finding}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Is_advised_only_while_linger_is_off(bool lingers, bool isAdvised)
    {
        _machine.Socket(_machine.Usual, "bus");
        if (lingers) _machine.Linger();

        var finding = Assert.Single(
            _machine.Manager().Observe([_machine.Desired], _machine.In(Timeout), TestContext.Current.CancellationToken)).SessionEndFinding;

        Assert.Equal(isAdvised, finding is { Code: "HGW1013", Severity: Severity.Info });
        if (isAdvised) Assert.StartsWith($"loginctl enable-linger {_machine.UserName}", finding!.Advice, StringComparison.Ordinal);
        else Assert.Null(finding);
    }

    private StepResult Apply(HostContext host) => Assert.Single(_machine.Manager(host).Apply(
        StepKind.RunWithoutLogin, [_machine.Desired], _machine.In(Timeout), TestContext.Current.CancellationToken));
}
