using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Keeps the beginning and the end of a text of any length, in memory proportional to the bound.</summary>
/// <param name="limit">Characters kept: half of them from the beginning, the rest from the end.</param>
/// <param name="receiver">Receives the first <paramref name="limit"/> characters as they come; then none are kept.</param>
internal sealed class BoundedText(int limit, OutputReceiver? receiver = null)
{
    private readonly int _headLimit = limit / 2;
    private readonly int _tailLimit = limit - (limit / 2);
    private readonly StringBuilder _head = new();
    private readonly List<char> _tail = [];
    private long _length;
    private ExceptionDispatchInfo? _receiverFailure;

    /// <summary>Whether the text is longer than the bound.</summary>
    public bool IsTruncated => _length > limit;

    public void Append(ReadOnlySpan<char> text)
    {
        if (receiver is not null)
        {
            PassOn(receiver, text[..(int)Math.Min(text.Length, Math.Max(0, limit - _length))]);
            _length += text.Length;
            return;
        }

        _length += text.Length;
        var toHead = Math.Min(text.Length, _headLimit - _head.Length);
        _head.Append(text[..toHead]);
        AppendToTail(text[toHead..]);
    }

    /// <summary>Rethrows the exception of the receiver.</summary>
    public void ThrowReceiverFailure() => _receiverFailure?.Throw();

    /// <summary>Returns the text, or its ends around a line with the number of omitted characters; "" with a receiver.</summary>
    public override string ToString()
    {
        if (receiver is not null) return "";
        var head = _head.ToString();
        var tail = CollectionsMarshal.AsSpan(_tail);
        return IsTruncated ? JoinEnds(head, tail[^_tailLimit..]) : $"{head}{tail}";
    }

    private void PassOn(OutputReceiver receiver, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || _receiverFailure is not null) return;
        try
        {
            receiver(text);
        }
#pragma warning disable CA1031 // Rethrown by ThrowReceiverFailure: the command has to be read until it ends.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _receiverFailure = ExceptionDispatchInfo.Capture(e);
        }
    }

    private void AppendToTail(ReadOnlySpan<char> text)
    {
        if (text.Length > _tailLimit) text = text[^_tailLimit..];
        // Up to twice the limit is kept, so that the characters are rarely moved.
        if (_tail.Count + text.Length > 2L * _tailLimit) _tail.RemoveRange(0, _tail.Count - (_tailLimit - text.Length));
        _tail.AddRange(text);
    }

    private string JoinEnds(ReadOnlySpan<char> head, ReadOnlySpan<char> tail)
    {
        // Half a surrogate pair at a cut is no character and cannot be encoded.
        if (head.Length > 0 && char.IsHighSurrogate(head[^1]))
            head = head[..^1];
        if (tail.Length > 0 && char.IsLowSurrogate(tail[0]))
            tail = tail[1..];

        var omitted = _length - head.Length - tail.Length;
        return string.Create(CultureInfo.InvariantCulture, $"{head}\n[... {omitted} characters left out ...]\n{tail}");
    }
}
