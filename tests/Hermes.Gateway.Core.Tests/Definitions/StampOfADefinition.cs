using System.Collections.Immutable;
using FsCheck.Fluent;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.Definitions;

public class StampOfADefinition
{
    [Theory]
    [InlineData("r1")]
    [InlineData("")]
    [InlineData("a:b:c")]
    public void Stamp_is_parsed_back_from_its_text(string revision)
    {
        var stamp = Stamp.Of([KeyValuePair.Create("Program", "/x")], revision);
        Assert.Equal(stamp, Stamp.TryParse(stamp.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1:0123456789abcdef")]
    [InlineData("2:0123456789abcdef:r")]
    [InlineData("1:short:r")]
    [InlineData("x:0123456789abcdef:r")]
    public void Text_of_another_form_or_schema_is_not_parsed_as_a_stamp(string? text) => Assert.Null(Stamp.TryParse(text));

    [Fact]
    public void Same_keys_in_any_order_give_the_same_stamp() => HostileText.ForAll(
        HostileText.Words.ArrayOf(),
        words =>
        {
            var keys = words.Select((word, i) => KeyValuePair.Create($"K{i}", word)).ToList();
            Assert.Equal(Stamp.Of(keys, "r"), Stamp.Of(keys.AsEnumerable().Reverse(), "r"));
        });

    [Fact]
    public void Changed_key_changes_the_stamp() => HostileText.ForAll(
        HostileText.Words,
        some =>
        {
            var word = "w" + some;
            var keys = ImmutableSortedDictionary<string, string>.Empty.Add("A", word).Add("B", "b");
            var stamps = new[]
            {
                keys, keys.SetItem("A", word + "x"), keys.SetItem("B", word + "b"), keys.Remove("B"), keys.Add("C", word),
                keys.Add("C", ""), keys.Remove("A").Add("AA", word),
            }.Select(changed => Stamp.Of(changed, "r").Hash).ToList();
            Assert.Equal(stamps.Count, stamps.Distinct().Count());
        });

    [Fact]
    public void Place_of_the_project_does_not_change_the_stamp() => Assert.Equal(
        Stamp.Of([KeyValuePair.Create("Program", "/x"), KeyValuePair.Create("Source", "/a/App.csproj")], "r"),
        Stamp.Of([KeyValuePair.Create("Program", "/x"), KeyValuePair.Create("Source", "/b/App.csproj")], "r"));

    [Fact]
    public void Different_keys_that_concatenate_to_the_same_text_have_different_stamps() => Assert.NotEqual(
        Stamp.Of([KeyValuePair.Create("A", "x1:By"), KeyValuePair.Create("B", "")], "r"),
        Stamp.Of([KeyValuePair.Create("A", "x"), KeyValuePair.Create("B", "1:By")], "r"));

    [Fact]
    public void Rebuilt_program_changes_the_revision_and_not_the_hash()
    {
        var keys = new[] { KeyValuePair.Create("Program", "/x") };
        Assert.Equal(Stamp.Of(keys, "r1").Hash, Stamp.Of(keys, "r2").Hash);
        Assert.NotEqual(Stamp.Of(keys, "r1"), Stamp.Of(keys, "r2"));
    }
}
