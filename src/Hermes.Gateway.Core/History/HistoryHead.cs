using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Hermes.Gateway.Core.History;

/// <summary>What a line of a history begins with, as <see cref="HistoryEntry.WriteTo"/> writes it: all that grows when the
/// same happens once more, and behind it what tells that it is the same. Read as it stands there, without a reader of
/// JSON: a deploy with nothing to do is to cost next to nothing.</summary>
/// <param name="When">When the operation began, as it is written.</param>
/// <param name="Count">How many operations the line stands for.</param>
/// <param name="Length">Bytes of the head.</param>
internal sealed record HistoryHead(string When, int Count, int Length)
{
    private static readonly string Start = $"{{\"schema\":{HistoryEntry.Schema},\"when\":\"";
    private const string Shape = "0000-00-00T00:00:00.000Z";

    /// <summary>The head of a line; null when it does not begin as ours do.</summary>
    public static HistoryHead? TryRead(ReadOnlySpan<byte> line)
    {
        var at = 0;
        if (!Skip(line, Start, ref at) || ReadTime(line, ref at) is not { } when
            || !Skip(line, "\",\"last\":\"", ref at) || ReadTime(line, ref at) is null
            || !Skip(line, "\",\"count\":", ref at)
            || !Utf8Parser.TryParse(line[at..], out int count, out var digits) || count <= 0)
            return null;
        at += digits;
        return Skip(line, ",", ref at) ? new HistoryHead(when, count, at) : null;
    }

    /// <summary>The same head for one operation more, or several.</summary>
    public byte[] OnceMore(DateTimeOffset last, int count) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{Start}{When}\",\"last\":\"{HistoryEntry.Time(last)}\",\"count\":{HistoryList.Sum(Count, count)},"));

    private static bool Skip(ReadOnlySpan<byte> line, string text, ref int at)
    {
        if (line.Length < at + text.Length) return false;
        for (var i = 0; i < text.Length; i++)
            if (line[at + i] != text[i]) return false;
        at += text.Length;
        return true;
    }

    private static string? ReadTime(ReadOnlySpan<byte> line, ref int at)
    {
        if (line.Length < at + Shape.Length) return null;
        var time = line.Slice(at, Shape.Length);
        for (var i = 0; i < Shape.Length; i++)
            if (Shape[i] == '0' ? time[i] is < (byte)'0' or > (byte)'9' : time[i] != Shape[i]) return null;
        at += Shape.Length;
        return Encoding.UTF8.GetString(time);
    }
}
