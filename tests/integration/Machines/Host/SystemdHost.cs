using System.Globalization;
using Hermes.Gateway.Machines.Tests.Engines;

namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>A container with systemd as PID 1, used as a machine with accounts, journal and boots of its own. Disposing removes
/// it.</summary>
internal sealed class SystemdHost : IAsyncDisposable
{
    /// <summary>The folder with the package on machines.</summary>
    public const string Feed = "/opt/hermes-feed";

    /// <summary>The folder with the SDK on machines: a default location, in which programs find the runtime.</summary>
    public const string Dotnet = "/usr/share/dotnet";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BootTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // Existing folders keep their owner.
    private const string MakeFolder = """
        owner=$2
        make() { [ -d "$1" ] || { make "$(dirname -- "$1")"; mkdir -- "$1"; chown -- "$owner:" "$1"; }; }

        """;

    private readonly Container _container;

    private SystemdHost(Container container) => _container = container;

    /// <summary>The container id.</summary>
    public string Id => _container.Id;

    /// <summary>The first line of <c>systemctl --version</c>: <c>systemd 252 (252.39-1~deb12u2)</c>.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Boots a machine and waits until the boot is complete.</summary>
    /// <param name="image">The image (eng/systemd-image.sh prints the names).</param>
    /// <param name="run">The label of this test run.</param>
    /// <param name="feed">The folder with the package, on the host.</param>
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

    /// <summary>Runs a command as root, asserts that it succeeds, and returns its output.</summary>
    public async Task<string> RunAsync(params string[] command) => (await ExecAsync(Login.Root, command)).Succeeded();

    /// <summary>Runs a shell script as root, asserts that it succeeds, and returns its output.</summary>
    public Task<string> ShellAsync(string script) => RunAsync("/bin/bash", "-euc", script);

    /// <summary>Runs a command with the rights and the environment of an account, without variables of this process.</summary>
    public Task<ExecResult> ExecAsync(Login login, params string[] command) => ExecAsync(login, Timeout, command);

    /// <inheritdoc cref="ExecAsync(Login, string[])"/>
    public Task<ExecResult> ExecAsync(Login login, TimeSpan timeout, params string[] command) =>
        _container.ExecAsync([.. login.Prefix, .. command], timeout);

    /// <summary>Writes a text file, and creates its missing parent folders.</summary>
    /// <param name="path">An absolute path, not of a folder.</param>
    /// <param name="text">The content.</param>
    /// <param name="owner">The owner of the file and of the created folders.</param>
    /// <param name="mode">Its mode, in octal.</param>
    public Task WriteAsync(string path, string text, string owner = "root", string mode = "644") => RunAsync(
        "/bin/sh", "-euc", MakeFolder + """
        make "$(dirname -- "$1")"
        printf %s "$4" > "$1"
        chown -- "$2:" "$1"
        chmod "$3" "$1"
        """, "sh", path, owner, mode, text);

    /// <summary>Copies a folder of the host, with its contents.</summary>
    public async Task CopyInAsync(string source, string target, string owner = "root")
    {
        await RunAsync("/bin/sh", "-euc", $"{MakeFolder}make \"$1\"", "sh", target, owner);
        await _container.CopyInAsync(source, target);
        await RunAsync("chown", "--recursive", $"{owner}:", target);
    }

    /// <summary>Reads a file.</summary>
    public Task<byte[]> CopyOutAsync(string path) => _container.CopyOutAsync(path);

    /// <summary>Reads the journal of a service since the last boot of the machine.</summary>
    public Task<string> ReadJournalAsync(string unit, bool isUserUnit = false)
    {
        unit = unit.EndsWith(".service", StringComparison.Ordinal) ? unit : unit + ".service";
        // The option --user-unit matches only units of the calling account, which is root here.
        string[] which = isUserUnit ? [$"_SYSTEMD_USER_UNIT={unit}", "+", $"USER_UNIT={unit}"] : [$"--unit={unit}"];
        return RunAsync(["journalctl", "--boot", "--no-pager", "--quiet", "--output=cat", .. which]);
    }

    /// <summary>Adds an account with a home folder and without a password. The account must not exist.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="lingers">Whether linger is enabled; if so, its user manager runs when this returns.</param>
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

    /// <summary>Lists the files in the home of an account with their hashes, except those that every build and every operation writes
    /// (caches, results and history).</summary>
    public Task<string> ListFilesAsync(Login login) => ShellAsync($"""
        cd {login.Home}
        find . \( -path ./.dotnet -o -path ./.nuget -o -path ./.local \) -prune \
          -o -type f -exec sha256sum '{"{}"}' + -o -print | sort
        """);

    /// <summary>Shuts the machine down and boots it.</summary>
    public async Task RestartAsync()
    {
        await _container.StopAsync();
        await _container.StartAsync();
        await AwaitBootAsync();
    }

    /// <summary>Kills all processes of the machine, as a power cut does, and boots it.</summary>
    public async Task CutPowerAsync()
    {
        await _container.KillAsync();
        await _container.StartAsync();
        await AwaitBootAsync();
    }

    /// <summary>Polls a condition until it is true; fails after <paramref name="atMost"/>, or 60 s.</summary>
    public static async Task AwaitAsync(string what, Func<Task<bool>> isSo, TimeSpan? atMost = null)
    {
        using var deadline = new CancellationTokenSource(atMost ?? BootTime);
        while (!await isSo())
        {
            Assert.False(deadline.IsCancellationRequested, $"{what}: not within {(atMost ?? BootTime).TotalSeconds:0} s");
            await Task.Delay(PollInterval, TestContext.Current.CancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _container.DisposeAsync();

    private async Task AwaitBootAsync()
    {
        // Polled, because "is-system-running --wait" fails until PID 1 accepts connections.
        await AwaitAsync("the boot is complete", async () =>
            (await ExecAsync(Login.Root, "systemctl", "is-system-running", "--wait")).Output.Trim() is "running" or "degraded");
        Assert.Equal("running", await RunAsync("systemctl", "is-system-running"));
    }

    // The SDK is in the folder of the "dotnet" executable.
    private static string SdkFolder()
    {
        var muxer = new FileInfo(Reaper.Muxer);
        var folder = Path.GetDirectoryName((muxer.ResolveLinkTarget(returnFinalTarget: true) ?? muxer).FullName)!;
        Assert.True(Directory.Exists(Path.Combine(folder, "sdk")), $"{folder} has no SDK");
        return folder;
    }
}
