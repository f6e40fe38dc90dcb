namespace Hermes.Gateway.Core.Host;

/// <summary>Checks paths of a definition. Each method returns a problem, as a sentence without its end; null for none.</summary>
/// <param name="judgesRights">Whether this process's rights decide: only if it is root, or has the rights of the service.</param>
internal sealed class PathCheck(bool judgesRights)
{
    public string? FindProgramProblem(string path) =>
        Find("the program", path, isFolder: false, NativeMethods.CanExecute, "is not executable");

    public string? FindEnvironmentFileProblem(string path) =>
        Find("the environment file", path, isFolder: false, NativeMethods.CanRead, "cannot be read");

    public string? FindFolderProblem(string path) =>
        // The right to execute a folder is the right to enter it.
        Find("the working directory", path, isFolder: true, NativeMethods.CanExecute, "cannot be entered");

    /// <summary>Checks a log file: launchd creates the file, but not its folder.</summary>
    public string? FindLogProblem(string path)
    {
        if (Directory.Exists(path)) return $"the log file {path} is a folder";
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder)) return IsMissing(folder) ? $"the folder of the log file {path} is missing" : null;
        return !judgesRights || !File.Exists(path) || NativeMethods.CanWrite(path) ? null : $"the log file {path} cannot be opened";
    }

    /// <summary>Determines whether a path certainly names nothing. Below a closed folder, every path looks missing.</summary>
    public static bool IsMissing(string path)
    {
        if (Path.Exists(path)) return false;
        var above = Path.GetDirectoryName(path);
        while (above is not null && !Directory.Exists(above)) above = Path.GetDirectoryName(above);
        return above is not null && NativeMethods.CanExecute(above);
    }

    private string? Find(string what, string path, bool isFolder, Func<string, bool> hasRight, string denial)
    {
        if (IsMissing(path)) return $"{what} {path} is missing{(IsUnmounted(path) ? " (its volume is not mounted)" : "")}";
        if (!Path.Exists(path)) return null;
        if (Directory.Exists(path) != isFolder) return $"{what} {path} is a {(isFolder ? "file" : "folder")}";
        return !judgesRights || hasRight(path) ? null : $"{what} {path} {denial}";
    }

    private static bool IsUnmounted(string path) =>
        path.Split('/') is ["", "Volumes", var name, ..] && !Directory.Exists($"/Volumes/{name}");
}
