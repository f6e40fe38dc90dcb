using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Storage;

/// <summary>Another operation held a service's lock for longer than we waited.</summary>
internal sealed class LockHeldException(string holder) : Exception($"the lock is held by {holder}")
{
    /// <summary>Who holds it, for people.</summary>
    public string Holder { get; } = holder;
}

/// <summary>
/// One operation at a time for one service, across processes. The operating system holds the lock for the open file
/// (flock), so a killed holder leaves nothing stale; the file itself stays, and tells who held it. Of those who wait, one
/// is the next, by a second lock: whoever gives the lock back and wants it again at once has to wait behind that one.
/// </summary>
internal sealed class ServiceLock : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    // Only one waits like this.
    private static readonly TimeSpan IntervalOfNext = TimeSpan.FromMilliseconds(10);
    private const string Since = ", since ";
    private const int LongestSignature = 4096;

    private static readonly byte[] Signature = SignatureOfThis();

    // Not a stream: of a thousand services each has one until the end.
    private readonly SafeFileHandle _file;

    private ServiceLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock at <paramref name="path"/>, waiting at most <paramref name="atMost"/>.</summary>
    /// <exception cref="LockHeldException">Somebody else held it all that time.</exception>
    public static ServiceLock Take(
        string path, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        var deadline = new Deadline(time, atMost);
        // Held by the one who is next. Nobody overtakes it, so it is waited for even when the lock itself is free.
        using var next = Open(path + ".next", Interval);
        var file = Open(path, IntervalOfNext);
        try
        {
            Sign(file);
            return new ServiceLock(file);
        }
        catch
        {
            // A full disk. A lock that nobody holds must not be kept from the next who asks for it.
            file.Dispose();
            throw;
        }

        SafeFileHandle Open(string wanted, TimeSpan interval)
        {
            SafeFileHandle? opened = null;
            deadline.PollUntil(() => (opened = TryOpen(wanted)) is not null, interval, cancellationToken);
            return opened ?? throw new LockHeldException(ReadHolder(path));
        }
    }

    /// <summary>Whether somebody holds the lock at <paramref name="path"/>. Asks by taking it for a moment, if it can.</summary>
    public static bool IsHeld(string path)
    {
        // For writing, as some network file systems want it for a lock.
        using var file = PrivateFile.OpenForWriting(path);
        return file is not null && !NativeMethods.TryLock(file);
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => _file.Dispose();

    private static SafeFileHandle? TryOpen(string path)
    {
        var file = PrivateFile.OpenOrCreate(path);
        if (NativeMethods.TryLock(file)) return file;
        file.Dispose();
        return null;
    }

    private static byte[] SignatureOfThis()
    {
        using var self = Process.GetCurrentProcess();
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"process {Environment.ProcessId} of {Environment.UserName}{Since}{self.StartTime.ToUniversalTime():u}\n"));
    }

    private static void Sign(SafeFileHandle file)
    {
        RandomAccess.Write(file, Signature, 0);
        // To cut off the rest of a longer one costs less than to begin with an empty file, and there rarely is one.
        if (RandomAccess.GetLength(file) > Signature.Length) RandomAccess.SetLength(file, Signature.Length);
    }

    // flock is advisory: the holder's line can be read without the lock. It stays after the holder ends, so it is reported as the
    // holder only while that process lives.
    private static string ReadHolder(string path)
    {
        const string another = "another process";
        try
        {
            // Behind the first line there can be the end of an earlier holder's, for a moment.
            var bytes = PrivateFile.ReadAll(path, LongestSignature) ?? [];
            var holder = Encoding.UTF8.GetString(bytes).Split('\n')[0].Trim();
            return holder.Length == 0 ? another : IsAlive(holder) ? holder : $"{another}; last held by {holder}, which has ended";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return another;
        }
    }

    // Process ids are reused; the start time tells two processes apart.
    private static bool IsAlive(string holder)
    {
        var words = holder.Split(' ');
        if (words is not ["process", var id, ..] || !int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            || !NativeMethods.ProcessExists(process))
            return false;
        var since = holder[(holder.LastIndexOf(Since, StringComparison.Ordinal) + Since.Length)..];
        return ProcessWatch.StartTimeOf(process) is not { } start
            || !DateTimeOffset.TryParseExact(since, "u", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var told)
            || (start - told).Duration() < TimeSpan.FromSeconds(2);
    }
}
