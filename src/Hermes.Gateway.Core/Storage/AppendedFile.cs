using System.Text;

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
    /// <exception cref="IOException">The file could not be written, or somebody had it open all that time.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    [AsyncMethodBuilder(typeof(PrecompiledTask))]
    public static async Task AppendAsync(string path, string text, TimeSpan atMost, TimeProvider time)
    {
        await using var file = await OpenAsync(path, atMost, time);
        // Not FileMode.Append: its position is found out before the lock is held.
        var hasText = file.CanSeek && file.Seek(0, SeekOrigin.End) > 0;
        var whole = Encoding.UTF8.GetBytes(hasText ? "\n" + text : text);
        await file.WriteAsync(whole);
    }

    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
    private static async Task<FileStream> OpenAsync(string path, TimeSpan atMost, TimeProvider time)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                // Unbuffered, so that it is one write. Not shared: .NET asks the system for a lock then (flock).
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0);
            }
            catch (IOException) when (File.Exists(path) && time.GetElapsedTime(start) < atMost)
            {
                await Task.Delay(Interval, time, CancellationToken.None);
            }
        }
    }
}
