using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Owner and mode of a definition file. launchd refuses one that somebody else could have written, and current
/// versions also one that only its owner may read; the refusal looks like any other.</summary>
internal static class PlistAccess
{
    /// <summary>The key under which it is compared.</summary>
    public const string Key = "FileAccess";

    /// <summary>What is wanted.</summary>
    public static string Wanted(uint userId) => Format(0b110_100_100, userId);

    /// <summary>What is there; null when it cannot be found out.</summary>
    public static string? Of(string path)
    {
        try
        {
            var mode = File.GetUnixFileMode(path);
            return FileEntry.OwnerOf(path) is { } owner ? Format((int)mode, owner) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Format(int mode, uint userId) => $"mode {Convert.ToString(mode, 8).PadLeft(4, '0')}, user id {userId}";
}
