namespace Launchd.Simulator;

/// <summary>Reads files without the advisory lock that .NET takes: with it, reading here could make writing fail there.
/// </summary>
internal static class UnlockedFile
{
    public static byte[] ReadAllBytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return content.ToArray();
    }
}
