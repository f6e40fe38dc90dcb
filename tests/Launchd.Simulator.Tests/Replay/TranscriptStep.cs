using System.Collections.Immutable;

namespace Launchd.Simulator.Tests.Replay;

/// <summary>One step of a transcript, at a line of its file.</summary>
public abstract record TranscriptStep(int Line);

/// <summary>Writes a file into the folder of the agents.</summary>
/// <param name="Owner">Who owns it, where the test may give it away; else the user of the test does.</param>
/// <param name="Keys">The keys of a property list with their values as JSON; null for any other file.</param>
/// <param name="Text">The content as it is.</param>
public sealed record WriteFile(
    int Line,
    string Name,
    UnixFileMode Mode,
    uint? Owner,
    ImmutableArray<KeyValuePair<string, string>>? Keys,
    string Text) : TranscriptStep(Line);

/// <summary>Deletes a file from there.</summary>
public sealed record DeleteFile(int Line, string Name) : TranscriptStep(Line);

/// <summary>Waits until a program has made a file in the home folder.</summary>
public sealed record AwaitFile(int Line, string Name) : TranscriptStep(Line);

/// <summary>Lays further settings over those in force.</summary>
public sealed record ChangeSettings(int Line, string Json) : TranscriptStep(Line);

/// <summary>Runs <c>launchctl</c>.</summary>
/// <param name="Repeats">Whether it is run again until the answer is as expected, within a bound.</param>
public sealed record RunCommand(int Line, ImmutableArray<string> Arguments, bool Repeats, Expectation Expected)
    : TranscriptStep(Line);
