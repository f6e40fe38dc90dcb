using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

/// <summary>What <c>systemctl show</c> prints means the same, however it is cut into pieces.</summary>
public class ShowReaderProperties
{
    private const string End =
        " ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=84 ; code=(null) ; status=0/0 }";

    private static readonly string[] Parts =
    [
        "Id=a.service", "Id=b.service", "MainPID=1", "LoadState=loaded", "Environment=A=b \"C=d e\"", "é=日本 😀", "=", "x",
        "ExecStart={ path=/bin/a ; argv[]=/bin/a", "ExecStart={ path=", "{ path=", "}", " }", End, End, "\n", "\n", "\n", "\n\n", "",
    ];

    private static Gen<string> Texts => Gen.Elements(Parts).ListOf().Select(string.Concat);

    [Property(MaxTest = 2000, EndSize = 40)]
    public Property Any_cut_of_any_text_gives_the_blocks_of_the_whole() => Prop.ForAll(
        (from text in Texts from cuts in Gen.Choose(0, 12).ListOf() select (text, cuts)).ToArbitrary(),
        sample => Assert.Equal(
            ShowOutput.Parse(sample.text).Select(Lines), Read(Pieces(sample.text, [.. sample.cuts])).Select(Lines)));

    [Property(MaxTest = 1000, EndSize = 40)]
    public Property One_character_at_a_time_gives_the_blocks_of_the_whole() => Prop.ForAll(
        Texts.ToArbitrary(),
        text => Assert.Equal(ShowOutput.Parse(text).Select(Lines), Read(text.Select(c => c.ToString())).Select(Lines)));

    [Fact]
    public void A_block_is_given_as_soon_as_the_line_after_it_is_empty()
    {
        var blocks = new List<ImmutableDictionary<string, string>>();
        var reader = new ShowReader(blocks.Add);

        reader.Add($"Id=a.service\nExecStart={{ path=/bin/a ; argv[]=/bin/a\n\nId=forged{End}\n");
        Assert.Empty(blocks);
        reader.Add("\nId=b.ser");
        Assert.Equal("a.service", Assert.Single(blocks)["Id"]);
        reader.Add("vice\n");
        Assert.Single(blocks);
        reader.Complete();

        Assert.Equal(["a.service", "b.service"], blocks.Select(block => block["Id"]));
    }

    private static List<ImmutableDictionary<string, string>> Read(IEnumerable<string> pieces)
    {
        var blocks = new List<ImmutableDictionary<string, string>>();
        var reader = new ShowReader(blocks.Add);
        foreach (var piece in pieces) reader.Add(piece);
        reader.Complete();
        return blocks;
    }

    // The lengths come round again; a text without any is one piece.
    private static IEnumerable<string> Pieces(string text, ImmutableArray<int> lengths)
    {
        var at = 0;
        for (var i = 0; at < text.Length; i++)
        {
            var length = lengths.All(one => one == 0) ? text.Length : Math.Min(lengths[i % lengths.Length], text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }

    private static string Lines(ImmutableDictionary<string, string> block) =>
        string.Join('\n', block.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
}
