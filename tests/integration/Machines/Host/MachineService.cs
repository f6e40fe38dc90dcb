using System.Globalization;
using Hermes.Gateway.Machines.Tests.Engines;

namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>A service of one test, with a shell script as its program and an optional drop-in; its state is read with
/// <c>systemctl</c> and from <c>/proc</c>. Disposing removes its processes, files and failed state.</summary>
/// <param name="host">The machine.</param>
/// <param name="login">The account of its user manager; root for the system manager.</param>
/// <param name="name">Its name, without <c>.service</c>.</param>
internal sealed class MachineService(SystemdHost host, Login login, string name) : IAsyncDisposable
{
    private readonly string _folder = login.UserId == 0 ? $"/srv/{name}" : $"{login.Home}/{name}";

    /// <summary>The name of its unit.</summary>
    public string Unit { get; } = $"{name}.service";

    /// <summary>The folder of its program.</summary>
    public string Folder => _folder;

    /// <summary>Its unit file.</summary>
    public string UnitPath => $"{UnitFolder}/{Unit}";

    /// <summary>The properties that every target needs.</summary>
    public string[] Properties =>
        [$"Name={name}", $"Program={_folder}/run", $"Scope={(login.UserId == 0 ? "system" : "user")}"];

    private string UnitFolder => login.UserId == 0 ? "/etc/systemd/system" : $"{login.Home}/.config/systemd/user";

    /// <summary>Writes the program of the service, a shell script.</summary>
    public Task WriteProgramAsync(string script) =>
        host.WriteAsync($"{_folder}/run", $"#!/bin/sh\n{script}\n", login.Name, "755");

    /// <summary>Writes a drop-in of an operator. systemd applies it after the next <c>daemon-reload</c>, which a deploy runs.</summary>
    public Task WriteDropInAsync(params string[] directives) =>
        host.WriteAsync($"{UnitPath}.d/operator.conf", $"[Service]\n{string.Join('\n', directives)}\n", login.Name);

    /// <summary>Runs <c>systemctl</c> for its manager.</summary>
    public Task<ExecResult> SystemctlAsync(params string[] arguments) =>
        host.ExecAsync(login, ["systemctl", .. login.UserId == 0 ? Array.Empty<string>() : ["--user"], .. arguments]);

    /// <summary>Reads a property of the unit with <c>systemctl show</c>.</summary>
    public async Task<string> ShowAsync(string property) =>
        (await SystemctlAsync("show", $"--property={property}", "--value", Unit)).Succeeded();

    /// <summary>Asserts with <c>systemctl</c> and <c>/proc</c> that it is active and that this is its main process.</summary>
    public async Task AssertRunsAsync(int? process)
    {
        Assert.NotNull(process);
        var shown = (await SystemctlAsync("show", "--property=ActiveState,MainPID", Unit)).Succeeded().Split('\n');
        Assert.Equal(["ActiveState=active", $"MainPID={Text(process)}"], shown.Order(StringComparer.Ordinal));
        Assert.True(await IsAliveAsync(process));
    }

    /// <summary>Whether a process exists and is not a zombie.</summary>
    public async Task<bool> IsAliveAsync(int? process) =>
        await host.ExecAsync(Login.Root, "grep", "--quiet", "^State:.[^ZX]", $"/proc/{Text(process)}/status") is { ExitCode: 0 };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Exit codes are ignored where an absent unit is as good as a removed one. "stop" comes before "kill", because systemd
        // restarts a killed process of a unit that is not being stopped.
        const string Script = """
            systemctl "$1" disable "$2"
            systemctl "$1" stop --no-block "$2"
            systemctl "$1" kill --signal=KILL "$2"
            systemctl "$1" stop "$2"
            rm -rf -- "$3" "$3.d" && systemctl "$1" daemon-reload || exit
            systemctl "$1" reset-failed "$2"
            systemctl is-system-running
            """;
        var scope = login.UserId == 0 ? "--system" : "--user";
        var removed = await host.ExecAsync(login, "/bin/sh", "-c", Script, "sh", scope, Unit, UnitPath);
        Assert.Equal("running", removed.Succeeded());
    }

    private static string Text(int? process) => process?.ToString(CultureInfo.InvariantCulture) ?? "";
}
