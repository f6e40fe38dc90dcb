using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Tests.Redaction;

public partial class UntrustedText
{
    private static readonly string[] Pieces =
    [
        "#", "##", "vso", "VSO", "[", "]", "::", ":", "error", "Error", "warning", "WARNING", " ", "  ", "\t", "\n", "\r", "\u001b[31m", "\u0085",
        "\u009b", "\u200b", "\u202e", "\u2028", "\ufeff", "\u00ad", "\U000E0041", "\u034f", "\ufe0f", "CS0001", "a.cs(1,1)", "x", "fatal", "C", "> ", "é", "😀",
        "\ud83d", "-", "\"",
    ];

    [Theory]
    [InlineData("##vso[task.setvariable variable=PATH]/tmp", "## vso[task.setvariable variable=PATH]/tmp")]
    [InlineData("x ##[add-path]/tmp ##[error]y", "x ## [add-path]/tmp ## [error]y")]
    [InlineData("#\u200b#v\u00adso[x]", "## vso[x]")]
    [InlineData("##\u034fvso[x]", "## \u034fvso[x]")]
    [InlineData("##teamcity[x]", "## teamcity[x]")]
    [InlineData("::error::x", "> ::[error]::x")]
    [InlineData("a\n  ::set-output name=x::y", "a\n  > ::set-output name=x::y")]
    [InlineData("\u2028::error::x", " > ::[error]::x")]
    [InlineData("Evil.cs(1,1): error CS0001: forged", "Evil.cs(1,1): [error] CS0001: forged")]
    [InlineData("error: no", "[error]: no")]
    [InlineData("LINK : fatal error LNK1104: x", "LINK : fatal [error] LNK1104: x")]
    [InlineData("HTTP 500 Error X1 : y", "HTTP 500 [Error] X1 : y")]
    [InlineData("a: warning \tW: y", "a: [warning] \tW: y")]
    [InlineData("error X\tY: y", "[error] X\tY: y")]
    [InlineData("error JSON\n: y", "[error] JSON\n: y")]
    [InlineData("er\u200bror X: y", "[error] X: y")]
    [InlineData("a\u202eb\u2066c\u200bd\ufeffe\u00adf\U000E0041g", "abcdefg")]
    [InlineData("a\u0085b\u009bc", "abc")]
    [InlineData("\u001b[31mred\u001b[0m", "red")]
    public void Commands_to_terminals_CI_agents_and_MSBuild_are_neutralized(string text, string shown) => Assert.Equal(shown, HarmlessText.Of(text));

    [Theory]
    [InlineData("")]
    [InlineData("é → 日本\n\t✓ [x] 😀")]
    [InlineData("# Title\n## Part\n### [x](y)")]
    [InlineData("::1 - - \"GET /\"")]
    [InlineData("std::string a::b")]
    [InlineData("an error occurred, 3 errors: none, errors=0, terror: x, no-error: y")]
    [InlineData("warnings and an error")]
    [InlineData("{\"severity\":\"error\",\"a\":1}")]
    public void Is_returned_unchanged_without_commands(string text) => Assert.Same(text, HarmlessText.Of(text));

    [Property(MaxTest = 5000)]
    public Property No_command_remains_in_random_text() => Prop.ForAll(
        Gen.Elements(Pieces).ListOf().Select(string.Concat).ToArbitrary(),
        text =>
        {
            var shown = HarmlessText.Of(text);

            Assert.DoesNotContain("##vso[", shown, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("##[", shown, StringComparison.Ordinal);
            Assert.All(shown.Split('\n'), line =>
            {
                Assert.DoesNotMatch(CanonicalError(), line);
                Assert.False(line.TrimStart().StartsWith("::", StringComparison.Ordinal) && line.TrimStart()[2..].Contains("::", StringComparison.Ordinal), line);
            });
            Assert.DoesNotContain(shown, c => char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format);
            Assert.DoesNotContain(shown, c => char.IsControl(c) && c is not ('\n' or '\t'));
            Assert.Equal(shown, HarmlessText.Of(shown));
        });

    [Theory]
    [InlineData("error ")]
    [InlineData("error")]
    [InlineData("#")]
    [InlineData("##")]
    [InlineData("::")]
    [InlineData(" ")]
    [InlineData("error \u00a0")]
    [InlineData("error\t")]
    [InlineData("error  ")]
    [InlineData("\u034f#")]
    public Task Is_scanned_in_linear_time(string piece) =>
        Task.Run(() => HarmlessText.Of("error " + string.Concat(Enumerable.Repeat(piece, 200_000))), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    // The expression of MSBuild (CanonicalError.cs, s_originCategoryCodeTextExpression).
    [GeneratedRegex(
        @"^\s*(((?<ORIGIN>(((\d+>)?[a-zA-Z]?:[^:]*)|([^:]*))):)|())(?<SUBCATEGORY>(()|([^:]*? )))(?<CATEGORY>(error|warning))( \s*(?<CODE>[^: ]*))?\s*:(?<TEXT>.*)$",
        RegexOptions.IgnoreCase)]
    internal static partial Regex CanonicalError();
}
