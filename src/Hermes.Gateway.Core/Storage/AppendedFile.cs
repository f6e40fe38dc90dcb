using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Storage;

/// <summary>Appends to a file to which other builds append at the same moment.</summary>
public static class AppendedFile
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Appends <paramref name="text"/> (UTF-8) as one piece, on a line of its own below what is there.
    /// </summary>
    /// <param name="path">The file; created when there is none.</param>
    /// <param name="text">What to append.</param>
    /// <param name="atMost">How long to wait while somebody else has the file open.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The file could not be written, another process had it open all that time, or the path
    /// names something other than a regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static void Append(string path, string text, TimeSpan atMost, TimeProvider time)
    {
        using var file = Open(path, atMost, time);
        var end = RandomAccess.GetLength(file);
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(end > 0 ? "\n" + text : text), end);
    }

    private static SafeFileHandle Open(string path, TimeSpan atMost, TimeProvider time)
    {
        SafeFileHandle? file = null;
        new Deadline(time, atMost).PollUntil(
            () => (file = RegularFile.OpenForAppend(path)) is not null, Interval, CancellationToken.None);
        return file ?? throw new IOException($"another process had it open for {atMost.TotalSeconds:0.#} s");
    }
}
