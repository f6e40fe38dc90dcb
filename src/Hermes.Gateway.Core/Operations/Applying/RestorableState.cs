using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;

namespace Hermes.Gateway.Core.Operations.Applying;

/// <summary>The state of a service that worked, which a rollback restores: a definition that was on disk and loaded, with a process of
/// it that was stable.</summary>
/// <param name="Path">The definition's path.</param>
/// <param name="Text">The definition's text.</param>
/// <param name="Stamp">Its stamp; null when it has none.</param>
/// <param name="Invocation">Identifies the start of its process; null if that has ended since.</param>
/// <param name="WasEnabled">Whether the service started by itself at login or boot.</param>
internal sealed record RestorableState(string Path, string Text, Stamp? Stamp, string? Invocation, bool WasEnabled)
{
    /// <summary>Returns the state that <paramref name="before"/> shows; null if it is not known to work. Pure.</summary>
    /// <param name="before">The service before anything was changed.</param>
    /// <param name="lastProof">The last verified start; null when none is recorded.</param>
    /// <param name="stability">How long the process must have lived, unless its start was verified.</param>
    /// <param name="now">The time of the observation.</param>
    public static RestorableState? Of(ServiceObservation before, VerifiedStart? lastProof, TimeSpan stability, DateTimeOffset now)
    {
        if (before is not
            {
                Installed: { Kind: InstalledKind.Present, Text: { } text, Content: { } content },
                Loaded: { IsLoaded: Answer.Yes, IsOlderThanDisk: false } loaded,
                Running: { Activity: Activity.Up, ProcessId: not null, Invocation: { } invocation } running,
            })
            return null;
        // The process was not started from the definition on disk.
        if (loaded.Stamp != content.Stamp) return null;
        // The process of a crash loop is up from time to time.
        var lasts = lastProof?.Invocation == invocation || (running.StartedAt is { } start && now - start >= stability);
        return lasts ? new RestorableState(before.DefinitionPath, text, content.Stamp, invocation, before.Enabled == Answer.Yes) : null;
    }
}
