using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks;

/// <summary>What a project has published, for its release.</summary>
/// <param name="Folder">The absolute path of the folder; empty when the project is not published, or the folder is gone.</param>
/// <param name="IsBuildNewer">Whether the project was built after that.</param>
/// <param name="SourceRevision">The revision of the source that the build knows; empty when it knows none.</param>
internal sealed record PublishedOutput(string Folder, bool IsBuildNewer, string SourceRevision)
{
    /// <summary>Reads the record that <see cref="GatewayTask.Published"/> names. One that cannot be read counts as none.</summary>
    public static PublishedOutput Of(ITaskItem? record)
    {
        if (record is null) return new PublishedOutput("", IsBuildNewer: false, "");
        var folder = ReadFolder(record.ItemSpec);
        return new PublishedOutput(
            Directory.Exists(folder) ? folder : "", record.GetMetadata("BuildIsNewer") == "true", record.GetMetadata("SourceRevision"));
    }

    private static string ReadFolder(string record)
    {
        try
        {
            // A relative path in it begins in the record's own folder.
            return File.Exists(record) && File.ReadAllText(record).Trim() is { Length: > 0 } path && !path.Contains('\0', StringComparison.Ordinal)
                ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(record))!))
                : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
