using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Core.Redaction;

/// <summary>Hides the secrets in the two sides of a difference.</summary>
internal static partial class DriftRedaction
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>Formats the difference for a message. Hides each secret that its name or its form shows.</summary>
    public static string Show(Drift drift) => Of(drift, SecretText.Unknowing, text => text).ToString();

    /// <summary>The difference with its secrets hidden. Sides that are the same without their secrets say that the secrets differ.
    /// </summary>
    /// <param name="drift">The difference.</param>
    /// <param name="secrets">The secrets of the service.</param>
    /// <param name="finish">Applied to each side at the end.</param>
    public static Drift Of(Drift drift, SecretText secrets, Func<string, string> finish)
    {
        var (expected, actual) = (Side(drift.Key, drift.Expected, secrets), Side(drift.Key, drift.Actual, secrets));
        if (drift.Expected != drift.Actual && expected is not null && expected == actual)
            expected = expected == SecretNames.Hidden ? "(hidden, another value)" : $"{expected} (another hidden value)";
        return drift with
        {
            Key = finish(drift.Key),
            Expected = expected is null ? null : finish(expected),
            Actual = actual is null ? null : finish(actual),
        };
    }

    private static string? Side(string key, string? value, SecretText secrets)
    {
        if (value is null) return null;
        if (SecretNames.IsSecretKey(key)) return SecretNames.Hidden;
        return secrets.Hide(key is "Program" or "Arguments" or Comparison.CommandKey ? HideWords(value) : value);
    }

    // A wrapper such as env(1), or an option, can hold one in a command line.
    private static string HideWords(string command) =>
        SecretOption().Replace(
            SecretWord().Replace(command, match => match.Groups["name"].Value + SecretNames.Hidden),
            match => match.Groups["name"].Value + SecretNames.Hidden);

    // A word in quotes ends with them (ShellText), any other at a blank. Names are matched from their beginning and within a
    // bound, so that a long argument costs no more than its length.
    [GeneratedRegex(
        @"(?<name>'[\w-]{0,64}?" + SecretNames.Word + @"[\w-]{0,64}(?:=|:[ ]))(?:[^']|'\\'')*(?=')|(?<name>(?<![\w-])[\w-]{0,64}?"
        + SecretNames.Word + @"[\w-]{0,64}=)[^\s'""]+",
        Options)]
    internal static partial Regex SecretWord();

    // The word after an option such as --token, as ShellText writes it.
    [GeneratedRegex(
        @"(?<name>(?<![^\s'])(?>--?)(?!no-)[\w.-]{0,64}?" + SecretNames.Word + @"[\w.-]{0,64}\s+)(?!-)(?:'[^']*'|\\.|[^\s'\\])+",
        Options)]
    internal static partial Regex SecretOption();
}
