namespace Launchd.Simulator.Tests.Replay;

/// <summary>That the collection is complete and says where everything is from.</summary>
public class TranscriptCollection
{
    [Fact]
    public void Every_fact_of_the_table_has_a_transcript() =>
        Assert.Empty(TranscriptFiles.Facts.Except(TranscriptFiles.All.SelectMany(transcript => transcript.Rows)));

    [Fact]
    public void Every_transcript_refers_only_to_facts_of_the_table() =>
        Assert.Empty(TranscriptFiles.All.SelectMany(transcript => transcript.Rows).Except(TranscriptFiles.Facts));

    [Fact]
    public void Every_fact_of_the_table_has_a_confirmed_transcript() =>
        Assert.Empty(TranscriptFiles.Facts.Except(TranscriptFiles.All
            .Where(transcript => transcript.Tag != TranscriptTag.Unconfirmed)
            .SelectMany(transcript => transcript.Rows)));

    [Fact]
    public void Every_transcript_names_its_source_and_runs_a_command() =>
        Assert.All(TranscriptFiles.All, transcript =>
        {
            Assert.NotEmpty(transcript.Title);
            Assert.NotEmpty(transcript.Source);
            Assert.NotEmpty(transcript.Flavours);
            Assert.Contains(transcript.Steps, step => step is RunCommand);
        });

    [Fact]
    public void Titles_of_transcripts_are_unique() =>
        Assert.Equal(
            TranscriptFiles.All.Select(transcript => transcript.Title).Distinct(),
            TranscriptFiles.All.Select(transcript => transcript.Title));
}
