using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Hermes.Gateway.Testing;
using Launchd.Simulator.Tests.Replay;

namespace Launchd.Simulator.Tests;

/// <summary>A simulated Mac with one user: its home, its settings, its definitions.</summary>
internal sealed class Mac : IDisposable
{
    /// <summary>No condition takes longer on a machine that works.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    private readonly JsonObject _settings;

    /// <param name="settings">The simulator's settings as JSON; without a time scale it is 20 times faster.</param>
    public Mac(string settings = "{}")
    {
        _settings = File.Exists(SettingsPath) ? JsonNode.Parse(File.ReadAllText(SettingsPath))!.AsObject() : [];
        _settings["timeScale"] = 0.05;
        Change(settings);
        Uid = _settings["uid"]?.GetValue<uint>() ?? Simulator.UserId;
    }

    public LaunchdSimulator Simulator { get; } = new();

    public string Home => Simulator.Home;

    public string Agents => Simulator.LaunchAgents;

    public uint Uid { get; }

    public string Domain => string.Create(CultureInfo.InvariantCulture, $"gui/{Uid}");

    private string SettingsPath => Path.Combine(Simulator.State, "settings.json");

    /// <summary>Lays further settings over those in force.</summary>
    public void Change(string settings)
    {
        foreach (var (key, value) in JsonNode.Parse(settings)!.AsObject())
            _settings[key] = value?.DeepClone();

        // In one step: launchd may be reading.
        File.WriteAllText(SettingsPath + ".new", _settings.ToJsonString());
        File.Move(SettingsPath + ".new", SettingsPath, overwrite: true);
    }

    /// <summary>Writes the faults; one JSON object each.</summary>
    public void Fail(params string[] faults) =>
        File.WriteAllText(Path.Combine(Simulator.State, "faults.json"), $"[{string.Join(',', faults)}]");

    /// <summary>Writes a definition and returns its path.</summary>
    /// <param name="keys">Further keys; the values as JSON.</param>
    public string Define(string label, params (string Key, string Json)[] keys)
    {
        var path = Path.Combine(Agents, label + ".plist");
        var all = keys.Prepend((Key: "Label", Json: $"\"{label}\""));
        WriteFile(path, PropertyList.Render(all.Select(pair => KeyValuePair.Create(pair.Key, pair.Json))));
        return path;
    }

    /// <summary>Writes a definition of a shell script and returns its path.</summary>
    public string DefineScript(string label, string script, params (string Key, string Json)[] keys) =>
        Define(label, [("ProgramArguments", new JsonArray("/bin/sh", "-c", script).ToJsonString()), .. keys]);

    public static void WriteFile(string path, string text, UnixFileMode mode = (UnixFileMode)0b110_100_100)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
    }

    public (int Exit, string Out, string Error) Run(params string[] arguments) => Simulator.Run(arguments);

    /// <summary>Runs a command that must succeed in silence.</summary>
    public void Do(params string[] arguments) => Assert.Equal((0, "", ""), Run(arguments));

    public void Bootstrap(string path) => Do("bootstrap", Domain, path);

    public void Bootout(string label) => Do("bootout", $"{Domain}/{label}");

    public bool IsLoaded(string label) => Run("print", $"{Domain}/{label}").Exit == 0;

    /// <summary>A field of the root block that <c>print</c> shows of a job; null without it or the job.</summary>
    public string? Field(string label, string name) => ReadField(Run("print", $"{Domain}/{label}").Out, name);

    public static string? ReadField(string print, string name) => print.Split('\n')
        .Where(line => line.StartsWith($"\t{name} = ", StringComparison.Ordinal))
        .Select(line => line[(name.Length + 4)..])
        .FirstOrDefault();

    public int Runs(string label) => int.Parse(Field(label, "runs") ?? "0", CultureInfo.InvariantCulture);

    /// <summary>The process of a job, as soon as it is there and runs its program.</summary>
    public int AwaitPid(string label)
    {
        var print = Await(
            $"{label} runs",
            () => Run("print", $"{Domain}/{label}").Out,
            text => ReadField(text, "state") == "running");
        return int.Parse(ReadField(print, "pid")!, CultureInfo.InvariantCulture);
    }

    public void AwaitState(string label, string state) =>
        Await($"{label} is {state}", () => Field(label, "state"), now => now == state);

    public void AwaitRuns(string label, int runs) =>
        Await($"{label} ran {runs} times", () => Runs(label), now => now >= runs);

    public void AwaitGone(string label) => Await($"{label} is gone", () => IsLoaded(label), now => !now);

    /// <summary>The lines a program wrote to a file, as soon as there are so many.</summary>
    public string[] AwaitLines(string path, int count) => Await(
        $"{count} lines in {path}",
        () => File.Exists(path) ? File.ReadAllLines(path) : [],
        lines => lines.Length >= count,
        Pace);

    /// <summary>Waits until a program has made a file.</summary>
    public void AwaitFile(string path) => Await($"{path} is there", () => File.Exists(path), there => there, Pace);

    /// <summary>Waits until a process is gone; a zombie is gone.</summary>
    public static void AwaitEnd(int pid) => Await($"process {pid} ends", () => Processes.IsAlive(pid), alive => !alive);

    /// <summary>Asks until the answer is good, and returns it. Asking takes a process, which is pause enough.</summary>
    public static T Await<T>(string what, Func<T> ask, Predicate<T> isGood, Action? pace = null)
    {
        var time = Stopwatch.StartNew();
        for (var answer = ask(); ; answer = ask())
        {
            if (isGood(answer))
                return answer;

            Assert.True(time.Elapsed < Bound, $"Not within {Bound.TotalSeconds} s: {what}. Last answer: {answer}");
            pace?.Invoke();
        }
    }

    public void Dispose() => Simulator.Dispose();

    private void Pace() => Run("managername");
}
