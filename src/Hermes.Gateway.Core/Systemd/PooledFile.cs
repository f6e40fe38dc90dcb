using System.Buffers;

namespace Hermes.Gateway.Core.Systemd;

/// <summary>A file of <c>/proc</c>, read into borrowed memory: it does not tell how long it is, and thousands are read to
/// look at a few bytes of each.</summary>
internal sealed class PooledFile : IDisposable
{
    private const int UsualBytes = 4096;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(UsualBytes);
    private int _length;

    private PooledFile()
    {
    }

    /// <summary>What is in it; only until this is disposed.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Reads a file; null when it cannot be read.</summary>
    public static PooledFile? Read(string path)
    {
        var file = new PooledFile();
        try
        {
            using var handle = File.OpenHandle(path);
            while (RandomAccess.Read(handle, file.Room(), file._length) is var read and > 0) file._length += read;
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It can have been a process's environment.
        ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);
        _bytes = [];
        _length = 0;
    }

    private Span<byte> Room()
    {
        if (_length == _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(2 * _length);
            Bytes.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);
            _bytes = larger;
        }

        return _bytes.AsSpan(_length);
    }
}
