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

/// <summary>The sockets are ordinary files here, because only their existence is checked.</summary>
public sealed class UserManagerLookup : IDisposable
{
    private const uint NoAccount = 4_000_000_001;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly ScratchMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("bus")]
    [InlineData("systemd/private")]
    public void Socket_in_the_callers_runtime_folder_is_used(string socket)
    {
        _machine.Socket("mine", socket);

        Assert.Null(Obstacle(_machine.Host with { RuntimeDirectory = _machine.At("mine") }));

        Assert.False(Assert.Single(_machine.Runner.Requests).Environment.ContainsKey("XDG_RUNTIME_DIR"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nowhere")]
    [InlineData("empty")]
    public void Socket_in_the_default_runtime_folder_is_used_when_the_callers_has_none(string? given)
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
    public void Missing_login_and_linger_are_reported_with_the_linger_command()
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
    public void Socket_of_an_ended_manager_is_reported_as_not_running(string text, bool lingers)
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

    [Theory]
    [InlineData(true, "there is no socket of it")]
    [InlineData(false, "lingering is off")]
    public void Manager_whose_sockets_go_away_before_it_is_asked_is_reported_as_not_running(bool lingers, string message)
    {
        _machine.Socket(_machine.Usual, "bus");
        if (lingers) _machine.Linger();
        _machine.Answer = request =>
        {
            Directory.Delete(_machine.At(_machine.Usual), recursive: true);
            return FakeRunner.Exit(
                request, 1, error: "Failed to connect to user scope bus via local transport: No such file or directory\n");
        };

        var obstacle = Obstacle(_machine.Host)!;
        Assert.Equal(DiagnosticCatalog.UserManagerNotRunning, obstacle.Descriptor);
        Assert.Contains(message, obstacle.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_linger_is_reported_as_unknown()
    {
        var obstacle = Obstacle(_machine.Host.WithFacts(_machine.Host.Systemd with { LingerFolder = _machine.At("nowhere") }));

        Assert.Equal(DiagnosticCatalog.UserManagerNotRunning, obstacle!.Descriptor);
        Assert.Contains("whether lingering is on is not known", obstacle.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_socket_leaves_loaded_running_and_enabled_unknown()
    {
        var seen = Seen(_machine.Host);

        Assert.Equal((InstalledKind.Missing, Answer.No), (seen.Installed.Kind, seen.StartsWithoutLogin));
        Assert.Equal(
            (Answer.Unknown, Activity.Unknown, Answer.Unknown), (seen.Loaded.IsLoaded, seen.Running.Activity, seen.Enabled));
    }

    [Fact]
    public async Task Socket_of_a_starting_manager_is_waited_for()
    {
        _machine.Linger();
        var looking = Bounds.Begin(() => Obstacle(_machine.Host));
        await _machine.IsWaitedForAsync();
        Assert.False(looking.IsCompleted);

        _machine.Socket(_machine.Usual, "bus");

        Assert.Null(await looking.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Missing_socket_is_waited_for_once_within_the_deadline()
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
    public async Task Waiting_ends_with_cancellation()
    {
        _machine.Linger();
        using var cancellation = new CancellationTokenSource();
        var looking = Bounds.Begin(() => _machine.Manager().Observe([_machine.Desired], _machine.In(Timeout), cancellation.Token));
        await _machine.IsWaitedForAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => looking.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
    }

    // As after `su`; as root, after `sudo -E`.
    [Fact]
    public void Socket_of_another_user_is_refused()
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
    public async Task Socket_of_another_user_is_refused_to_root()
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
    public async Task Socket_in_the_default_runtime_folder_is_used_instead_of_another_users()
    {
        _machine.Socket("others", "bus");
        await _machine.GiveAwayAsync("others");
        _machine.Socket(_machine.Usual, "bus");
        var others = _machine.Host.IsRoot ? _machine.At("others") : "/";

        Assert.Null(Obstacle(_machine.Host with { RuntimeDirectory = others }));

        Assert.Equal(_machine.At(_machine.Usual), Assert.Single(_machine.Runner.Requests).Environment["XDG_RUNTIME_DIR"]);
    }

    [Fact]
    public void Missing_systemd_and_missing_systemctl_are_reported_as_the_cause()
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
    public void System_scope_needs_no_socket_of_a_user()
    {
        Assert.Null(Obstacle(_machine.Manager(scope: ServiceScope.System), Timeout));

        Assert.False(Assert.Single(_machine.Runner.Requests).Environment.ContainsKey("XDG_RUNTIME_DIR"));
    }

    private Finding? Obstacle(HostContext host) => Obstacle(_machine.Manager(host), Timeout);

    private Finding? Obstacle(SystemdManager manager, TimeSpan timeout) =>
        Assert.Single(manager.Observe([_machine.Desired], _machine.In(timeout), TestContext.Current.CancellationToken))
            .Errors.FirstOrDefault();

    private ServiceObservation Seen(HostContext host) =>
        Assert.Single(_machine.Manager(host).Observe([_machine.Desired], _machine.In(Timeout), TestContext.Current.CancellationToken));
}
