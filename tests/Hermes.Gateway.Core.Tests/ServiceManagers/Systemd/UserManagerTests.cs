using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

/// <summary>The way to a user's own manager, found or not before anything is spawned: the sockets are files here.</summary>
public sealed class UserManagerTests : IDisposable
{
    private const uint NoAccount = 4_000_000_001;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly ScratchMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("bus")]
    [InlineData("systemd/private")]
    public void The_callers_own_folder_is_used_as_it_is(string socket)
    {
        _machine.Socket("mine", socket);

        Assert.Null(Obstacle(_machine.Host with { RuntimeDirectory = _machine.At("mine") }));

        Assert.False(Assert.Single(_machine.Runner.Requests).Environment.ContainsKey("XDG_RUNTIME_DIR"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nowhere")]
    [InlineData("empty")]
    public void Without_it_the_usual_folder_is_and_the_address_of_another_bus_is_not(string? given)
    {
        Directory.CreateDirectory(_machine.At("empty"));
        _machine.Socket(_machine.Usual, "bus");

        var folder = given is null ? null : _machine.At(given);
        Assert.Null(Obstacle(_machine.Host with { RuntimeDirectory = folder }));

        var environment = Assert.Single(_machine.Runner.Requests).Environment;
        Assert.Equal(_machine.At(_machine.Usual), environment["XDG_RUNTIME_DIR"]);
        Assert.Null(environment["DBUS_SESSION_BUS_ADDRESS"]);
    }

    [Fact]
    public void A_user_who_is_not_logged_in_and_does_not_linger_is_told_the_command()
    {
        var obstacle = Obstacle(_machine.Host);

        Assert.Equal((DiagnosticCatalog.UserManagerNotRunning, Severity.Error), (obstacle!.Descriptor, obstacle.Severity));
        Assert.StartsWith($"loginctl enable-linger {_machine.UserName}", obstacle.Advice, StringComparison.Ordinal);
        Assert.Equal(_machine.Host.UserId != 0, obstacle.Advice!.Contains("sudo", StringComparison.Ordinal));
        Assert.Contains("HermesGatewayEnableLinger=true", obstacle.Advice, StringComparison.Ordinal);
        Assert.Contains("lingering is off", obstacle.Message, StringComparison.Ordinal);
        Assert.Empty(_machine.Runner.Requests);
    }

    // The texts of 252 and of 257.
    [Theory]
    [InlineData("Failed to connect to bus: Connection refused\n", false)]
    [InlineData("Failed to connect to user scope bus via local transport: Connection refused\n", false)]
    [InlineData("Failed to connect to user scope bus via local transport: Connection refused\n", true)]
    public void A_socket_that_an_ended_manager_left_behind_is_none(string text, bool lingers)
    {
        _machine.Socket(_machine.Usual, "bus");
        if (lingers) _machine.Linger();
        _machine.Answer = request => FakeRunner.Exit(request, 1, error: text);

        var obstacle = Obstacle(_machine.Host);

        Assert.Equal(DiagnosticCatalog.UserManagerNotRunning, obstacle!.Descriptor);
        Assert.StartsWith(
            lingers ? "systemctl status user@" : $"loginctl enable-linger {_machine.UserName}", obstacle.Advice, StringComparison.Ordinal);
        Assert.Contains(lingers ? "nobody listens at its socket" : "lingering is off", obstacle.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_logind_does_not_tell_is_not_claimed()
    {
        var obstacle = Obstacle(_machine.Host.WithFacts(_machine.Host.Systemd with { LingerFolder = _machine.At("nowhere") }));

        Assert.Equal(DiagnosticCatalog.UserManagerNotRunning, obstacle!.Descriptor);
        Assert.Contains("whether lingering is on is not known", obstacle.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_is_unknown_then_but_the_file_and_whether_it_would_start_without_a_login()
    {
        var seen = Seen(_machine.Host);

        Assert.Equal((InstalledKind.Missing, Answer.No), (seen.Installed.Kind, seen.StartsWithoutLogin));
        Assert.Equal(
            (Answer.Unknown, Activity.Unknown, Answer.Unknown), (seen.Loaded.IsLoaded, seen.Running.Activity, seen.Enabled));
    }

    [Fact]
    public async Task A_manager_that_should_be_coming_up_is_waited_for()
    {
        _machine.Linger();
        var looking = Bounds.Begin(() => Obstacle(_machine.Host));
        await _machine.IsWaitedForAsync();
        Assert.False(looking.IsCompleted);

        _machine.Socket(_machine.Usual, "bus");

        Assert.Null(await looking.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void It_is_waited_for_once_and_no_longer_than_there_is_time()
    {
        _machine.Linger();
        var manager = _machine.Manager();
        var start = TimeProvider.System.GetTimestamp();

        var first = Obstacle(manager, TimeSpan.FromMilliseconds(200));
        var waited = TimeProvider.System.GetElapsedTime(start);
        var second = Obstacle(manager, Timeout);
        var waitedAgain = TimeProvider.System.GetElapsedTime(start) - waited;

        Assert.InRange(waited, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2.9));
        Assert.Equal(DiagnosticCatalog.UserManagerNotRunning, first!.Descriptor);
        Assert.Equal($"systemctl status user@{_machine.Host.UserId}.service", first.Advice);
        Assert.Equal(first, second);
        Assert.InRange(waitedAgain, TimeSpan.Zero, TimeSpan.FromSeconds(2.9));
    }

    [Fact]
    public async Task A_wait_ends_with_the_build()
    {
        _machine.Linger();
        using var cancellation = new CancellationTokenSource();
        var looking = Bounds.Begin(() => _machine.Manager().Observe([_machine.Desired], _machine.In(Timeout), cancellation.Token));
        await _machine.IsWaitedForAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => looking.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
    }

    // As after `su` or `sudo -E`, both ways: root is not to manage the services of whoever called sudo.
    [Fact]
    public void The_folder_of_another_user_is_not_used_by_anybody()
    {
        _machine.Socket("others", "bus");
        _machine.Socket("others", "systemd/private");
        var host = _machine.Host with { UserId = NoAccount, RuntimeDirectory = _machine.At("others") };

        var obstacle = Obstacle(host);

        Assert.Equal(DiagnosticCatalog.ForeignRuntimeFolder, obstacle!.Descriptor);
        var (owner, advice) = (_machine.UserName, obstacle.Advice!);
        Assert.Contains($"{_machine.At("others")}, which belongs to {owner}", obstacle.Message, StringComparison.Ordinal);
        Assert.StartsWith($"run this as {owner}, if that user's services are meant; else ", advice, StringComparison.Ordinal);
        Assert.Contains($"else loginctl enable-linger {NoAccount} (with sudo", advice, StringComparison.Ordinal);
        Assert.Empty(_machine.Runner.Requests);
    }

    [Fact]
    public async Task Nor_by_root()
    {
        _machine.Socket("others", "bus");
        await _machine.GiveAwayAsync("others");
        var host = _machine.Host with { UserId = 0, RuntimeDirectory = _machine.At("others") };

        var obstacle = Obstacle(host);

        Assert.Equal(DiagnosticCatalog.ForeignRuntimeFolder, obstacle!.Descriptor);
        Assert.Contains("and root has no manager of its own", obstacle.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "else loginctl enable-linger root, or set HermesGatewayEnableLinger=true", obstacle.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_usual_folder_makes_good_for_that_of_another_user()
    {
        _machine.Socket("others", "bus");
        await _machine.GiveAwayAsync("others");
        _machine.Socket(_machine.Usual, "bus");
        var others = _machine.Host.IsRoot ? _machine.At("others") : "/";

        Assert.Null(Obstacle(_machine.Host with { RuntimeDirectory = others }));

        Assert.Equal(_machine.At(_machine.Usual), Assert.Single(_machine.Runner.Requests).Environment["XDG_RUNTIME_DIR"]);
    }

    [Fact]
    public void A_machine_without_systemd_and_one_without_systemctl_have_words_of_their_own()
    {
        _machine.Answer = request => FakeRunner.Exit(request, 1, error: "Failed to connect to bus: No medium found\n");
        var other = Obstacle(_machine.Host.WithFacts(_machine.Host.Systemd with { BootedFolder = _machine.At("nowhere") }));
        _machine.Answer = request => new CommandResult
        {
            Request = request, End = CommandEnd.NotStarted, StandardOutput = "", StandardError = "not found",
        };
        var none = Obstacle(_machine.Manager(systemctl: _machine.At("nowhere")), Timeout);

        Assert.Equal(
            (DiagnosticCatalog.ManagerUnreachable, DiagnosticCatalog.ManagerNotFound), (other!.Descriptor, none!.Descriptor));
        Assert.Contains("not booted with systemd", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_systems_manager_needs_no_login()
    {
        Assert.Null(Obstacle(_machine.Manager(scope: ServiceScope.System), Timeout));

        Assert.False(Assert.Single(_machine.Runner.Requests).Environment.ContainsKey("XDG_RUNTIME_DIR"));
    }

    private Finding? Obstacle(HostContext host) => Obstacle(_machine.Manager(host), Timeout);

    private Finding? Obstacle(SystemdManager manager, TimeSpan timeout) =>
        Assert.Single(manager.Observe([_machine.Desired], _machine.In(timeout), TestContext.Current.CancellationToken))
            .Findings.FirstOrDefault(finding => finding.Severity == Severity.Error);

    private ServiceObservation Seen(HostContext host) =>
        Assert.Single(_machine.Manager(host).Observe([_machine.Desired], _machine.In(Timeout), TestContext.Current.CancellationToken));
}
