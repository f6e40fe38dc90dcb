using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Keeps the beginning and the end of a text of any length, in memory proportional to the bound.</summary>
/// <param name="limit">Characters kept: half of them from the beginning, the rest from the end.</param>
/// <param name="receiver">Takes the text instead, as it comes: as many characters, all from the beginning.</param>
internal sealed class BoundedText(int limit, OutputReceiver? receiver = null)
{
    private readonly int _headLimit = limit / 2;
    private readonly int _tailLimit = limit - (limit / 2);
    private readonly StringBuilder _head = new();
    private char[] _tail = [];
    private int _tailLength;
    private long _length;
    private ExceptionDispatchInfo? _refusal;

    /// <summary>True when the text was longer than the bound.</summary>
    public bool IsTruncated => _length > limit;

    /// <summary>Adds to the end.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        if (receiver is not null)
        {
            HandOn(receiver, text[..(int)Math.Min(text.Length, Math.Max(0, limit - _length))]);
            _length += text.Length;
            return;
        }

        _length += text.Length;
        var toHead = Math.Min(text.Length, _headLimit - _head.Length);
        _head.Append(text[..toHead]);
        AppendToTail(text[toHead..]);
    }

    /// <summary>Throws what the receiver has thrown.</summary>
    public void ThrowRefusal() => _refusal?.Throw();

    /// <summary>The whole text, or its two ends around a line that says how many characters were left out; empty when it
    /// was handed on.</summary>
    public override string ToString()
    {
        if (receiver is not null) return "";
        var head = _head.ToString();
        var tail = _tail.AsSpan(0, _tailLength);
        if (!IsTruncated && tail.IsEmpty) return head;
        return IsTruncated ? AroundTheGap(head, tail[^_tailLimit..]) : $"{head}{tail}";
    }

    private void HandOn(OutputReceiver receiver, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || _refusal is not null) return;
        try
        {
            receiver(text);
        }
#pragma warning disable CA1031 // It is thrown again where the end is waited for: until then the command has to be read.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _refusal = ExceptionDispatchInfo.Capture(e);
        }
    }

    private void AppendToTail(ReadOnlySpan<char> text)
    {
        if (text.Length > _tailLimit)
            text = text[^_tailLimit..];
        if (text.Length > _tail.Length - _tailLength)
            MakeRoomInTail(text.Length);

        text.CopyTo(_tail.AsSpan(_tailLength));
        _tailLength += text.Length;
    }

    /// <summary>Moves what can still be kept to the front, in twice the space, so that moves are rare.</summary>
    private void MakeRoomInTail(int count)
    {
        var kept = _tail.AsSpan(0, _tailLength);
        kept = kept[^Math.Min(_tailLength, _tailLimit - count)..];

        var space = (int)Math.Min(2L * (kept.Length + count), Array.MaxLength);
        var moved = _tail.Length < space ? new char[space] : _tail;
        kept.CopyTo(moved);
        _tail = moved;
        _tailLength = kept.Length;
    }

    private string AroundTheGap(ReadOnlySpan<char> head, ReadOnlySpan<char> tail)
    {
        // Half a surrogate pair at a cut is no character, and would spoil any later encoding.
        if (head.Length > 0 && char.IsHighSurrogate(head[^1]))
            head = head[..^1];
        if (tail.Length > 0 && char.IsLowSurrogate(tail[0]))
            tail = tail[1..];

        var omitted = _length - head.Length - tail.Length;
        return string.Create(CultureInfo.InvariantCulture, $"{head}\n[... {omitted} characters left out ...]\n{tail}");
    }
}
