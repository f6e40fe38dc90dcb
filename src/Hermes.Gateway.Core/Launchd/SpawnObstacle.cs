namespace Hermes.Gateway.Core.Launchd;

/// <summary>Finds out why launchd cannot spawn a job that it holds. launchd itself says only 78 (EX_CONFIG), in which
/// the program's own refusal looks the same.</summary>
internal static class SpawnObstacle
{
    /// <summary>The reason, as a sentence without its end; null when there is none to be seen.</summary>
    public static string? Find(PrintedJob job)
    {
        var program = job.Program ?? job.Arguments.FirstOrDefault();
        if (program is { Length: > 0 } && program[0] == '/' && FindProgramProblem(program) is { } problem) return problem;
        if (job.WorkingDirectory is { Length: > 0 } folder && FindFolderProblem(folder) is { } missing) return missing;
        foreach (var log in new[] { job.StandardOutPath, job.StandardErrorPath })
            if (log is { Length: > 0 } && FindLogProblem(log) is { } unusable) return unusable;
        return null;
    }

    private static string? FindProgramProblem(string path)
    {
        if (Directory.Exists(path)) return $"the program {path} is a folder";
        if (!File.Exists(path)) return $"the program {path} is missing";
        return Host.HostContext.IsExecutableFile(path) ? null : $"the program {path} is not executable";
    }

    private static string? FindFolderProblem(string path)
    {
        if (File.Exists(path)) return $"the working directory {path} is a file";
        if (!Directory.Exists(path)) return $"the working directory {path} is missing";
        // For a folder, to be executable is to be enterable.
        return Host.NativeMethods.CanExecute(path) ? null : $"the working directory {path} cannot be entered";
    }

    private static string? FindLogProblem(string path)
    {
        if (Directory.Exists(path)) return $"the log file {path} is a folder";
        if (!Directory.Exists(Path.GetDirectoryName(path))) return $"the folder of the log file {path} is missing";
        try
        {
            if (!File.Exists(path)) return null;
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the log file {path} cannot be opened";
        }
    }
}
