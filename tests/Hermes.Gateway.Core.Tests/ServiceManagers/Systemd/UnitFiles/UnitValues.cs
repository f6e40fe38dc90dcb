using FsCheck.Fluent;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd.UnitFiles;

public class UnitValues
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("/usr/bin/x-1.2_3:@+,=", "/usr/bin/x-1.2_3:@+,=")]
    [InlineData("", "\"\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("100%", "100%%")]
    [InlineData("%h", "%%h")]
    [InlineData("a\"b'c\\d", "\"a\\\"b'c\\\\d\"")]
    [InlineData("$HOME ${X} $$", "\"$HOME ${X} $$\"")]
    [InlineData(";", "\";\"")]
    [InlineData("#x", "\"#x\"")]
    [InlineData("~", "\"~\"")]
    [InlineData("a\tb\nc\rd\u0001e\u007F", "\"a\\tb\\nc\\rd\\x01e\\x7f\"")]
    [InlineData("日本😀", "\"日本😀\"")]
    [InlineData("\u0085\uFEFF", "\"\u0085\uFEFF\"")]
    public void Word_is_quoted_when_it_needs_quotes(string word, string quoted) =>
        Assert.Equal(quoted, UnitQuoting.QuoteWord(word));

    [Fact]
    public void Raw_word_keeps_its_specifiers() => Assert.Equal("\"A=%h x\"", UnitQuoting.QuoteRaw("A=%h x"));

    [Theory]
    [InlineData("a\0b")]
    [InlineData("\uFFFE")]
    [InlineData("\uFFFF")]
    [InlineData("\uFDD0")]
    [InlineData("\U0010FFFF")]
    public void Word_that_no_unit_can_hold_is_refused(string word) =>
        Assert.Throws<ArgumentException>(() => UnitQuoting.QuoteWord(word));

    // (xunit cannot hand half a surrogate pair to a test.)
    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        Assert.Throws<ArgumentException>(() => UnitQuoting.QuoteWord("\uD800"));
        Assert.Throws<ArgumentException>(() => UnitQuoting.QuoteWord("\uDE00\uD83D"));
        Assert.Throws<ArgumentException>(() => UnitQuoting.FormatDirectory("/\uD800"));
        Assert.Throws<ArgumentException>(() => UnitQuoting.FormatFile("/\uD800"));
        Assert.False(UnitQuoting.TrySplitWords("a \uD800", out _));
        Assert.Null(UnitCommand.TryParse("/bin/x \uD800"));
    }

    [Fact]
    public void Word_longer_than_linux_accepts_is_refused()
    {
        Assert.Equal(131071, UnitQuoting.QuoteWord(new string('x', 131071)).Length);
        Assert.Equal(2 * 131071, UnitQuoting.QuoteWord(new string('%', 131071)).Length);
        Assert.Throws<ArgumentException>(() => UnitQuoting.QuoteWord(new string('x', 131072)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t ")]
    [InlineData("a b", "a", "b")]
    [InlineData(" a \t b ", "a", "b")]
    [InlineData("\"a b\" 'c d'", "a b", "c d")]
    [InlineData("a\"b\"c'd'e\\sx", "abcde x")]
    [InlineData("\"\" ''", "", "")]
    [InlineData("\"it's\" 'say \"x\"'", "it's", "say \"x\"")]
    [InlineData("\"\\\"\" '\\''", "\"", "'")]
    [InlineData("\\x41\\101\\u0041\\U00000041", "AAAA")]
    [InlineData("\\a\\b\\f\\n\\r\\t\\v\\\\\\s", "\a\b\f\n\r\t\v\\ ")]
    [InlineData("\\xc3\\xa9\\303\\251\\u00e9\\U0001F600", "ééé😀")]
    [InlineData("a;b ; #x ~", "a;b", ";", "#x", "~")]
    [InlineData("%h %% $X", "%h", "%%", "$X")]
    [InlineData("a\u00A0b\vc", "a\u00A0b\vc")]
    public void Value_is_split_into_words_as_systemd_splits_it(string value, params string[] words)
    {
        Assert.True(UnitQuoting.TrySplitWords(value, out var split));
        Assert.Equal<string>(words, split);
    }

    [Theory]
    [InlineData("a \"b", "a")]
    [InlineData("a b'c", "a")]
    [InlineData("A=1 \"B=\\q\" C=3", "A=1")]
    [InlineData("a\\")]
    [InlineData("\"a\\")]
    [InlineData("\\;")]
    [InlineData("\\$")]
    [InlineData("a\\ b")]
    [InlineData("\\x4")]
    [InlineData("\\x00")]
    [InlineData("\\400")]
    [InlineData("\\08")]
    [InlineData("\\u12")]
    [InlineData("\\u0000")]
    [InlineData("\\U00110000")]
    [InlineData("\\U0000FFFF")]
    [InlineData("\\xff")]
    [InlineData("\\ud800")]
    public void Invalid_value_is_split_up_to_the_first_invalid_word(string value, params string[] before)
    {
        Assert.False(UnitQuoting.TrySplitWords(value, out var split));
        Assert.Equal<string>(before, split);
    }

    [Theory]
    [InlineData("%%", "%")]
    [InlineData("100%% of %%h", "100% of %h")]
    [InlineData("%%%%", "%%")]
    [InlineData("%", "%")]
    [InlineData("a% b%-", "a% b%-")]
    [InlineData("%é", "%é")]
    public void Doubled_percent_sign_is_read_as_one(string word, string literal)
    {
        Assert.True(UnitQuoting.TryUnescapeSpecifiers(word, out var unescaped));
        Assert.Equal(literal, unescaped);
    }

    [Theory]
    [InlineData("%h")]
    [InlineData("%%/%i")]
    [InlineData("%%%3A")]
    public void Specifier_is_not_read_as_text(string word)
    {
        Assert.False(UnitQuoting.TryUnescapeSpecifiers(word, out var unescaped));
        Assert.Equal(word, unescaped);
    }

    [Theory]
    [InlineData("/a b/c", "/a b/c")]
    [InlineData("/", "/")]
    [InlineData("/a/", "/a/")]
    [InlineData("/50%/%h", "/50%%/%%h")]
    [InlineData("/\"q\"'", "/\"q\"'")]
    [InlineData("/$X/~/#;", "/$X/~/#;")]
    [InlineData("/blank ", "/blank /")]
    [InlineData("/back\\", "/back\\/")]
    [InlineData("/back\\\\", "/back\\\\/")]
    [InlineData("/a*[b]?", "/a*[b]?")]
    public void Directory_is_written_unquoted(string path, string value)
    {
        Assert.Equal(value, UnitQuoting.FormatDirectory(path));
        Assert.Equal(value, UnitFile.Parse($"[S]\nD={value}\nE=").Last("S", "D"));
    }

    [Theory]
    [InlineData("/a b/c", "/a b/c")]
    [InlineData("/50%/%h", "/50%%/%%h")]
    [InlineData("/blank ", "/blank /")]
    [InlineData("/back\\", "/back\\\\/")]
    [InlineData("/a*[b]?\\c", "/a\\*\\[b]\\?\\\\c")]
    public void File_is_written_unquoted_with_its_pattern_characters_escaped(string path, string value) =>
        Assert.Equal(value, UnitQuoting.FormatFile(path));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("~")]
    [InlineData("/a\nb")]
    [InlineData("/a\rb")]
    [InlineData("/a\0b")]
    [InlineData("/a\tb")]
    [InlineData("/a\u0085b")]
    [InlineData("/a/../b")]
    [InlineData("/..")]
    [InlineData("/\uFFFE")]
    public void Path_that_no_unit_can_hold_is_refused(string path)
    {
        Assert.Throws<ArgumentException>(() => UnitQuoting.FormatDirectory(path));
        Assert.Throws<ArgumentException>(() => UnitQuoting.FormatFile(path));
    }

    [Fact]
    public void Path_longer_than_linux_accepts_is_refused()
    {
        var longName = "/" + new string('x', 256);
        var longPath = string.Concat(Enumerable.Repeat("/x", 2048));

        Assert.Throws<ArgumentException>(() => UnitQuoting.FormatDirectory(longName));
        Assert.Throws<ArgumentException>(() => UnitQuoting.FormatDirectory(longPath));
        Assert.Equal(4094, UnitQuoting.FormatDirectory(longPath[2..]).Length);
        Assert.Throws<ArgumentException>(() => UnitQuoting.FormatFile(longPath[2..^1] + "*"));
        Assert.Throws<ArgumentException>(() => UnitQuoting.FormatFile("/x/"));
    }

    [Theory]
    [InlineData("/a//b/./c/", "/a/b/c")]
    [InlineData("/", "/")]
    [InlineData("/50%%", "/50%")]
    public void Directory_is_read_without_redundant_parts(string value, string path)
    {
        Assert.True(UnitQuoting.TryReadDirectory(value, out var read));
        Assert.Equal(path, read);
    }

    [Theory]
    [InlineData("-/a")]
    [InlineData("~")]
    [InlineData("%h/a")]
    [InlineData("\"/a\"")]
    [InlineData("")]
    public void Value_that_is_no_plain_path_is_returned_unchanged(string value)
    {
        Assert.False(UnitQuoting.TryReadDirectory(value, out var directory));
        Assert.Equal(value, directory);
        Assert.False(UnitQuoting.TryReadFile(value, out var file));
        Assert.Equal(value, file);
    }

    [Theory]
    [InlineData("/etc/default/*")]
    [InlineData("/a?")]
    [InlineData("/[ab]")]
    [InlineData("/a\\")]
    public void Pattern_is_not_read_as_a_file(string value)
    {
        Assert.False(UnitQuoting.TryReadFile(value, out var file));
        Assert.Equal(value, file);
    }

    [Theory]
    [InlineData("A", true)]
    [InlineData("_a1", true)]
    [InlineData("", false)]
    [InlineData("1A", false)]
    [InlineData("A-B", false)]
    [InlineData("a.b", false)]
    [InlineData("É", false)]
    public void Variable_name_is_checked(string name, bool possible) =>
        Assert.Equal(possible, DefinitionKeys.FindVariableProblem(name) is null);

    [Fact]
    public void Words_are_read_back_whatever_they_are() => HostileText.ForAll(HostileText.Words.ArrayOf(), words =>
    {
        var file = UnitFile.Of([new("S", "E", string.Join(' ', words.Select(UnitQuoting.QuoteWord)))]);

        var value = UnitFile.Parse(file.ToString()).Last("S", "E")!;
        Assert.True(UnitQuoting.TrySplitWords(value, out var split));
        Assert.Equal(words, split.Select(word =>
        {
            Assert.True(UnitQuoting.TryUnescapeSpecifiers(word, out var literal));
            return literal;
        }));
    });

    [Fact]
    public void Raw_word_is_read_back_whatever_it_is() => HostileText.ForAll(HostileText.Words, word =>
    {
        Assert.True(UnitQuoting.TrySplitWords(UnitQuoting.QuoteRaw(word), out var split));
        Assert.Equal<string>([word], split);
    });

    [Fact]
    public void Path_is_read_back_or_refused_whatever_it_is() => HostileText.ForAll(HostileText.Paths, path =>
    {
        if (UnitLimits.FindFileProblem(path) is not null || UnitLimits.FindDirectoryProblem(path) is not null)
        {
            Assert.True(path is not ['/', .., not '/'] || path.Contains("..", StringComparison.Ordinal)
                || path.Contains('\u0085'));
            return;
        }

        UnitEntry[] entries = [new("S", "D", UnitQuoting.FormatDirectory(path)), new("S", "F", UnitQuoting.FormatFile(path))];
        var file = UnitFile.Parse(UnitFile.Of(entries).ToString());
        Assert.True(UnitQuoting.TryReadDirectory(path.Replace("%", "%%", StringComparison.Ordinal), out var simple));
        Assert.True(UnitQuoting.TryReadDirectory(file.Last("S", "D")!, out var directory));
        Assert.True(UnitQuoting.TryReadFile(file.Last("S", "F")!, out var read));
        Assert.Equal(simple, directory);
        Assert.Equal(simple, read);
    });

    [Fact]
    public void Value_is_read_without_exception_whatever_it_is() => HostileText.ForAll(HostileText.Files, value =>
    {
        UnitQuoting.TrySplitWords(value, out var words);
        Assert.False(words.IsDefault);
        UnitQuoting.TryUnescapeSpecifiers(value, out _);
        UnitQuoting.TryReadDirectory(value, out _);
        UnitQuoting.TryReadFile(value, out _);
        _ = UnitLimits.FindProgramProblem(value) ?? UnitLimits.FindDirectoryProblem(value)
            ?? UnitLimits.FindFileProblem(value) ?? DefinitionKeys.FindVariableProblem(value);
    });
}
