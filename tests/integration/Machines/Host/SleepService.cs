using System.Globalization;
using Hermes.Gateway.Machines.Tests.Engines;

namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>One test's service, whose program every machine has: it sleeps. And what the machine itself tells of it.
/// Disposing leaves nothing of it.</summary>
/// <param name="host">The machine.</param>
/// <param name="login">Whose it is, in an environment that leads to its manager.</param>
/// <param name="name">Its name, without <c>.service</c>.</param>
/// <param name="isUserUnit">Whether it belongs to a user's manager; else to the system's.</param>
internal sealed class SleepService(SystemdHost host, Login login, string name, bool isUserUnit) : IAsyncDisposable
{
    /// <summary>What every target has to be told.</summary>
    public string[] Properties =>
        [$"Name={name}", "Program=/bin/sleep", "Arguments=infinity", $"Scope={(isUserUnit ? "user" : "system")}"];

    /// <summary>Its unit.</summary>
    public string Unit { get; } = $"{name}.service";

    /// <summary>Its unit file.</summary>
    public string UnitPath => $"{(isUserUnit ? $"{login.Home}/.config/systemd/user" : "/etc/systemd/system")}/{Unit}";

    /// <summary>Asks its manager, as the operator would.</summary>
    public Task<ExecResult> SystemctlAsync(params string[] arguments) =>
        host.ExecAsync(login, ["systemctl", isUserUnit ? "--user" : "--system", .. arguments]);

    /// <summary>Whether its manager says that it is active.</summary>
    public async Task<bool> IsActiveAsync() => (await SystemctlAsync("is-active", Unit)).Output.TrimEnd() == "active";

    /// <summary>Asserts, from its manager and from /proc, that it is up in just this process, of just this account.</summary>
    public async Task AssertUpAsync(int? process, string? account = null)
    {
        var id = process?.ToString(CultureInfo.InvariantCulture) ?? "none";
        Assert.Equal(
            $"ActiveState=active\nFragmentPath={UnitPath}\nMainPID={id}",
            Sorted((await SystemctlAsync("show", "--property=ActiveState,FragmentPath,MainPID", Unit)).Succeeded()));
        Assert.Equal("/bin/sleep infinity", await host.ShellAsync($"tr '\\0' ' ' < /proc/{id}/cmdline | sed 's/ $//'"));
        Assert.Equal(account ?? login.Name, await host.RunAsync("stat", "--format=%U", $"/proc/{id}"));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // What is not there answers with an error, which is as good; so does a manager that is not there.
        await SystemctlAsync("disable", "--now", Unit);
        await host.RunAsync("rm", "--recursive", "--force", UnitPath, $"{UnitPath}.d");
        await SystemctlAsync("daemon-reload");
        await SystemctlAsync("reset-failed", Unit);
        Assert.Equal("running", await host.RunAsync("systemctl", "is-system-running"));
    }

    private static string Sorted(string lines) => string.Join('\n', lines.Split('\n').Order(StringComparer.Ordinal));
}
