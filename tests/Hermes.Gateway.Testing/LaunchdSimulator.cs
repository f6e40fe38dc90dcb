using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hermes.Gateway.Testing;

/// <summary>A launchd of one test's own, in a scratch folder (tests/Launchd.Simulator). The test project refers to the
/// simulator's project, which puts its executable next to the test assembly.</summary>
public sealed class LaunchdSimulator : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly string _root = Directory.CreateTempSubdirectory("launchd-").FullName;
    private readonly string? _os;

    /// <param name="os">The macOS version, as in "12"; null means the newest that is simulated.</param>
    public LaunchdSimulator(string? os = null)
    {
        _os = os;
        State = Directory.CreateDirectory(Path.Combine(_root, "state")).FullName;
        Home = Directory.CreateDirectory(Path.Combine(_root, "home")).FullName;
        LaunchAgents = Directory.CreateDirectory(Path.Combine(Home, "Library", "LaunchAgents")).FullName;

        // A folder with nothing but the tool in it, so that it can be put into PATH.
        var folder = Directory.CreateDirectory(Path.Combine(_root, "bin")).FullName;
        Launchctl = Path.Combine(folder, "launchctl");
        File.CreateSymbolicLink(Launchctl, Executable);
        Environment = ImmutableDictionary<string, string?>.Empty
            .Add("LAUNCHD_SIMULATOR_STATE", State)
            .Add("HOME", Home)
            .Add("PATH", $"{folder}:{System.Environment.GetEnvironmentVariable("PATH")}");
        Settings(new { });
    }

    // Without a C compiler there is no native one.
    private static string Executable
    {
        get
        {
            var native = Path.Combine(AppContext.BaseDirectory, "native", "launchctl");
            return File.Exists(native) ? native : Path.Combine(AppContext.BaseDirectory, "launchctl");
        }
    }

    /// <summary>The path of the tool.</summary>
    public string Launchctl { get; }

    /// <summary>The folder with settings, faults and the log of calls.</summary>
    public string State { get; }

    /// <summary>The simulated user's home.</summary>
    public string Home { get; }

    /// <summary>The folder from which a reboot loads agents.</summary>
    public string LaunchAgents { get; }

    /// <summary>The simulated user: the one who runs the tests.</summary>
    public uint UserId { get; } = geteuid();

    /// <summary>What a process needs to use this launchd.</summary>
    public ImmutableDictionary<string, string?> Environment { get; }

    /// <summary>What has been called until now, in the order of its ends.</summary>
    public IReadOnlyList<Call> Calls
    {
        get
        {
            var path = Path.Combine(State, "calls.jsonl");
            // Behind the last end of a line is nothing, or what is just being written: a call whose caller is gone.
            return File.Exists(path) ? [.. File.ReadAllText(path).Split('\n')[..^1].Select(Call.Parse)] : [];
        }
    }

    /// <summary>Sets what the simulator's README names; what is not given has its default again.</summary>
    /// <param name="settings">An object with the settings as properties: <c>new { timeScale = 0.05 }</c>.</param>
    public void Settings(object settings)
    {
        var all = new JsonObject { ["home"] = Home, ["agents"] = LaunchAgents, ["os"] = _os };
        foreach (var (name, value) in JsonSerializer.SerializeToNode(settings, Json)!.AsObject())
            all[name] = value?.DeepClone();
        Write("settings.json", all.ToJsonString());
    }

    /// <summary>Sets how launchd misbehaves; none means that it does not.</summary>
    public void Faults(params Fault[] faults) => Write("faults.json", JsonSerializer.Serialize(faults, Json));

    /// <summary>Runs the tool.</summary>
    public (int Exit, string Out, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Launchctl, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience) || !Task.WhenAll(output, error).Wait(Patience))
        {
            process.Kill();
            Assert.Fail($"launchctl {string.Join(' ', arguments)} does not end within {Patience.TotalSeconds} seconds");
        }

        return (process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Ends this launchd and all that it has started; fails when something is left.</summary>
    public void Dispose()
    {
        try
        {
            var started = Started();
            var (exit, _, error) = Run("simulator", "shutdown");
            Assert.True(exit == 0, $"launchctl simulator shutdown exits {exit}: {error}");
            // Dead ones do not count: who takes note of them is not launchd's business when the keeper has ended.
            Assert.DoesNotContain(
                started, process => ProcessEntry.Find(process.Id) is { IsDead: false } now && now.StartTime == process.StartTime);
            Assert.DoesNotContain(ProcessEntry.Ids(), UsesState);
        }
        finally
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    // In one step: a call in between must not read half of it.
    private void Write(string name, string text)
    {
        var path = Path.Combine(State, name);
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    private List<(int Id, ulong StartTime)> Started()
    {
        var path = Path.Combine(State, "processes");
        return File.Exists(path)
            ?
            [
                .. File.ReadLines(path).Select(line => line.Split(' ')).Select(fields => (
                    int.Parse(fields[0], CultureInfo.InvariantCulture),
                    ulong.Parse(fields[1], CultureInfo.InvariantCulture))),
            ]
            : [];
    }

    // The keeper has only it: a process of the test may have been given the same environment.
    private bool UsesState(int process) =>
        ProcessEntry.Read(process, "cmdline")?.EndsWith("--launchd\0", StringComparison.Ordinal) == true
        && ProcessEntry.Read(process, "environ")?.Contains(State, StringComparison.Ordinal) == true;

#pragma warning disable SYSLIB1054, IDE1006, CS8981 // As in the simulator: libc's own name, without source generation.
    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();
#pragma warning restore SYSLIB1054, IDE1006, CS8981
}

/// <summary>One misbehaviour, as the simulator's README describes it.</summary>
public sealed record Fault(string Verb)
{
    public int Call { get; init; } = 1;

    public int Times { get; init; } = 1;

    public int? Exit { get; init; }

    public string? Stdout { get; init; }

    public string? Stderr { get; init; }

    /// <summary>normal, none or idle.</summary>
    public string Effect { get; init; } = "normal";

    public double HangSeconds { get; init; }

    public double SettleSeconds { get; init; }
}

/// <summary>One call of the tool, and its answer; exit -1 when the caller was gone before.</summary>
public sealed record Call(string Verb, IReadOnlyList<string> Args, int Exit, string Stdout, string Stderr)
{
    public static Call Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        return new Call(
            json.GetProperty("verb").GetString()!,
            [.. json.GetProperty("args").EnumerateArray().Select(argument => argument.GetString()!)],
            json.GetProperty("exit").GetInt32(),
            json.GetProperty("stdout").GetString()!,
            json.GetProperty("stderr").GetString()!);
    }
}
