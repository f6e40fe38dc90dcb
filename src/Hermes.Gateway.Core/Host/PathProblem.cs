namespace Hermes.Gateway.Core.Host;

/// <summary>Why a path that a definition names cannot be used. Each answer is a sentence without its end; null when
/// nothing is wrong, or when that cannot be told from here.</summary>
/// <param name="judgesRights">Whether the service runs with the rights of this process, or this process has all rights:
/// only then do its own failures to open a file say anything about the service.</param>
internal sealed class PathProblem(bool judgesRights)
{
    /// <summary>What is wrong with a program.</summary>
    public string? OfProgram(string path)
    {
        if (Directory.Exists(path)) return $"the program {path} is a folder";
        if (!File.Exists(path)) return Missing("the program", path);
        return !judgesRights || NativeMethods.CanExecute(path) ? null : $"the program {path} is not executable";
    }

    /// <summary>What is wrong with a working directory.</summary>
    public string? OfFolder(string path)
    {
        if (File.Exists(path)) return $"the working directory {path} is a file";
        if (!Directory.Exists(path)) return Missing("the working directory", path);
        // For a folder, to be executable is to be enterable.
        return !judgesRights || NativeMethods.CanExecute(path) ? null : $"the working directory {path} cannot be entered";
    }

    /// <summary>What is wrong with an environment file.</summary>
    public string? OfEnvironmentFile(string path)
    {
        if (Directory.Exists(path)) return $"the environment file {path} is a folder";
        if (!File.Exists(path)) return Missing("the environment file", path);
        return !judgesRights || NativeMethods.CanRead(path) ? null : $"the environment file {path} cannot be read";
    }

    /// <summary>What is wrong with a log file: launchd creates it, but not its folder.</summary>
    public string? OfLog(string path)
    {
        if (Directory.Exists(path)) return $"the log file {path} is a folder";
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
            return Missing("the folder", folder) is null ? null : $"the folder of the log file {path} is missing";
        return !judgesRights || !File.Exists(path) || NativeMethods.CanWrite(path)
            ? null
            : $"the log file {path} cannot be opened";
    }

    /// <summary>Whether there surely is nothing at a path.</summary>
    public static bool IsMissing(string path)
    {
        if (Path.Exists(path)) return false;
        // Behind a folder that may not be entered, everything looks missing.
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
