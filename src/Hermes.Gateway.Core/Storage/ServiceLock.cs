using System.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Storage;

/// <summary>Another operation held a service's lock during the whole wait.</summary>
internal sealed class LockHeldException(string holder) : Exception($"the lock is held by {holder}")
{
    /// <summary>A description of the holding process.</summary>
    public string Holder { get; } = holder;
}

/// <summary>Excludes other operations on one service, across processes. The operating system holds the lock for the open file
/// (flock(2)), so a killed holder leaves no stale lock; the file itself stays, and names the holder. A second lock is held by the
/// next in line: an operation that releases the lock and wants it again at once queues behind that one.</summary>
internal sealed class ServiceLock : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    // Shorter, because only one process polls for the lock itself.
    private static readonly TimeSpan NextInterval = TimeSpan.FromMilliseconds(10);
    private const string Since = ", since ";
    private const int MaxSignatureBytes = 4096;

    private static readonly byte[] Signature = CreateSignature();

    // Not a stream, whose memory a thousand locks at once would need.
    private readonly SafeFileHandle _file;

    private ServiceLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock at <paramref name="path"/>, waiting at most <paramref name="atMost"/>.</summary>
    /// <exception cref="LockHeldException">Another operation held it all that time.</exception>
    public static ServiceLock Take(string path, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        var deadline = new Deadline(time, atMost);
        // The next in line is not overtaken, so this lock is waited for even when the other one is free.
        using var next = Open(path + ".next", Interval);
        var file = Open(path, NextInterval);
        try
        {
            Sign(file);
            return new ServiceLock(file);
        }
        catch
        {
            // A full disk. A failed operation must not keep the lock.
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

    /// <summary>Determines whether an operation holds the lock, by trying to take it for a moment.</summary>
    public static bool IsHeld(string path)
    {
        // Some network file systems lock only files that are open for writing (NFS, flock(2)).
        using var file = PrivateFile.OpenForWriting(path);
        return file is not null && !NativeMethods.TryLock(file);
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _file.Dispose();

    private static SafeFileHandle? TryOpen(string path)
    {
        var file = PrivateFile.OpenOrCreate(path);
        if (NativeMethods.TryLock(file)) return file;
        file.Dispose();
        return null;
    }

    private static byte[] CreateSignature()
    {
        using var self = Process.GetCurrentProcess();
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"process {Environment.ProcessId} of {Environment.UserName}{Since}{self.StartTime.ToUniversalTime():u}\n"));
    }

    private static void Sign(SafeFileHandle file)
    {
        RandomAccess.Write(file, Signature, 0);
        // Removes the rest of a longer signature. Truncating the file first would cost more in the usual case.
        if (RandomAccess.GetLength(file) > Signature.Length) RandomAccess.SetLength(file, Signature.Length);
    }

    // The signature can be read without the lock, which is advisory. It stays, and names the present holder only if that lives.
    private static string ReadHolder(string path)
    {
        const string another = "another process";
        return FileErrors.Ignore(fallback: another, () =>
        {
            // For a moment, the rest of a longer signature can follow the first line.
            var bytes = PrivateFile.ReadAll(path, MaxSignatureBytes) ?? [];
            var holder = Encoding.UTF8.GetString(bytes).Split('\n')[0].Trim();
            return holder.Length == 0 ? another : IsAlive(holder) ? holder : $"{another}; last held by {holder}, which has ended";
        });
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
            || !DateTimeOffset.TryParseExact(since, "u", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signed)
            || (start - signed).Duration() < TimeSpan.FromSeconds(2);
    }
}
