namespace Hermes.Gateway.Core.Host;

/// <summary>Checks the paths that a definition names. Each method returns why a path cannot be used, as a sentence without its end;
/// null when no problem is known.</summary>
/// <param name="judgesRights">Whether this process's own rights decide: only when the service runs with the same rights, or when
/// this process is root.</param>
internal sealed class PathCheck(bool judgesRights)
{
    public string? FindProgramProblem(string path) => FindFileProblem("the program", path, NativeMethods.CanExecute, "is not executable");

    public string? FindEnvironmentFileProblem(string path) =>
        FindFileProblem("the environment file", path, NativeMethods.CanRead, "cannot be read");

    public string? FindFolderProblem(string path)
    {
        if (File.Exists(path)) return $"the working directory {path} is a file";
        if (!Directory.Exists(path)) return Missing("the working directory", path);
        // The right to execute a folder is the right to enter it.
        return !judgesRights || NativeMethods.CanExecute(path) ? null : $"the working directory {path} cannot be entered";
    }

    /// <summary>Checks a log file: launchd creates the file, but not its folder.</summary>
    public string? FindLogProblem(string path)
    {
        if (Directory.Exists(path)) return $"the log file {path} is a folder";
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder)) return IsMissing(folder) ? $"the folder of the log file {path} is missing" : null;
        return !judgesRights || !File.Exists(path) || NativeMethods.CanWrite(path) ? null : $"the log file {path} cannot be opened";
    }

    /// <summary>Determines whether a path certainly names nothing. Below a folder that may not be entered, every path looks
    /// missing.</summary>
    public static bool IsMissing(string path)
    {
        if (Path.Exists(path)) return false;
        var above = Path.GetDirectoryName(path);
        while (above is not null && !Directory.Exists(above)) above = Path.GetDirectoryName(above);
        return above is not null && NativeMethods.CanExecute(above);
    }

    private string? FindFileProblem(string what, string path, Func<string, bool> hasRight, string denial)
    {
        if (Directory.Exists(path)) return $"{what} {path} is a folder";
        if (!File.Exists(path)) return Missing(what, path);
        return !judgesRights || hasRight(path) ? null : $"{what} {path} {denial}";
    }

    private static string? Missing(string what, string path) => IsMissing(path)
        ? $"{what} {path} is missing{(IsUnmounted(path) ? " (its volume is not mounted)" : "")}"
        : null;

    private static bool IsUnmounted(string path) =>
        path.Split('/') is ["", "Volumes", var name, ..] && !Directory.Exists($"/Volumes/{name}");
}
