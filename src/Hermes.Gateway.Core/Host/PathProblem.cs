namespace Hermes.Gateway.Core.Host;

/// <summary>Describes why a path that a definition names cannot be used, as a sentence without its end. Each method returns null
/// when no problem is known.</summary>
/// <param name="judgesRights">Whether this process's own rights decide: only when the service runs with the same rights, or when
/// this process is root.</param>
internal sealed class PathProblem(bool judgesRights)
{
    public string? OfProgram(string path)
    {
        if (Directory.Exists(path)) return $"the program {path} is a folder";
        if (!File.Exists(path)) return Missing("the program", path);
        return !judgesRights || NativeMethods.CanExecute(path) ? null : $"the program {path} is not executable";
    }

    public string? OfFolder(string path)
    {
        if (File.Exists(path)) return $"the working directory {path} is a file";
        if (!Directory.Exists(path)) return Missing("the working directory", path);
        // The right to execute a folder is the right to enter it.
        return !judgesRights || NativeMethods.CanExecute(path) ? null : $"the working directory {path} cannot be entered";
    }

    public string? OfEnvironmentFile(string path)
    {
        if (Directory.Exists(path)) return $"the environment file {path} is a folder";
        if (!File.Exists(path)) return Missing("the environment file", path);
        return !judgesRights || NativeMethods.CanRead(path) ? null : $"the environment file {path} cannot be read";
    }

    /// <summary>Describes the problem of a log file: launchd creates the file, but not its folder.</summary>
    public string? OfLog(string path)
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

    private static string? Missing(string what, string path) => IsMissing(path)
        ? $"{what} {path} is missing{(IsUnmounted(path) ? " (its volume is not mounted)" : "")}"
        : null;

    private static bool IsUnmounted(string path) =>
        path.Split('/') is ["", "Volumes", var name, ..] && !Directory.Exists($"/Volumes/{name}");
}
