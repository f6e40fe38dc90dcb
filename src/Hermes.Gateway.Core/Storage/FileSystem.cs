namespace Hermes.Gateway.Core.Storage;

/// <summary>Reads where a missing or forbidden file is an ordinary case.</summary>
internal static class FileSystem
{
    /// <summary>Returns the result of <paramref name="read"/>; null (or false) when the file system refuses it.</summary>
    public static T? TryRead<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
