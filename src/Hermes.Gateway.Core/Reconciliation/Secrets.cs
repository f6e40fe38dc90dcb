using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;

namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>Keeps values that look like secrets out of everything that is shown or kept.</summary>
public static partial class Secrets
{
    /// <summary>What is shown instead of a secret.</summary>
    public const string Hidden = "(hidden)";

    /// <summary>A difference for people and reports; the values of variables with a secret's name are hidden.</summary>
    public static string Show(Drift drift) => Hide(drift).ToString();

    /// <summary>The difference with such values hidden.</summary>
    public static Drift Hide(Drift drift)
    {
        if (IsSecret(drift.Key))
            return drift with
            {
                Expected = drift.Expected is null ? null : Hidden,
                Actual = drift.Actual is null ? null : Hidden,
            };
        return drift.Key is "Program" or "Arguments" or "Command"
            ? drift with { Expected = HideWords(drift.Expected), Actual = HideWords(drift.Actual) }
            : drift;
    }

    // A wrapper such as env(1), or an option, can hold one in a command line.
    private static string? HideWords(string? command) =>
        command is null || !SecretWords.Occur(command) ? command : SecretOption().Replace(
            SecretWord().Replace(command, match => match.Groups["name"].Value + Hidden),
            match => match.Groups["name"].Value + Hidden);

    // A word in quotes ends with them (ShellText), any other at a blank. Names are matched from their beginning and within a
    // bound, so that a long argument costs no more than its length.
    [GeneratedRegex(
        @"(?<name>'[\w-]{0,64}?" + SecretName + @"[\w-]{0,64}=)(?:[^']|'\\'')*(?=')|(?<name>(?<![\w-])[\w-]{0,64}?"
        + SecretName + @"[\w-]{0,64}=)[^\s'""]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    internal static partial Regex SecretWord();

    // The word after an option such as --token, as ShellText writes it.
    [GeneratedRegex(
        @"(?<name>(?<![^\s'])(?>--?)(?!no-)[\w.-]{0,64}?" + SecretText.Word + @"[\w.-]{0,64}\s+)(?!-)(?:'[^']*'|\\.|[^\s'\\])+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    internal static partial Regex SecretOption();

    private const string SecretName =
        "(?:SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|API[_-]?KEY|PRIVATE[_-]?KEY|ACCESS[_-]?KEY)";

    /// <summary>Whether a variable of this name holds a secret, by its name.</summary>
    public static bool IsSecretName(string name) => SecretWords.Occur(name) && IsSecret(DefinitionKeys.Environment(name));

    /// <summary>That a definition about to be written holds, for every reader, what looks like a secret; null when it does
    /// not. What only tells where something is (<c>TOKEN_FILE=/run/secrets/token</c>) is none.</summary>
    internal static Finding? FindInEnvironment(DesiredService desired)
    {
        var names = new List<string>();
        foreach (var (name, value) in desired.Definition.Environment)
            if (IsSecretName(name) && value.Length >= ShortestSecret && !Path.Exists(value)) names.Add(name);
        return names.Count == 0 ? null : DiagnosticCatalog.SecretInEnvironment.Warning(
            $"{string.Join(", ", names)} in HermesGatewayEnvironment looks like a secret. Its value is in MSBuild's logs, and in "
            + $"{desired.DefinitionPath}, which others can read.",
            $"move {string.Join(", ", names)} to a file that only its owner can read, named by HermesGatewayEnvironmentFile");
    }

    private const int ShortestSecret = 4;

    /// <summary>The name of a foreign directive. Its value can be a secret; the name tells enough.</summary>
    public static string NameOnly(string directive) =>
        directive.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? directive[..at] : directive;

    /// <summary>Whether a key, as in a <see cref="Drift"/>, has a secret's name.</summary>
    public static bool IsSecret(string key) => SecretWords.Occur(key) && SecretKey().IsMatch(key);

    [GeneratedRegex(
        @"^Environment\[.*(SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CONNECTION_?STRING|(?<=_|\[)(PWD|PASS|KEY|AUTH|DSN)(_|\]))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    internal static partial Regex SecretKey();
}
