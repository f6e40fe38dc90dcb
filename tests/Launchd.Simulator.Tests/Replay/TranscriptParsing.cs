namespace Launchd.Simulator.Tests.Replay;

/// <summary>That no slip of the pen makes an expectation disappear.</summary>
public class TranscriptParsing
{
    private const string Header = "title: t\nsource: s\ntag: issue\nos: 12 26\nrow: a b\n";

    [Fact]
    public void Header_settings_and_steps_are_parsed()
    {
        var transcript = Read(
            """
            settings: {"root": true}

            # A remark.
            plist: agent.plist mode=0600 owner=7
              Label = "a = b"
            file: other.plist
              <plist>
                x
            ? launchctl print gui/<UID>
            | one
            |
            |+ 	two
            !- no
            = 37 or 133
            delete: other.plist
            await: ready
            settings: {"root": false}
            """);

        Assert.Equal(TranscriptTag.Issue, transcript.Tag);
        Assert.Equal([12, 26], transcript.Flavours.AsEnumerable());
        Assert.Equal(["a", "b"], transcript.Rows.AsEnumerable());
        Assert.Equal("""{"root": true}""", transcript.Settings);

        var agent = Assert.IsType<WriteFile>(transcript.Steps[0]);
        Assert.Equal("agent.plist", agent.Name);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, agent.Mode);
        Assert.Equal(7u, agent.Owner);
        Assert.Equal([KeyValuePair.Create("Label", "\"a = b\"")], agent.Keys!.Value.AsEnumerable());

        var other = Assert.IsType<WriteFile>(transcript.Steps[1]);
        Assert.Null(other.Keys);
        Assert.Equal("<plist>\n  x", other.Text);

        Assert.Equal("ready", Assert.Single(transcript.Steps.OfType<AwaitFile>()).Name);
    }

    [Theory]
    [InlineData("$ launchctl print\n| no exit code\n")]
    [InlineData("$ launchctl print\n= no number\n")]
    [InlineData("$ launchctl print\n|* unknown mark\n= 0\n")]
    [InlineData("| a line without a command\n")]
    [InlineData("$ rm -rf x\n= 0\n")]
    [InlineData("plist: a.plist\n  no value\n")]
    [InlineData("plist: a.plist size=7\n")]
    [InlineData("plsit: a.plist\n")]
    [InlineData("plist: a.plist\n\n  Label = 1\n")]
    public void Malformed_step_throws_FormatException(string steps) =>
        Assert.Throws<FormatException>(() => Read("\n" + steps));

    [Theory]
    [InlineData("title: t\n\n$ launchctl list\n= 0\n")]
    [InlineData(Header + "colour: red\n\n$ launchctl list\n= 0\n")]
    public void Missing_or_unknown_header_field_throws_FormatException(string text) =>
        Assert.Throws<FormatException>(() => new TranscriptReader("test", text.Split('\n')).Read());

    private static Transcript Read(string rest) => new TranscriptReader("test", (Header + rest).Split('\n')).Read();
}
