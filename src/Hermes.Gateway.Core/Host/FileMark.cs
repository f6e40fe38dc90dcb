using System.Globalization;

namespace Hermes.Gateway.Core.Host;

/// <summary>What changes with every change of a file's content. Its time of writing can be set to anything; the time of
/// its change (st_ctime) is the kernel's own.</summary>
internal sealed record FileMark(
    long Size, long WrittenSeconds, long WrittenNanoseconds, long ChangedSeconds, long ChangedNanoseconds)
{
    /// <summary>Whether the file was last changed before <paramref name="moment"/>.</summary>
    public bool IsOlderThan(DateTimeOffset moment) => Math.Max(WrittenSeconds, ChangedSeconds) < moment.ToUnixTimeSeconds();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Size}:{WrittenSeconds}.{WrittenNanoseconds}:{ChangedSeconds}.{ChangedNanoseconds}");
}
