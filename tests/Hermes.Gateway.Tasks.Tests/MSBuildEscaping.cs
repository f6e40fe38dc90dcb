using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Hermes.Gateway.Tasks.Tests;

public class MSBuildEscaping
{
    private static Gen<string> Texts =>
        from parts in Gen.OneOf(
            Gen.Elements("%", "*", "?", "@", "$", "(", ")", ";", "'", "%3B", "%zz", "%", "a", "\n", "é", "😀", "\"", "~"),
            Gen.Choose(0, char.MaxValue).Select(c => ((char)c).ToString())).ListOf()
        select string.Concat(parts);

    [Property(MaxTest = 1000)]
    public Property Only_special_characters_of_MSBuild_are_written_as_hexadecimal_codes() => Prop.ForAll(
        Texts.ToArbitrary(),
        text => Assert.Equal(
            string.Concat(text.Select(c => "%*?@$();'".Contains(c, StringComparison.Ordinal)
                ? string.Create(CultureInfo.InvariantCulture, $"%{(int)c:x2}")
                : c.ToString())),
            EscapingUtilities.Escape(text)));

    [Property(MaxTest = 1000)]
    public Property Escaped_text_is_unescaped_to_the_original_text() => Prop.ForAll(
        Texts.ToArbitrary(),
        text => Assert.Equal(text, EscapingUtilities.Unescape(EscapingUtilities.Escape(text))));
}
