
namespace Launchd.Simulator.Tests.Replay;

/// <summary>Replays the transcripts whose names begin with certain verbs: a class for each group, and they run side by
/// side.</summary>
public abstract class ReplayOfTranscripts(ITestOutputHelper log)
{
    /// <summary>Runs a transcript for one flavour of macOS.</summary>
    protected void Replay(string name, int os)
    {
        var transcript = TranscriptFiles.Get(name);
        var differences = new TranscriptReplay(transcript, os).Run();

        // What is only believed must be answered at all, and it was: a command without an answer is an exception.
        if (transcript.Tag == TranscriptTag.Unconfirmed)
            log.WriteLine($"unconfirmed; {differences.Length} differences\n{string.Join('\n', differences)}");
        else
            Assert.True(differences.IsEmpty, $"{transcript.Title} ({transcript.Source})\n{string.Concat(differences)}");
    }

    /// <summary>Transcripts with their flavours.</summary>
    protected static TheoryData<string, int> Cases(Predicate<string> isOurs)
    {
        var cases = new TheoryData<string, int>();
        foreach (var transcript in TranscriptFiles.All.Where(transcript => isOurs(Verb(transcript))))
        {
            foreach (var os in transcript.Flavours)
                cases.Add(transcript.Name, os);
        }

        return cases;
    }

    private static string Verb(Transcript transcript) => transcript.Name.Split('-')[0];
}

/// <summary>Loading.</summary>
public class ReplayOfBootstrap(ITestOutputHelper log) : ReplayOfTranscripts(log)
{
    public static TheoryData<string, int> Ours => Cases(IsOurs);

    internal static bool IsOurs(string verb) => verb == "bootstrap";

    [Theory]
    [MemberData(nameof(Ours))]
    public void Simulator_gives_the_output_and_exit_code_of_a_Mac(string transcript, int os) => Replay(transcript, os);
}

/// <summary>Ending and starting what is loaded.</summary>
public class ReplayOfBootoutAndKickstart(ITestOutputHelper log) : ReplayOfTranscripts(log)
{
    public static TheoryData<string, int> Ours => Cases(IsOurs);

    internal static bool IsOurs(string verb) => verb is "bootout" or "kickstart";

    [Theory]
    [MemberData(nameof(Ours))]
    public void Simulator_gives_the_output_and_exit_code_of_a_Mac(string transcript, int os) => Replay(transcript, os);
}

/// <summary>Describing.</summary>
public class ReplayOfPrint(ITestOutputHelper log) : ReplayOfTranscripts(log)
{
    public static TheoryData<string, int> Ours => Cases(IsOurs);

    internal static bool IsOurs(string verb) => verb == "print";

    [Theory]
    [MemberData(nameof(Ours))]
    public void Simulator_gives_the_output_and_exit_code_of_a_Mac(string transcript, int os) => Replay(transcript, os);
}

/// <summary>Everything else: overrides, the legacy verbs, help.</summary>
public class ReplayOfOtherVerbs(ITestOutputHelper log) : ReplayOfTranscripts(log)
{
    public static TheoryData<string, int> Ours => Cases(verb => !ReplayOfBootstrap.IsOurs(verb)
        && !ReplayOfBootoutAndKickstart.IsOurs(verb) && !ReplayOfPrint.IsOurs(verb));

    [Theory]
    [MemberData(nameof(Ours))]
    public void Simulator_gives_the_output_and_exit_code_of_a_Mac(string transcript, int os) => Replay(transcript, os);
}
