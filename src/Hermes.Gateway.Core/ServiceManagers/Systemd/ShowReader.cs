using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Reads what <c>systemctl show</c> prints, in pieces cut anywhere, and gives each block as soon as it is
/// complete.</summary>
/// <param name="found">Takes the blocks, in order.</param>
internal sealed partial class ShowReader(Action<ImmutableDictionary<string, string>> found)
{
    private const int UsualPiece = 4096;

    private readonly ImmutableDictionary<string, string>.Builder _block =
        ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);

    // An entry that has begun, and how much of it is known not to be its end.
    private char[] _begun = [];
    private int _length;
    private int _searched;

    /// <summary>Takes the next piece.</summary>
    public void Add(ReadOnlySpan<char> piece)
    {
        if (_length > 0)
        {
            Keep(piece);
            var taken = Read(_begun.AsSpan(0, _length));
            _begun.AsSpan(taken, _length -= taken).CopyTo(_begun);
        }
        else
        {
            Keep(piece[Read(piece)..]);
        }
    }

    /// <summary>Ends the text; an entry that is not complete counts as it is.</summary>
    public void Complete()
    {
        if (_length > 0) Take(_begun.AsSpan(0, _length));
        _length = _searched = 0;
        Close();
    }

    // Characters of entries that are complete.
    private int Read(ReadOnlySpan<char> text)
    {
        var start = 0;
        while (EndOfEntry(text[start..]) is var length and >= 0)
        {
            Take(text.Slice(start, length));
            start += length + 1;
        }

        return start;
    }

    private int EndOfEntry(ReadOnlySpan<char> text)
    {
        while (text[_searched..].IndexOf('\n') is var more and >= 0)
        {
            var length = _searched + more;
            _searched = length + 1;
            if (IsOpen(text[..length])) continue;
            _searched = 0;
            return length;
        }

        _searched = text.Length;
        return -1;
    }

    // The argument list is printed raw: a line break, an empty line or "MainPID=1" in it is still part of it.
    private static bool IsOpen(ReadOnlySpan<char> entry) =>
        entry.IndexOf('=') is var equals and > 0
        && entry[(equals + 1)..].StartsWith("{ path=", StringComparison.Ordinal)
        // Looked at first: there may be many lines.
        && !(entry[^1] == '}' && CommandEnd().IsMatch(entry[(equals + 1)..]));

    private void Take(ReadOnlySpan<char> entry)
    {
        if (entry.IsEmpty) Close();
        // Nothing printed later may replace what was printed first.
        else if (entry.IndexOf('=') is var equals and > 0)
            _block.TryAdd(entry[..equals].ToString(), entry[(equals + 1)..].ToString());
    }

    private void Close()
    {
        if (_block.Count == 0) return;
        var block = _block.ToImmutable();
        _block.Clear();
        found(block);
    }

    private void Keep(ReadOnlySpan<char> text)
    {
        if (_length + text.Length > _begun.Length)
        {
            var kept = _begun.AsSpan(0, _length);
            _begun = new char[Math.Max(UsualPiece, 2 * (_length + text.Length))];
            kept.CopyTo(_begun);
        }

        text.CopyTo(_begun.AsSpan(_length));
        _length += text.Length;
    }

    // "status=1" after an exit, "status=9/KILL" after a signal, "code=(null)" before either (measured on 252).
    [GeneratedRegex(@" ; start_time=\[[^\]]*\] ; stop_time=\[[^\]]*\] ; pid=\d+ ; code=\S+ ; status=\d+(/\S+)? }$")]
    private static partial Regex CommandEnd();
}
