using System.Collections.Immutable;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

public class UnitFileTests
{
    [Fact]
    public void Assignments_are_read_in_order()
    {
        var file = UnitFile.Parse("[Unit]\nDescription=a b\nAfter=x\n[Service]\nType=exec\n");

        Assert.Equal<UnitEntry>(
            [new("Unit", "Description", "a b"), new("Unit", "After", "x"), new("Service", "Type", "exec")],
            file.Entries);
        Assert.Empty(file.Problems);
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
    public void Blanks_around_key_and_value_are_stripped_and_nothing_else(string line, string value) =>
        Assert.Equal(new UnitEntry("Unit", "Description", value), UnitFile.Parse($"[Unit]\n{line}\n").Entries[0]);

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
    public void A_backslash_at_the_end_of_a_line_continues_it(string text, string value) =>
        Assert.Equal(new UnitEntry("Unit", "Key", value), UnitFile.Parse($"[Unit]\nKey={text}").Entries[0]);

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
    public void Sections_and_keys_are_taken_as_systemd_takes_them(string text, string section, string key)
    {
        var file = UnitFile.Parse(text);

        Assert.Equal<UnitEntry>([new(section, key, "1")], file.Entries);
        Assert.Empty(file.Problems);
    }

    [Theory]
    [InlineData("A=1", "line 1: assignment outside of section")]
    [InlineData("\nhello\n[Unit]", "line 2: assignment outside of section")]
    [InlineData("[Unit]\nhello", "line 2: missing '='")]
    [InlineData("[Unit]\n# x\n  = x", "line 3: missing key before '='")]
    [InlineData("[Unit]\nhel\\\nlo\n", "line 2: missing '='")]
    [InlineData("\uFEFF[Unit]\r\n\uFEFFA=1\r\n", "line 2: second byte order mark")]
    [InlineData("\uFEFF# c\n[Unit]", "line 1: comment after a byte order mark")]
    public void What_systemd_ignores_is_a_problem(string text, string problem)
    {
        var file = UnitFile.Parse(text);

        Assert.Equal<string>([problem], file.Problems);
        Assert.Empty(file.Entries);
        Assert.True(file.IsLoadable);
    }

    [Theory]
    [InlineData("[Unit] # x", "malformed section header")]
    [InlineData("[Unit", "malformed section header")]
    [InlineData("['Unit]", "malformed section header")]
    [InlineData("[\"Unit]", "malformed section header")]
    [InlineData("[\\Unit]", "malformed section header")]
    [InlineData("[\tUnit]", "malformed section header")]
    [InlineData("[\u007FUnit]", "malformed section header")]
    [InlineData("[Unit]\nA=\uFFFE", "the text is not valid UTF-8")]
    [InlineData("[X-Unit]\nA=\U0001FFFF", "the text is not valid UTF-8")]
    public void What_systemd_refuses_makes_the_file_not_loadable(string text, string problem)
    {
        var file = UnitFile.Parse(text + "\n# \uD800 is fine in comments\nB=2");

        Assert.Contains(problem, Assert.Single(file.Problems), StringComparison.Ordinal);
        Assert.False(file.IsLoadable);
        Assert.Equal(("B", "2"), (file.Entries[0].Key, file.Entries[0].Value));
        Assert.EndsWith("Unit", file.Entries[0].Section, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(40_000, true)]
    [InlineData((1 << 20) - 3, true)]
    [InlineData((1 << 20) - 2, false)]
    public void A_line_of_1_MiB_is_too_long(int length, bool loadable)
    {
        var file = UnitFile.Parse($"[Unit]\nA={new string('x', length)}\nB=2\n");

        Assert.Equal(loadable, file.IsLoadable);
        Assert.Equal(loadable ? length : null, file.Last("Unit", "A")?.Length);
        Assert.Equal("2", file.Last("Unit", "B"));
    }

    [Fact]
    public void Continued_lines_and_comments_count_towards_the_length_too()
    {
        var half = new string('é', 1 << 18);

        Assert.True(UnitFile.Parse($"[Unit]\nA={half}").IsLoadable);
        Assert.False(UnitFile.Parse($"[Unit]\nA={half}\\\n{half}").IsLoadable);
        Assert.False(UnitFile.Parse($"#{half}{half}").IsLoadable);
        Assert.True(UnitFile.Parse($"[Unit]\nA={half}\\\n#{half}\nb").IsLoadable);
    }

    [Fact]
    public void Repeated_sections_are_one()
    {
        var file = UnitFile.Parse("[Unit]\nA=1\n[Service]\nB=2\n[Unit]\nA=3\n");

        Assert.Equal<string>(["1", "3"], file.Values("Unit", "A"));
        Assert.Equal("[Unit]\nA=1\nA=3\n\n[Service]\nB=2\n", file.ToString());
    }

    [Fact]
    public void An_empty_assignment_resets_a_list()
    {
        var file = UnitFile.Parse("[S]\nE=1\nE=2\nE=\nF=x\nE=3\nE=4\n[T]\nE=5\nG=6\nG=");

        Assert.Equal<string>(["3", "4"], file.Values("S", "E"));
        Assert.Equal<string>(["5"], file.Values("T", "E"));
        Assert.Empty(file.Values("T", "G"));
        Assert.Empty(file.Values("T", "H"));
    }

    [Fact]
    public void The_last_assignment_counts()
    {
        var file = UnitFile.Parse("[S]\nE=1\nE=2\n[T]\nE=3\ne=4\nG=6\nG=");

        Assert.Equal("2", file.Last("S", "E"));
        Assert.Equal("", file.Last("T", "G"));
        Assert.Null(file.Last("T", "H"));
    }

    [Fact]
    public void Comments_are_kept_where_they_were()
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
    public void A_comment_within_a_continued_line_moves_above_it() =>
        Assert.Equal("[Unit]\n # x\nA=1 2\n", UnitFile.Parse("[Unit]\nA=1\\\n # x\n2\n").ToString());

    [Fact]
    public void Comments_are_no_part_of_equality()
    {
        var entry = new UnitEntry("Unit", "A", "1");

        Assert.Equal(entry, entry with { Comments = ["# x"] });
        Assert.NotEqual(entry, entry with { Value = "2" });
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\n", "\n")]
    [InlineData("[Unit]", "")]
    [InlineData("# x", "# x\n")]
    [InlineData("[Unit]\nA=1", "[Unit]\nA=1\n")]
    [InlineData("[Unit]\n# x\nA = 1\n[S]\n# y\nB=2", "[Unit]\n# x\nA=1\n\n[S]\n# y\nB=2\n")]
    [InlineData("[Unit]\nA=x\\ \nB=2", "[Unit]\nA=x\\ \nB=2\n")]
    public void Rendering_has_one_form(string text, string rendered) =>
        Assert.Equal(rendered, UnitFile.Parse(text).ToString());

    [Fact]
    public void A_file_can_be_made_of_entries()
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
        Assert.Equal<UnitEntry>(file.Entries, UnitFile.Parse(file.ToString()).Entries);
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
    public void What_cannot_be_written_is_an_error(string section, string key, string value) =>
        Assert.Throws<ArgumentException>(() => UnitFile.Of([new(section, key, value)]));

    // (xunit cannot hand half a surrogate pair to a test.)
    [Fact]
    public void Half_a_surrogate_pair_is_no_text()
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
    public void A_comment_cannot_smuggle_in_an_assignment(string comment)
    {
        Assert.Throws<ArgumentException>(() => UnitFile.Of([new UnitEntry("U", "A", "1") { Comments = [comment] }]));
        Assert.Throws<ArgumentException>(() => UnitFile.Of([], [comment]));
    }

    [Fact]
    public void Any_text_can_be_read_and_written_back() => HostileText.ForAll(HostileText.Files, text =>
    {
        var file = UnitFile.Parse(text);

        var written = file.ToString();
        var again = UnitFile.Parse(written);
        Assert.Equal<UnitEntry>(file.Entries, again.Entries);
        Assert.Equal<string>(Remarks(file), Remarks(again));
        Assert.Equal(written, again.ToString());
        Assert.Empty(again.Problems);
        Assert.Equal(written, UnitFile.Of(file.Entries, file.Trailer).ToString());
        Assert.True(written.Length == 0 || written.EndsWith('\n'));
    });

    [Fact]
    public void Any_value_is_read_back_or_refused() => HostileText.ForAll(HostileText.Files, text =>
    {
        var entry = new UnitEntry("Unit", "Key", text.Trim());
        try
        {
            Assert.Equal<UnitEntry>([entry], UnitFile.Parse(UnitFile.Of([entry]).ToString()).Entries);
        }
        catch (ArgumentException)
        {
            Assert.Contains(text, c => c is '\n' or '\r' or '\0' or '\uFFFE' or '\uFDD0' || char.IsSurrogate(c));
        }
    });

    private static ImmutableArray<string> Remarks(UnitFile file) =>
        [.. file.Entries.SelectMany(entry => entry.Comments).Concat(file.Trailer).Where(line => line.Length > 0)];
}
