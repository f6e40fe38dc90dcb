using System.Globalization;
using Hermes.Gateway.Machines.Tests.Engines;

namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>A machine with a systemd of its own as PID 1, its own accounts, journal and clock of boots; reached only by
/// running commands in it. Disposing removes every trace of it.</summary>
internal sealed class SystemdHost : IAsyncDisposable
{
    /// <summary>Where machines find the package.</summary>
    public const string Feed = "/opt/hermes-feed";

    /// <summary>Where machines find the SDK: the place where programs look for the runtime by themselves.</summary>
    public const string Dotnet = "/usr/share/dotnet";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BootTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly Container _container;

    private SystemdHost(Container container) => _container = container;

    /// <summary>The engine's id of it.</summary>
    public string Id => _container.Id;

    /// <summary>The systemd's version, in its own words: <c>systemd 252 (252.39-1~deb12u2)</c>.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Boots a machine and waits until it is up.</summary>
    /// <param name="image">The image (eng/systemd-image.sh prints the names).</param>
    /// <param name="run">The label of this test run.</param>
    /// <param name="feed">The folder on this machine with the package.</param>
    public static async Task<SystemdHost> StartAsync(string image, string run, string feed)
    {
        var mounts = new Dictionary<string, string> { [SdkFolder()] = Dotnet, [feed] = Feed };
        var spec = new ContainerSpec(image, run, mounts);
        var host = new SystemdHost(await Engine.StartAsync(spec));
        try
        {
            await host.AwaitBootAsync();
            host.Version = (await host.RunAsync("systemctl", "--version")).Split('\n')[0];
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command as root; asserts that it succeeds, and returns its output.</summary>
    public async Task<string> RunAsync(params string[] command) => (await ExecAsync(Login.Root, command)).Succeeded();

    /// <summary>Runs a shell script as root, likewise.</summary>
    public Task<string> ShellAsync(string script) => RunAsync("/bin/bash", "-euc", script);

    /// <summary>Runs a command as an account, with the account's environment and rights and nothing of this process.</summary>
    public Task<ExecResult> ExecAsync(Login login, params string[] command) => ExecAsync(login, Patience, command);

    /// <inheritdoc cref="ExecAsync(Login, string[])"/>
    public Task<ExecResult> ExecAsync(Login login, TimeSpan timeout, params string[] command) =>
        _container.ExecAsync([.. login.Prefix, .. command], timeout);

    /// <summary>Writes a text file, with the folders above it.</summary>
    /// <param name="path">Absolute; not on a tmpfs, such as /run or /tmp.</param>
    /// <param name="text">What is to be in it.</param>
    /// <param name="owner">The account that it belongs to, with those folders that had to be made.</param>
    /// <param name="mode">Its mode, in octal.</param>
    public async Task WriteAsync(string path, string text, string owner = "root", string mode = "644")
    {
        var scratch = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(scratch, text);
            await MakeFolderAsync(Path.GetDirectoryName(path)!, owner);
            await _container.CopyInAsync(scratch, path);
            await RunAsync("chown", $"{owner}:", path);
            await RunAsync("chmod", mode, path);
        }
        finally
        {
            File.Delete(scratch);
        }
    }

    /// <summary>Copies a folder of this machine, with all that is in it.</summary>
    public async Task CopyInAsync(string source, string target, string owner = "root")
    {
        await MakeFolderAsync(target, owner);
        await _container.CopyInAsync(source, target);
        await RunAsync("chown", "--recursive", $"{owner}:", target);
    }

    /// <summary>Reads a file.</summary>
    public Task<byte[]> CopyOutAsync(string path) => _container.CopyOutAsync(path);

    /// <summary>What the journal has of a service since the machine's last boot.</summary>
    public Task<string> ReadJournalAsync(string unit, bool isUserUnit = false)
    {
        unit = unit.EndsWith(".service", StringComparison.Ordinal) ? unit : unit + ".service";
        // The option --user-unit means a unit of the one who asks, and that is root.
        string[] which = isUserUnit ? [$"_SYSTEMD_USER_UNIT={unit}", "+", $"USER_UNIT={unit}"] : [$"--unit={unit}"];
        return RunAsync(["journalctl", "--boot", "--no-pager", "--quiet", "--output=cat", .. which]);
    }

    /// <summary>Adds an account with a home folder and no password; no trace of it may be there.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="lingers">Whether its services run without a login: then its manager is up when this ends.</param>
    public async Task<Login> AddUserAsync(string name, bool lingers)
    {
        await RunAsync("useradd", "--create-home", "--shell", "/bin/bash", name);
        var login = new Login(name, int.Parse(await RunAsync("id", "--user", name), null));
        if (!lingers) return login;
        await RunAsync("loginctl", "enable-linger", name);
        await AwaitAsync($"the manager of {name}", async () =>
            (await ExecAsync(login, "systemctl", "--user", "show", "--property=Version")).ExitCode == 0);
        return login;
    }

    /// <summary>All files in an account's home, with what is in them, but for those that every build leaves there, and
    /// our own notes of what was done and tried.</summary>
    public Task<string> ListFilesAsync(Login login) => ShellAsync($"""
        cd {login.Home}
        find . \( -path ./.dotnet -o -path ./.nuget -o -path ./.local -o -name '.answer-*' \) -prune \
          -o -type f -exec sha256sum '{"{}"}' + -o -print | sort
        """);

    /// <summary>Shuts the machine down and boots it again.</summary>
    public async Task RestartAsync()
    {
        await _container.StopAsync();
        await _container.StartAsync();
        await AwaitBootAsync();
    }

    /// <summary>Cuts the machine's power, and boots it again.</summary>
    public async Task CutPowerAsync()
    {
        await _container.KillAsync();
        await _container.StartAsync();
        await AwaitBootAsync();
    }

    /// <summary>Waits until something is so in the machine.</summary>
    public static async Task AwaitAsync(string what, Func<Task<bool>> isSo, TimeSpan? atMost = null)
    {
        using var deadline = new CancellationTokenSource(atMost ?? BootTime);
        while (!await isSo())
        {
            Assert.False(deadline.IsCancellationRequested, $"{what}: not within {(atMost ?? BootTime).TotalSeconds:0} s");
            await Task.Delay(Glance, TestContext.Current.CancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _container.DisposeAsync();

    // Only what it makes gets the owner.
    private async Task MakeFolderAsync(string folder, string owner) => await RunAsync(
        "/bin/sh", "-euc", """
        make() { [ -d "$1" ] || { make "$(dirname -- "$1")"; mkdir -- "$1"; chown -- "$owner:" "$1"; }; }
        owner=$2; make "$1"
        """, "sh", folder, owner);

    private async Task AwaitBootAsync()
    {
        // Before PID 1 listens, there is nobody who could be asked to wait.
        await AwaitAsync("the machine is up", async () =>
            (await ExecAsync(Login.Root, "systemctl", "is-system-running", "--wait")).Output.Trim() is "running" or "degraded");
        Assert.Equal("running", await RunAsync("systemctl", "is-system-running"));
    }

    // The muxer's folder is the SDK's.
    private static string SdkFolder()
    {
        var muxer = new FileInfo(Reaper.Muxer);
        var folder = Path.GetDirectoryName((muxer.ResolveLinkTarget(returnFinalTarget: true) ?? muxer).FullName)!;
        Assert.True(Directory.Exists(Path.Combine(folder, "sdk")), $"there is no SDK in {folder}");
        return folder;
    }
}
