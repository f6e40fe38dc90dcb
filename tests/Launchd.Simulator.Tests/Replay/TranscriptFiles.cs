using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Launchd.Simulator.Tests.Replay;

/// <summary>The transcripts of this project and the table of facts in their README.</summary>
internal static partial class TranscriptFiles
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "transcripts");

    public static ImmutableArray<Transcript> All { get; } = [.. Directory.EnumerateFiles(Folder, "*.transcript")
        .Order(StringComparer.Ordinal)
        .Select(TranscriptReader.Read)];

    public static Transcript Get(string name) => All.Single(transcript => transcript.Name == name);

    /// <summary>The keys of the table: <c>| `key` | fact |</c>.</summary>
    public static ImmutableArray<string> Facts { get; } = [.. FactRow()
        .Matches(File.ReadAllText(Path.Combine(Folder, "README.md")))
        .Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"^\| `([a-z0-9-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex FactRow();
}
