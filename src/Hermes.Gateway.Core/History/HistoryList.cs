using System.Collections.Immutable;
using System.Text;

namespace Hermes.Gateway.Core.History;

/// <summary>A service's operations, the newest last, within bounds. Pure.</summary>
public static class HistoryList
{
    /// <summary>The most entries kept.</summary>
    public const int MostEntries = 100;

    /// <summary>The most bytes kept, with the ends of the lines.</summary>
    public const int MostBytes = 512 << 10;

    /// <summary>Adds an operation. Operations in a row that found nothing to do are one entry, so that the deploys of a
    /// working day do not push out what matters; whatever is too much goes, the oldest first.</summary>
    public static ImmutableArray<HistoryEntry> Add(ImmutableArray<HistoryEntry> entries, HistoryEntry added)
    {
        ImmutableArray<HistoryEntry> all = entries is [.. var before, var last] && HistoryRecord.Of(added).IsMoreOf(last)
            ? [.. before, last with { Last = added.Last, Count = Sum(last.Count, added.Count) }]
            : [.. entries, added];
        var (first, bytes) = (all.Length, 0);
        while (first > 0 && all.Length - first < MostEntries)
        {
            bytes += Encoding.UTF8.GetByteCount(all[first - 1].ToLine()) + 1;
            if (bytes > MostBytes) break;
            first--;
        }

        return all[first..];
    }

    /// <summary>The number of both together.</summary>
    internal static int Sum(int a, int b) => (int)Math.Min((long)a + b, int.MaxValue);
}
