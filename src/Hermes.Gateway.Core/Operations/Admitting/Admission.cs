using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Core.Operations.Admitting;

/// <summary>The result of the phase before the first observation of one service: whether anything forbids the operation, and what
/// earlier operations recorded.</summary>
internal sealed record Admission : PhaseResult
{
    /// <summary>Whether nothing that is stored of the service may be read, because another account could have changed it.</summary>
    public bool IsStateUntrusted { get; init; }

    /// <summary>The start that the last successful operation verified; null when none is stored.</summary>
    public VerifiedStart? LastVerifiedStart { get; init; }

    /// <summary>The journal entry of an operation that was interrupted; null when there is none.</summary>
    public JournalEntry? Interrupted { get; init; }

    /// <summary>Whether something that is not a file of this account's stands at the journal entry's path.</summary>
    public bool HasUntrustedEntry { get; init; }
}
