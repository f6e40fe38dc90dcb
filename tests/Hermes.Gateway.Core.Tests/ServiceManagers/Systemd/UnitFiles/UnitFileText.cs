using System.Collections.Immutable;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd.UnitFiles;

public class UnitFileText
{
    [Fact]
    public void Is_parsed_into_assignments_in_order()
    {
        var file = UnitFile.Parse("[Unit]\nDescription=a b\nAfter=x\n[Service]\nType=exec\n");

        Assert.Equal(
            [("Unit", "Description", "a b"), ("Unit", "After", "x"), ("Service", "Type", "exec")], Assignments(file));
        Assert.True(file.IsLoadable);
    }

    [Theory]
    [InlineData(" Description \t= \t v \t", "v")]
    [InlineData("Description=\v v \f", "\v v \f")]
    [InlineData("Description=", "")]
    [InlineData("Description=x # no comment ; nor this", "x # no comment ; nor this")]
    [InlineData("Description=a=b", "a=b")]
    [InlineData("Description=\u00A0x\u00A0", "\u00A0x\u00A0")]
    [InlineData("Description=日本 😀 \u2028 \u0085", "日本 😀 \u2028 \u0085")]
    [InlineData("Description=x\0Type=y", "x")]
    [InlineData("Description=x\rType=y", "x")]
    public void Loses_only_the_blanks_around_keys_and_values(string line, string value) =>
        Assert.Equal(("Unit", "Description", value), Assignments(UnitFile.Parse($"[Unit]\n{line}\n")).First());

    [Theory]
    [InlineData("a\\\nb", "a b")]
    [InlineData("a\\\n  # comment\n ;another\nb\\\n", "a b")]
    [InlineData("a\\\n# last", "a")]
    [InlineData("a\\", "a")]
    [InlineData("a\\ ", "a\\")]
    [InlineData("a\\ \nb", "a\\")]
    [InlineData("a\\\\\nb", "a\\\\")]
    [InlineData("a\\\\\\\nb", "a\\\\ b")]
    [InlineData("a\\\n\nb", "a")]
    [InlineData("a\\\r\nb\\\n\rc", "a b c")]
    [InlineData("  a  \\\n   b  ", "a      b")]
    public void Continues_a_line_that_ends_in_a_backslash(string text, string value) =>
        Assert.Equal(("Unit", "Key", value), Assignments(UnitFile.Parse($"[Unit]\nKey={text}")).First());

    [Theory]
    [InlineData("[Un\\\nit]\nA=1", "Un it", "A")]
    [InlineData("\\\n[Unit]\nA=1", "Unit", "A")]
    [InlineData("[Unit]\nLong\\\nKey=1", "Unit", "Long Key")]
    [InlineData("[Unit]\nExec Start=1", "Unit", "Exec Start")]
    [InlineData("[ Unit ]\nA=1", " Unit ", "A")]
    [InlineData("[]\nA=1", "", "A")]
    [InlineData("[a]b]\nA=1", "a]b", "A")]
    [InlineData("[X-Ours]\nA=1", "X-Ours", "A")]
    [InlineData("# c\\\n[Unit]\nA=1", "Unit", "A")]
    [InlineData("\uFEFF[Unit]\nA=1", "Unit", "A")]
    [InlineData("[Unit]\n\uFEFFA=1", "Unit", "A")]
    [InlineData("[Unit]\rA=1\r", "Unit", "A")]
    [InlineData("[Unit]\r\nA=1\r\n", "Unit", "A")]
    [InlineData("[Unit]\n[Unit]\nA=1", "Unit", "A")]
    public void Has_the_sections_and_keys_that_systemd_reads(string text, string section, string key)
    {
        var file = UnitFile.Parse(text);

        Assert.Equal([(section, key, "1")], Assignments(file));
        Assert.True(file.IsLoadable);
    }

    [Theory]
    [InlineData("A=1")]
    [InlineData("\nhello\n[Unit]")]
    [InlineData("[Unit]\nhello")]
    [InlineData("[Unit]\n# x\n  = x")]
    [InlineData("[Unit]\nhel\\\nlo\n")]
    [InlineData("\uFEFF[Unit]\r\n\uFEFFA=1\r\n")]
    [InlineData("\uFEFF# c\n[Unit]")]
    public void Loses_lines_that_systemd_ignores(string text)
    {
        var file = UnitFile.Parse(text);

        Assert.Empty(file.Entries);
        Assert.True(file.IsLoadable);
    }

    [Theory]
    [InlineData("[Unit] # x")]
    [InlineData("[Unit")]
    [InlineData("['Unit]")]
    [InlineData("[\"Unit]")]
    [InlineData("[\\Unit]")]
    [InlineData("[\tUnit]")]
    [InlineData("[\u007FUnit]")]
    [InlineData("[Unit]\nA=\uFFFE")]
    [InlineData("[X-Unit]\nA=\U0001FFFF")]
    public void Is_not_loadable_when_systemd_refuses_it(string text)
    {
        var file = UnitFile.Parse(text + "\n# \uD800 is fine in comments\nB=2");

        Assert.False(file.IsLoadable);
        Assert.Equal(("B", "2"), (file.Entries[0].Key, file.Entries[0].Value));
        Assert.EndsWith("Unit", file.Entries[0].Section, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(40_000, true)]
    [InlineData((1 << 20) - 3, true)]
    [InlineData((1 << 20) - 2, false)]
    public void Is_not_loadable_with_a_line_of_1_MiB(int length, bool loadable)
    {
        var file = UnitFile.Parse($"[Unit]\nA={new string('x', length)}\nB=2\n");

        Assert.Equal(loadable, file.IsLoadable);
        Assert.Equal(loadable ? length : null, file.Last("Unit", "A")?.Length);
        Assert.Equal("2", file.Last("Unit", "B"));
    }

    [Fact]
    public void Is_not_loadable_with_a_continued_line_or_comment_of_1_MiB()
    {
        var half = new string('é', 1 << 18);

        Assert.True(UnitFile.Parse($"[Unit]\nA={half}").IsLoadable);
        Assert.False(UnitFile.Parse($"[Unit]\nA={half}\\\n{half}").IsLoadable);
        Assert.False(UnitFile.Parse($"#{half}{half}").IsLoadable);
        Assert.True(UnitFile.Parse($"[Unit]\nA={half}\\\n#{half}\nb").IsLoadable);
    }

    [Fact]
    public void Joins_repeated_sections()
    {
        var file = UnitFile.Parse("[Unit]\nA=1\n[Service]\nB=2\n[Unit]\nA=3\n");

        Assert.Equal<string>(["1", "3"], file.Values("Unit", "A"));
        Assert.Equal("[Unit]\nA=1\nA=3\n\n[Service]\nB=2\n", file.ToString());
    }

    [Fact]
    public void Resets_a_list_at_an_empty_assignment()
    {
        var file = UnitFile.Parse("[S]\nE=1\nE=2\nE=\nF=x\nE=3\nE=4\n[T]\nE=5\nG=6\nG=");

        Assert.Equal<string>(["3", "4"], file.Values("S", "E"));
        Assert.Equal<string>(["5"], file.Values("T", "E"));
        Assert.Empty(file.Values("T", "G"));
        Assert.Empty(file.Values("T", "H"));
    }

    [Fact]
    public void Has_the_value_of_the_last_assignment()
    {
        var file = UnitFile.Parse("[S]\nE=1\nE=2\n[T]\nE=3\ne=4\nG=6\nG=");

        Assert.Equal("2", file.Last("S", "E"));
        Assert.Equal("", file.Last("T", "G"));
        Assert.Null(file.Last("T", "H"));
    }

    [Fact]
    public void Keeps_comments_at_their_place()
    {
        const string Text =
            "# Head\n\n[Unit]\n# About A\nA=1\n# About B\n; too\nB=2\n\n# End of unit\n\n"
            + "[Service]\n  # About C\nC=3\n\n# End\n";

        var file = UnitFile.Parse(Text);

        Assert.Equal(Text, file.ToString());
        Assert.Equal<string>(["# Head", "", "# About A"], file.Entries[0].Comments);
        Assert.Equal<string>(["# About B", "; too"], file.Entries[1].Comments);
        Assert.Equal<string>(["", "# End"], file.Trailer);
    }

    [Fact]
    public void Moves_a_comment_within_a_continued_line_above_it() =>
        Assert.Equal("[Unit]\n # x\nA=1 2\n", UnitFile.Parse("[Unit]\nA=1\\\n # x\n2\n").ToString());

    [Theory]
    [InlineData("", "")]
    [InlineData("\n", "\n")]
    [InlineData("[Unit]", "")]
    [InlineData("# x", "# x\n")]
    [InlineData("[Unit]\nA=1", "[Unit]\nA=1\n")]
    [InlineData("[Unit]\n# x\nA = 1\n[S]\n# y\nB=2", "[Unit]\n# x\nA=1\n\n[S]\n# y\nB=2\n")]
    [InlineData("[Unit]\nA=x\\ \nB=2", "[Unit]\nA=x\\ \nB=2\n")]
    public void Is_written_in_one_form(string text, string rendered) =>
        Assert.Equal(rendered, UnitFile.Parse(text).ToString());

    [Fact]
    public void Is_written_from_entries()
    {
        ImmutableArray<UnitEntry> entries =
        [
            new("Unit", "Description", "x") { Comments = ["# Made by a test", ""] },
            new("Service", "A", "back\\"),
            new("Unit", "After", "") { Comments = ["; none"] },
        ];

        var file = UnitFile.Of(entries, ["# end"]);

        Assert.Equal(
            "# Made by a test\n\n[Unit]\nDescription=x\n; none\nAfter=\n\n[Service]\nA=back\\ \n# end\n",
            file.ToString());
        Assert.Equal(Assignments(file), Assignments(UnitFile.Parse(file.ToString())));
    }

    [Theory]
    [InlineData("Unit\n", "A", "1")]
    [InlineData("Unit'", "A", "1")]
    [InlineData("Unit", "", "1")]
    [InlineData("Unit", " A", "1")]
    [InlineData("Unit", "A=", "1")]
    [InlineData("Unit", "#A", "1")]
    [InlineData("Unit", ";A", "1")]
    [InlineData("Unit", "[A", "1")]
    [InlineData("Unit", "\uFEFFA", "1")]
    [InlineData("Unit", "A", "1\nB=2")]
    [InlineData("Unit", "A", "1\rB=2")]
    [InlineData("Unit", "A", "1\0")]
    [InlineData("Unit", "A", " 1")]
    [InlineData("Unit", "A", "1\t")]
    [InlineData("Unit", "A", "\uFFFF")]
    public void Is_not_written_when_a_part_would_be_read_differently(string section, string key, string value) =>
        Assert.Throws<ArgumentException>(() => UnitFile.Of([new(section, key, value)]));

    // (xunit cannot hand half a surrogate pair to a test.)
    [Fact]
    public void Is_not_loadable_or_written_with_half_a_surrogate_pair()
    {
        Assert.False(UnitFile.Parse("[Unit]\nA=\uD800").IsLoadable);
        Assert.False(UnitFile.Parse("[Unit]\nA=\uDE00\uD83D").IsLoadable);
        Assert.True(UnitFile.Parse("[Unit]\nA=\uD83D\uDE00").IsLoadable);
        Assert.Throws<ArgumentException>(() => UnitFile.Of([new("Unit", "A", "\uD800")]));
    }

    [Theory]
    [InlineData("A=1")]
    [InlineData("# x\nA=1")]
    [InlineData("# x\0A=1")]
    public void Is_not_written_with_an_assignment_in_a_comment(string comment)
    {
        Assert.Throws<ArgumentException>(() => UnitFile.Of([new UnitEntry("U", "A", "1") { Comments = [comment] }]));
        Assert.Throws<ArgumentException>(() => UnitFile.Of([], [comment]));
    }

    [Fact]
    public void Is_parsed_and_written_back_whatever_it_is() => HostileText.ForAll(HostileText.Files, text =>
    {
        var file = UnitFile.Parse(text);

        var written = file.ToString();
        var again = UnitFile.Parse(written);
        Assert.Equal(Assignments(file), Assignments(again));
        Assert.Equal<string>(Comments(file), Comments(again));
        Assert.Equal(written, again.ToString());
        Assert.True(again.IsLoadable);
        Assert.Equal(written, UnitFile.Of(file.Entries, file.Trailer).ToString());
        Assert.True(written.Length == 0 || written.EndsWith('\n'));
    });

    [Fact]
    public void Has_any_value_parsed_back_that_is_not_refused() => HostileText.ForAll(HostileText.Files, text =>
    {
        var entry = new UnitEntry("Unit", "Key", text.Trim());
        try
        {
            Assert.Equal([("Unit", "Key", entry.Value)], Assignments(UnitFile.Parse(UnitFile.Of([entry]).ToString())));
        }
        catch (ArgumentException)
        {
            Assert.Contains(text, c => c is '\n' or '\r' or '\0' or '\uFFFE' or '\uFDD0' || char.IsSurrogate(c));
        }
    });

    private static IEnumerable<(string Section, string Key, string Value)> Assignments(UnitFile file) =>
        file.Entries.Select(entry => (entry.Section, entry.Key, entry.Value));

    private static ImmutableArray<string> Comments(UnitFile file) =>
        [.. file.Entries.SelectMany(entry => entry.Comments).Concat(file.Trailer).Where(line => line.Length > 0)];
}
