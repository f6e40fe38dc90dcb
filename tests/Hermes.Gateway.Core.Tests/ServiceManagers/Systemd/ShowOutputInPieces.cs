using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public class ShowOutputInPieces
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
    public Property Gives_the_same_units_however_it_is_cut() => Prop.ForAll(
        (from text in Texts from cuts in Gen.Choose(0, 12).ListOf() select (text, cuts)).ToArbitrary(),
        sample => Assert.Equal(
            ShowOutput.Parse(sample.text).Select(Lines), Read(Pieces(sample.text, [.. sample.cuts])).Select(Lines)));

    [Property(MaxTest = 1000, EndSize = 40)]
    public Property Gives_the_same_units_one_character_at_a_time() => Prop.ForAll(
        Texts.ToArbitrary(),
        text => Assert.Equal(ShowOutput.Parse(text).Select(Lines), Read(text.Select(c => c.ToString())).Select(Lines)));

    [Fact]
    public void Gives_a_unit_as_soon_as_an_empty_line_follows()
    {
        var units = new List<UnitProperties>();
        var reader = new ShowOutputReader(units.Add);

        reader.Add($"Id=a.service\nExecStart={{ path=/bin/a ; argv[]=/bin/a\n\nId=forged{End}\n");
        Assert.Empty(units);
        reader.Add("\nId=b.ser");
        Assert.Equal("a.service", Assert.Single(units)["Id"]);
        reader.Add("vice\n");
        Assert.Single(units);
        reader.Complete();

        Assert.Equal(["a.service", "b.service"], units.Select(unit => unit["Id"]));
    }

    private static List<UnitProperties> Read(IEnumerable<string> pieces)
    {
        var units = new List<UnitProperties>();
        var reader = new ShowOutputReader(units.Add);
        foreach (var piece in pieces) reader.Add(piece);
        reader.Complete();
        return units;
    }

    // Repeats the lengths; without any, the text is one piece.
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

    private static string Lines(UnitProperties unit) =>
        string.Join('\n', unit.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
}
