using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Hermes.Gateway.Tasks.Tests;

public class EscapingUtilitiesTests
{
    private static Gen<string> Texts =>
        from parts in Gen.OneOf(
            Gen.Elements("%", "*", "?", "@", "$", "(", ")", ";", "'", "%3B", "%zz", "%", "a", "\n", "é", "😀", "\"", "~"),
            Gen.Choose(0, char.MaxValue).Select(c => ((char)c).ToString())).ListOf()
        select string.Concat(parts);

    [Property(MaxTest = 1000)]
    public Property What_is_syntax_to_MSBuild_is_written_by_its_number_and_nothing_else_is() => Prop.ForAll(
        Texts.ToArbitrary(),
        text => Assert.Equal(
            string.Concat(text.Select(c => "%*?@$();'".Contains(c, StringComparison.Ordinal)
                ? string.Create(CultureInfo.InvariantCulture, $"%{(int)c:x2}")
                : c.ToString())),
            EscapingUtilities.Escape(text)));

    [Property(MaxTest = 1000)]
    public Property What_is_escaped_is_read_back() => Prop.ForAll(
        Texts.ToArbitrary(),
        text => Assert.Equal(text, EscapingUtilities.Unescape(EscapingUtilities.Escape(text))));
}
