namespace Hermes.Gateway.Testing;

/// <summary>Folders of tests.</summary>
public static class ScratchFolder
{
    /// <summary>Deletes a folder with all that is in it, also read-only folders such as releases.</summary>
    public static void Delete(string path)
    {
        foreach (var folder in Directory.EnumerateDirectories(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Prepend(path))
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(folder) & UnixFileMode.UserWrite) == 0)
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(path, recursive: true);
    }
}
