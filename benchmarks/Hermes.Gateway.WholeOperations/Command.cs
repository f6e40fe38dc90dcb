using System.Diagnostics;

namespace Hermes.Gateway.WholeOperations;

/// <summary>That something did not work, or did not have its effect: there is no figure then.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);

/// <summary>What a command came to.</summary>
/// <param name="ExitCode">Its exit status.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error output.</param>
internal sealed record CommandRun(int ExitCode, string Output, string Error);

/// <summary>Runs commands, all in the same environment: what a login gives, and nothing of a build or a test around.
/// </summary>
internal sealed class Commands(Workspace workspace, CancellationToken cancellationToken)
{
    private static readonly string[] Inherited =
    [
        "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "DOTNET_ROOT",
        "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
    ];

    /// <summary>Where a command is on PATH; null when it is not.</summary>
    public static string? Find(string name) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs a command, which has to succeed.</summary>
    public async Task<CommandRun> RunAsync(string program, IEnumerable<string> arguments, string? path = null)
    {
        var run = await TryAsync(program, arguments, path);
        return run.ExitCode == 0
            ? run
            : throw new BenchmarkException(
                $"exit {run.ExitCode}: {program} {string.Join(' ', arguments.Take(12))}\n"
                + $"{Last(run.Output)}{Last(run.Error)}");
    }

    /// <summary>Runs a command to its end, whatever that is.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="path">A folder to come first on PATH.</param>
    public async Task<CommandRun> TryAsync(string program, IEnumerable<string> arguments, string? path = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = workspace.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var name in Inherited)
            if (Environment.GetEnvironmentVariable(name) is { } value) start.Environment[name] = value;
        foreach (var (name, value) in workspace.Environment) start.Environment[name] = value;
        if (path is not null) start.Environment["PATH"] = $"{path}:{start.Environment["PATH"]}";

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new CommandRun(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static string Last(string text) => text.Length <= 2000 ? text : $"…{text[^2000..]}";
}
