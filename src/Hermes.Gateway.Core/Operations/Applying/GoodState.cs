using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;

namespace Hermes.Gateway.Core.Operations.Applying;

/// <summary>What a service was before an operation, if it was worth going back to: a definition on disk that the manager
/// held, and a process of it that lasted.</summary>
/// <param name="Path">The definition's path.</param>
/// <param name="Text">The definition.</param>
/// <param name="Stamp">Its stamp; null when it has none.</param>
/// <param name="Invocation">The start of its process; null when that has ended since.</param>
/// <param name="WasEnabled">Whether it started by itself at login or boot.</param>
internal sealed record GoodState(string Path, string Text, Stamp? Stamp, string? Invocation, bool WasEnabled)
{
    /// <summary>What <paramref name="before"/> shows to go back to; null when there is nothing that is known to work. Pure.
    /// </summary>
    /// <param name="before">The service before anything was changed.</param>
    /// <param name="lastProof">The start that was last verified; null when none is on record.</param>
    /// <param name="stability">How long a process must have lived to count, when it is not that start.</param>
    /// <param name="now">The time of the observation.</param>
    public static GoodState? Of(ServiceObservation before, VerifiedStart? lastProof, TimeSpan stability, DateTimeOffset now)
    {
        if (before is not
            {
                Installed: { Kind: InstalledKind.Present, Text: { } text, Content: { } content },
                Loaded: { IsLoaded: Answer.Yes, IsOlderThanDisk: false } loaded,
                Running: { Activity: Activity.Up, ProcessId: not null, Invocation: { } invocation } running,
            })
            return null;
        // What is on disk is then not what the process was made from.
        if (loaded.Stamp != content.Stamp) return null;
        // The process of a crash loop is up, too, from time to time.
        var lasts = lastProof?.Invocation == invocation || (running.StartedAt is { } start && now - start >= stability);
        return lasts ? new GoodState(before.DefinitionPath, text, content.Stamp, invocation, before.Enabled == Answer.Yes) : null;
    }
}
