using System.Collections.Immutable;
using System.Diagnostics;

namespace Hermes.Gateway.WholeOperations;

/// <summary>One way to do an operation.</summary>
/// <param name="Name">Its name in the results.</param>
/// <param name="Reference">The subject that it is held against; null when it is one itself.</param>
/// <param name="MeasureAsync">Does it once; gives the milliseconds.</param>
internal sealed record Subject(string Name, string? Reference, Func<Scene, Task<double>> MeasureAsync)
{
    /// <summary>It does nothing to the services.</summary>
    public bool IsBystander { get; init; }

    /// <summary>It gives every service a new process, needed or not.</summary>
    public bool RestartsAll { get; init; }
}

/// <summary>The ways that are there on every machine.</summary>
internal sealed class Subjects(Workspace workspace, Commands commands, string properties)
{
    /// <summary>A target without any task: what a build costs that does nothing.</summary>
    public const string Empty = "empty target";

    /// <summary>The package, as a whole process.</summary>
    public const string Whole = "ours, whole process";

    /// <summary>The package, from the start of its task to its end.</summary>
    public const string Task = "ours, in the task";

    /// <summary>The package's task, when one has run before in the same build process.</summary>
    public const string SecondTask = "ours, in a second task";

    /// <summary>The bare commands.</summary>
    public const string Expert = "bare commands";

    /// <summary>The script in the project.</summary>
    public const string Script = "script in <Exec>";

    private static readonly string Dotnet = Commands.Find("dotnet") ?? "dotnet";

    /// <summary>All of them, for a number of services.</summary>
    public ImmutableArray<Subject> For(int services) =>
        services == 1 ? [.. All, new(SecondTask, Expert, InSecondTaskAsync)] : All;

    private ImmutableArray<Subject> All =>
    [
        new(Empty, null, scene => TimedAsync(() => BuildAsync("Empty", scene))) { IsBystander = true },
        new(Whole, Empty, scene => TimedAsync(() => BuildAsync(scene.Operation.Target, scene))),
        new(Task, Expert, InTaskAsync),
        new(Expert, null, ExpertAsync),
        new(Script, Empty, ScriptAsync) { RestartsAll = true },
    ];

    /// <summary>Runs a target of the project.</summary>
    /// <param name="target">The target.</param>
    /// <param name="scene">The services.</param>
    /// <param name="more">More arguments.</param>
    public Task<CommandRun> BuildAsync(string target, Scene scene, params string[] more) =>
        commands.RunAsync(Dotnet, workspace.Build(target, $"{scene.Count}", scene.Value, more));

    /// <summary>How long something takes, in milliseconds.</summary>
    public static async Task<double> TimedAsync(Func<Task> run)
    {
        var start = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    // A run of its own, because a further logger is not for free.
    private async Task<double> InTaskAsync(Scene scene)
    {
        var file = workspace.PathOf("clock");
        await BuildAsync(scene.Operation.Target, scene, TaskClockFile.Switch(file));
        return TaskClockFile.Take(file);
    }

    // The first is for another service, with which there is as much to do.
    private async Task<double> InSecondTaskAsync(Scene scene)
    {
        var (operation, file) = (scene.Operation, workspace.PathOf("clock"));
        var before = operation.Drifts ? Workspace.Values.First(value => value != scene.Value) : scene.Value;
        if (!operation.IsInstall)
            await commands.RunAsync(Dotnet, workspace.Build(Operation.Install.Target, Workspace.First, before));
        await BuildAsync("Second", scene, $"-p:BenchTarget={operation.Target}", TaskClockFile.Switch(file));
        return TaskClockFile.Take(file, tasks: 2)[^1];
    }

    private Task<double> ScriptAsync(Scene scene) =>
        TimedAsync(() => BuildAsync("Script", scene, $"-p:ScriptVerb={scene.Operation.ScriptVerb}"));

    private async Task<double> ExpertAsync(Scene scene)
    {
        var operation = scene.Operation;
        // What is to be written was made before.
        var files = operation.IsInstall || operation.Drifts
            ? scene.Touched.Select(unit => (
                Path: Path.Combine(Workspace.UnitFolder, unit),
                Text: File.ReadAllText(Path.Combine(workspace.SourceOf(scene.Count, scene.Value), unit)))).ToList()
            : [];
        return await TimedAsync(async () =>
        {
            foreach (var (path, text) in files) File.WriteAllText(path, text);
            if (files.Count > 0) await SystemctlAsync("daemon-reload");
            if (operation.IsInstall) await SystemctlAsync(["enable", "--now", .. scene.Units]);
            else if (operation.Effect == Effect.NewProcess) await SystemctlAsync(["restart", .. scene.Touched]);
            await SystemctlAsync(["show", "--no-pager", properties, .. scene.Units]);
        });
    }

    private Task<CommandRun> SystemctlAsync(params IEnumerable<string> arguments) =>
        commands.RunAsync("systemctl", ["--user", .. arguments]);
}
