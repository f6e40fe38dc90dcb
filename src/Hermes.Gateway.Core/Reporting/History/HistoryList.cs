using System.Collections.Immutable;
using System.Text;

namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>Merges and bounds the entries of a service's history. Pure: reads and writes no file.</summary>
public static class HistoryList
{
    /// <summary>The most entries that are kept.</summary>
    public const int MostEntries = 100;

    /// <summary>The most bytes of the entries that are kept, as lines of a file.</summary>
    public const int MostBytes = 512 << 10;

    /// <summary>Merges operations in a row that found nothing to do into one entry, so that the deploys of a working day do not
    /// displace what matters, and drops the oldest entries beyond the bounds.</summary>
    /// <param name="entries">The entries, the newest last.</param>
    public static ImmutableArray<HistoryEntry> Of(IEnumerable<HistoryEntry> entries)
    {
        var merged = new List<HistoryEntry>();
        foreach (var entry in entries)
        {
            if (merged is [.., var last] && entry.Repeats(last))
                merged[^1] = last with { Last = entry.Last, Count = (int)Math.Min((long)last.Count + entry.Count, int.MaxValue) };
            else merged.Add(entry);
        }

        var (first, bytes) = (merged.Count, 0);
        while (first > 0 && merged.Count - first < MostEntries)
        {
            bytes += Encoding.UTF8.GetByteCount(merged[first - 1].ToLine()) + 1;
            if (bytes > MostBytes) break;
            first--;
        }

        return [.. merged[first..]];
    }
}
