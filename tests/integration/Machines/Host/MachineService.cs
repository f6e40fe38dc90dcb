using System.Globalization;
using Hermes.Gateway.Machines.Tests.Engines;

namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>One test's service: its program, the operator's drop-in, and what the machine itself tells of it. Disposing
/// leaves no process, file or failure of it, whatever has become of it.</summary>
/// <param name="host">The machine.</param>
/// <param name="login">Whose manager it belongs to: the system's is root's.</param>
/// <param name="name">Its name, without <c>.service</c>.</param>
internal sealed class MachineService(SystemdHost host, Login login, string name) : IAsyncDisposable
{
    private readonly string _folder = login.UserId == 0 ? $"/srv/{name}" : $"{login.Home}/{name}";

    /// <summary>Its unit.</summary>
    public string Unit { get; } = $"{name}.service";

    /// <summary>The folder with what is its own.</summary>
    public string Folder => _folder;

    /// <summary>Its unit file.</summary>
    public string UnitPath => $"{UnitFolder}/{Unit}";

    /// <summary>What every target has to be told.</summary>
    public string[] Properties =>
        [$"Name={name}", $"Program={_folder}/run", $"Scope={(login.UserId == 0 ? "system" : "user")}"];

    private string UnitFolder => login.UserId == 0 ? "/etc/systemd/system" : $"{login.Home}/.config/systemd/user";

    /// <summary>Writes a shell script as its program.</summary>
    public Task WriteProgramAsync(string script) =>
        host.WriteAsync($"{_folder}/run", $"#!/bin/sh\n{script}\n", login.Name, "755");

    /// <summary>Writes the operator's drop-in; a reload is for who deploys.</summary>
    public Task OverrideAsync(params string[] directives) =>
        host.WriteAsync($"{UnitPath}.d/operator.conf", $"[Service]\n{string.Join('\n', directives)}\n", login.Name);

    /// <summary>Asks its manager, as the operator would.</summary>
    public Task<ExecResult> SystemctlAsync(params string[] arguments) =>
        host.ExecAsync(login, ["systemctl", .. login.UserId == 0 ? Array.Empty<string>() : ["--user"], .. arguments]);

    /// <summary>One property, in the manager's words.</summary>
    public async Task<string> ShowAsync(string property) =>
        (await SystemctlAsync("show", $"--property={property}", "--value", Unit)).Succeeded();

    /// <summary>Asserts, from the manager and from /proc, that it is up in just this process.</summary>
    public async Task AssertRunsAsync(int? process)
    {
        Assert.NotNull(process);
        Assert.Equal("active", await ShowAsync("ActiveState"));
        Assert.Equal(Text(process), await ShowAsync("MainPID"));
        Assert.True(await IsAliveAsync(process));
    }

    /// <summary>Whether a process lives; a dead one that nobody has asked for yet does not.</summary>
    public async Task<bool> IsAliveAsync(int? process) =>
        await host.ExecAsync(Login.Root, "grep", "--quiet", "^State:.[^ZX]", $"/proc/{Text(process)}/status") is { ExitCode: 0 };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // What is not there any more answers with an error, which is as good.
        await SystemctlAsync("disable", Unit);
        // The stop first: what is killed without one is started again.
        await SystemctlAsync("stop", "--no-block", Unit);
        await SystemctlAsync("kill", "--signal=KILL", Unit);
        await SystemctlAsync("stop", Unit);
        await host.RunAsync("rm", "--recursive", "--force", UnitPath, $"{UnitPath}.d");
        (await SystemctlAsync("daemon-reload")).Succeeded();
        await SystemctlAsync("reset-failed", Unit);
        Assert.Equal("running", await host.RunAsync("systemctl", "is-system-running"));
    }

    private static string Text(int? process) => process?.ToString(CultureInfo.InvariantCulture) ?? "";
}
