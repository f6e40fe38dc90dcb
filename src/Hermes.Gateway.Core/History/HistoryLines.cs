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
/// reads no line except the last, and that only to tell whether this is the same once more. Pure.</summary>
internal static class HistoryLines
{
    /// <summary>What is to be done; null when the lines are not all as we write them, so that each has to be looked at.
    /// </summary>
    public static HistoryChange? Add(ReadOnlyMemory<byte> lines, HistoryRecord added)
    {
        var file = lines.Span;
        if (file.Length > HistoryList.MostBytes || (file.Length > 0 && file[^1] != '\n')) return null;
        HistoryEntry? last = null;
        if (added.IsNoOp && file.Length > 0)
        {
            last = HistoryEntry.TryParse(lines[StartOfLast(file)..^1]);
            if (last is null) return null;
        }

        var more = last is not null && added.IsMoreOf(last) ? last : null;
        var to = more is null ? file.Length : StartOfLast(file);
        var (line, overwrites) = more is null ? (added.ToLine(), 0) : OnceMore(file[to..], more, added);
        var (from, count) = (to, 1);
        while (from > 0)
        {
            var start = StartOfLast(file[..from]);
            if (!IsWhole(file[start..(from - 1)])) return null;
            if (count == HistoryList.MostEntries || to - start + line.Length > HistoryList.MostBytes) break;
            (from, count) = (start, count + 1);
        }

        return new HistoryChange(from, to, line, more is null) { Overwrites = from == 0 ? overwrites : 0 };
    }

    private static (byte[] Line, int Overwrites) OnceMore(ReadOnlySpan<byte> line, HistoryEntry last, HistoryRecord added)
    {
        var count = HistoryList.Sum(last.Count, added.Count);
        var before = Encoding.UTF8.GetBytes(HistoryEntry.Head(last.When, last.Last, last.Count));
        if (!line.StartsWith(before)) return ([.. Encoding.UTF8.GetBytes((last with { Last = added.Last, Count = count }).ToLine()), (byte)'\n'], 0);
        var after = Encoding.UTF8.GetBytes(HistoryEntry.Head(last.When, added.Last, count));
        return ([.. after, .. line[before.Length..]], after.Length == before.Length ? after.Length : 0);
    }

    private static int StartOfLast(ReadOnlySpan<byte> lines) => lines[..^1].LastIndexOf((byte)'\n') + 1;

    // A line that was cut short, or was never one.
    private static bool IsWhole(ReadOnlySpan<byte> line) => line.StartsWith("{\"schema\":"u8) && line.EndsWith("}}"u8);
}
