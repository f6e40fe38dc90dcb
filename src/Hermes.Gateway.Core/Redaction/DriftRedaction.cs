using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Core.Redaction;

/// <summary>Hides the secrets in the expected and the actual value of a difference.</summary>
internal static partial class DriftRedaction
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>Formats a difference for a message, without the secrets that can be recognized by name or form.</summary>
    public static string Show(Drift drift) => Of(drift, SecretText.PatternsOnly, text => text).ToString();

    /// <summary>Hides the secrets of a difference, then applies <paramref name="finish"/> to its texts. Values that differ only in
    /// secrets are still shown as different.</summary>
    public static Drift Of(Drift drift, SecretText secrets, Func<string, string> finish)
    {
        var (expected, actual) = (HideIn(drift.Key, drift.Expected, secrets), HideIn(drift.Key, drift.Actual, secrets));
        if (drift.Expected != drift.Actual && expected is not null && expected == actual)
            expected = expected == SecretNames.Hidden ? "(hidden, another value)" : $"{expected} (another hidden value)";
        return drift with
        {
            Key = finish(drift.Key),
            Expected = expected is null ? null : finish(expected),
            Actual = actual is null ? null : finish(actual),
        };
    }

    private static string? HideIn(string key, string? value, SecretText secrets)
    {
        if (value is null) return null;
        if (SecretNames.IsSecretKey(key)) return SecretNames.Hidden;
        return secrets.Hide(key is "Program" or "Arguments" or Comparison.CommandKey ? HideWords(value) : value);
    }

    // A command line can contain secrets after env(1) and in options.
    private static string HideWords(string command) =>
        SecretOption().Replace(
            SecretWord().Replace(command, match => match.Groups["name"].Value + SecretNames.Hidden),
            match => match.Groups["name"].Value + SecretNames.Hidden);

    // A quoted word ends with its quote (ShellText), any other at a blank. Names are matched from their beginning and within a
    // bound, so that the time is linear in the length.
    [GeneratedRegex(
        @"(?<name>'[\w-]{0,64}?" + SecretNames.Word + @"[\w-]{0,64}(?:=|:[ ]))(?:[^']|'\\'')*(?=')|(?<name>(?<![\w-])[\w-]{0,64}?"
        + SecretNames.Word + @"[\w-]{0,64}=)[^\s'""]+",
        Options)]
    internal static partial Regex SecretWord();

    // The word after an option such as --token, as ShellText formats it.
    [GeneratedRegex(
        @"(?<name>(?<![^\s'])(?>--?)(?!no-)[\w.-]{0,64}?" + SecretNames.Word + @"[\w.-]{0,64}\s+)(?!-)(?:'[^']*'|\\.|[^\s'\\])+",
        Options)]
    internal static partial Regex SecretOption();
}
