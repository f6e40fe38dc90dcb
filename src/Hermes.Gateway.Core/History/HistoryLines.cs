using System.Text;

namespace Hermes.Gateway.Core.History;

/// <summary>What becomes of a history's file: some of its lines stay as they are, and one is added at their
/// end.</summary>
/// <param name="From">Where what stays begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Line">What follows it, with its end.</param>
/// <param name="IsNews">Whether it tells more than that nothing was to be done once more.</param>
internal sealed record HistoryChange(int From, int To, byte[] Line, bool IsNews)
{
    /// <summary>How many bytes at the beginning of <see cref="Line"/> are all that changes of the line that is there, which
    /// is then as long; 0 when it has to be written anew.</summary>
    public int Overwrites { get; init; }
}

/// <summary>Adds an operation to the lines of a file as <see cref="HistoryList"/> adds it to the entries in them, but
/// reads no line. Pure.</summary>
internal static class HistoryLines
{
    /// <summary>What is to be done; null when the lines are not all as we write them, so that each has to be looked at.
    /// </summary>
    public static HistoryChange? Add(ReadOnlyMemory<byte> lines, HistoryRecord added)
    {
        var file = lines.Span;
        if (file.Length > HistoryList.MostBytes || (file.Length > 0 && file[^1] != '\n')) return null;
        HistoryHead? last = null;
        var to = file.Length;
        if (added.IsNoOp && file.Length > 0)
        {
            var line = file[StartOfLast(file)..];
            last = HistoryHead.TryRead(line);
            if (last is null) return null;
            if (line[last.Length..].StartsWith(added.Sameness)) to = StartOfLast(file);
            else last = null;
        }

        var (addedLine, overwrites) = last is null ? (added.ToLine(), 0) : OnceMore(file[to..], last, added);
        var (from, count) = (to, 1);
        while (from > 0)
        {
            var start = StartOfLast(file[..from]);
            if (!IsWhole(file[start..(from - 1)])) return null;
            if (count == HistoryList.MostEntries || to - start + addedLine.Length > HistoryList.MostBytes) break;
            (from, count) = (start, count + 1);
        }

        return new HistoryChange(from, to, addedLine, last is null) { Overwrites = from == 0 ? overwrites : 0 };
    }

    private static (byte[] Line, int Overwrites) OnceMore(ReadOnlySpan<byte> line, HistoryHead last, HistoryRecord added)
    {
        var head = last.OnceMore(added.Last, added.Count);
        return ([.. head, .. line[last.Length..]], head.Length == last.Length ? head.Length : 0);
    }

    private static int StartOfLast(ReadOnlySpan<byte> lines) => lines[..^1].LastIndexOf((byte)'\n') + 1;

    // A line that was cut short, or was never one.
    private static bool IsWhole(ReadOnlySpan<byte> line) => line.StartsWith("{\"schema\":"u8) && line.EndsWith("}}"u8);
}
