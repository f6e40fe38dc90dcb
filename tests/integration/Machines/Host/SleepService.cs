using System.Globalization;
using Hermes.Gateway.Machines.Tests.Engines;

namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>A service of one test that runs <c>/bin/sleep infinity</c>; its state is read with <c>systemctl</c> and from
/// <c>/proc</c>. Disposing stops it and removes its files.</summary>
/// <param name="host">The machine.</param>
/// <param name="login">The account, with the variables that its user manager needs.</param>
/// <param name="name">Its name, without <c>.service</c>.</param>
/// <param name="isUserUnit">Whether it is in user scope; otherwise in system scope.</param>
internal sealed class SleepService(SystemdHost host, Login login, string name, bool isUserUnit) : IAsyncDisposable
{
    /// <summary>The properties that every target needs.</summary>
    public string[] Properties =>
        [$"Name={name}", "Program=/bin/sleep", "Arguments=infinity", $"Scope={(isUserUnit ? "user" : "system")}"];

    /// <summary>The name of its unit.</summary>
    public string Unit { get; } = $"{name}.service";

    /// <summary>Its unit file.</summary>
    public string UnitPath => $"{(isUserUnit ? $"{login.Home}/.config/systemd/user" : "/etc/systemd/system")}/{Unit}";

    private string Scope => isUserUnit ? "--user" : "--system";

    /// <summary>Runs <c>systemctl</c> for its manager.</summary>
    public Task<ExecResult> SystemctlAsync(params string[] arguments) =>
        host.ExecAsync(login, ["systemctl", Scope, .. arguments]);

    /// <summary>Whether its unit is active.</summary>
    public async Task<bool> IsActiveAsync() => (await SystemctlAsync("is-active", Unit)).Output.TrimEnd() == "active";

    /// <summary>Asserts with <c>systemctl</c> and <c>/proc</c> that it is active, that this is its main process, and that the process
    /// runs as <paramref name="account"/>.</summary>
    public async Task AssertUpAsync(int? process, string? account = null)
    {
        var id = process?.ToString(CultureInfo.InvariantCulture) ?? "none";
        const string Script = """
            systemctl "$1" show --property=ActiveState,FragmentPath,MainPID "$2" | sort
            tr '\0' ' ' < "/proc/$3/cmdline"
            stat --format=%U "/proc/$3"
            """;
        var seen = await host.ExecAsync(login, "/bin/bash", "-euo", "pipefail", "-c", Script, "bash", Scope, Unit, id);
        Assert.Equal(
            $"ActiveState=active\nFragmentPath={UnitPath}\nMainPID={id}\n/bin/sleep infinity {account ?? login.Name}", seen.Succeeded());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Exit codes are ignored: the unit or the user manager may be absent.
        const string Script = """
            systemctl "$1" disable --now "$2"
            rm -rf -- "$3" "$3.d" || exit
            systemctl "$1" daemon-reload
            systemctl "$1" reset-failed "$2"
            systemctl is-system-running
            """;
        var removed = await host.ExecAsync(login, "/bin/sh", "-c", Script, "sh", Scope, Unit, UnitPath);
        Assert.Equal("running", removed.Succeeded());
    }
}
