using System.Collections.Immutable;

namespace Launchd.Simulator.Tests.Replay;

/// <summary>What was once seen of macOS's <c>launchctl</c>: a file of <c>transcripts/</c>; see its README.</summary>
public sealed record Transcript
{
    /// <summary>The file's name without its extension.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>Where it can be read in public.</summary>
    public required string Source { get; init; }

    public required TranscriptTag Tag { get; init; }

    /// <summary>The flavours of macOS that answer like this: the setting <c>os</c> of the simulator.</summary>
    public required ImmutableArray<int> Flavours { get; init; }

    /// <summary>The keys, in the README's table, of the facts that this shows.</summary>
    public required ImmutableArray<string> Rows { get; init; }

    /// <summary>Settings of the simulator as JSON; other than <c>os</c>.</summary>
    public required string Settings { get; init; }

    public required ImmutableArray<TranscriptStep> Steps { get; init; }
}
