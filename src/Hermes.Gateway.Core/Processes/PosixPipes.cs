using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Reads several pipes in one thread, and waits for them only for a time.</summary>
/// <remarks>The framework's asynchronous read of a pipe takes all of its sockets along, which a command that is over in
/// milliseconds pays for; its other one waits for ever.</remarks>
internal sealed partial class PosixPipes : IDisposable
{
    private const short Readable = 1;

    // poll(2) passes over it.
    private const int Ended = -1;

    private readonly SafePipeHandle[] _pipes;
    private readonly bool[] _areHeld;
    private readonly Look[] _looks;

    /// <param name="pipes">Pipes to read, which nobody closes before this is disposed.</param>
    public PosixPipes(params SafePipeHandle[] pipes)
    {
        (_pipes, _areHeld, _looks) = (pipes, new bool[pipes.Length], new Look[pipes.Length]);
        for (var i = 0; i < pipes.Length; i++)
        {
            pipes[i].DangerousAddRef(ref _areHeld[i]);
            _looks[i] = new Look { Descriptor = (int)pipes[i].DangerousGetHandle(), Wanted = Readable };
        }
    }

    /// <summary>Whether all of them are read to their ends.</summary>
    public bool HaveEnded
    {
        get
        {
            foreach (var look in _looks)
                if (look.Descriptor != Ended) return false;
            return true;
        }
    }

    /// <summary>Returns when one of them can be read, when <paramref name="limit"/> is over, or when a signal came first.
    /// </summary>
    /// <returns>Whether one of them can be read.</returns>
    public bool Wait(TimeSpan limit)
    {
        for (var i = 0; i < _looks.Length; i++) _looks[i].Found = 0;
        return poll(_looks, _looks.Length, (int)limit.TotalMilliseconds) > 0;
    }

    /// <summary>Reads what <see cref="Wait"/> found in one of them.</summary>
    /// <returns>How many bytes; 0 when there was nothing, or when it has ended, which a pipe that cannot be read has as far as
    /// evidence goes.</returns>
    public int Read(int pipe, byte[] buffer)
    {
        if (_looks[pipe].Found == 0) return 0;
        var length = (int)read(_looks[pipe].Descriptor, buffer, buffer.Length);
        if (length > 0) return length;
        _looks[pipe].Descriptor = Ended;
        return 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (var i = 0; i < _pipes.Length; i++)
        {
            if (_areHeld[i]) _pipes[i].DangerousRelease();
            _areHeld[i] = false;
        }
    }

    [LibraryImport("libc")]
    private static partial int poll([In, Out] Look[] looks, nint count, int milliseconds);

    [LibraryImport("libc")]
    private static partial nint read(int descriptor, [Out] byte[] buffer, nint size);

    // struct pollfd of poll(2); the same on Linux and macOS.
    [StructLayout(LayoutKind.Sequential)]
    private struct Look
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }
}
