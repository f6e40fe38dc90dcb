namespace Launchd.Simulator.Tests.Replay;

/// <summary>How much a transcript is worth.</summary>
public enum TranscriptTag
{
    /// <summary>Run on a Mac for this purpose.</summary>
    Measured,

    /// <summary>Read in public source.</summary>
    Source,

    /// <summary>Shown with its output in a public issue.</summary>
    Issue,

    /// <summary>What the fakes and tests of several independent projects agree on.</summary>
    Tests,

    /// <summary>Believed, or contradicted: reported when it is different, never asserted.</summary>
    Unconfirmed,
}
