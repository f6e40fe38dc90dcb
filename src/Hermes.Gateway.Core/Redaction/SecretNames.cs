using System.Text.RegularExpressions;

namespace Hermes.Gateway.Core.Redaction;

/// <summary>Decides by the name of a variable, an option, a header or a key whether its value is a secret.</summary>
internal static partial class SecretNames
{
    /// <summary>The text that replaces a secret.</summary>
    public const string Hidden = "(hidden)";

    /// <summary>Matches the part of a name that makes its value a secret. Long words count anywhere in a name; short
    /// ones only where no letter or digit is next to them (<c>GH_PAT</c>, not <c>PATH</c>). <c>PASS</c> also counts as an ending
    /// (<c>PGPASS</c>), but not in English words such as <c>COMPASS</c>.</summary>
    public const string Word =
        "(?:SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|AUTHORIZATION|COOKIE|WEBHOOK|API[_-]?KEY|PRIVATE[_-]?KEY"
        + "|ACCESS[_-]?KEY|CONNECTION[_-]?STRING|(?<![A-Z0-9])(?:PWD|KEY|AUTH|DSN|PAT|JWT|PEM|PIN|SALT|SK)(?![A-Z0-9])"
        + "|(?<!COM|BY|TRES|SUR|OVER|UNDER)PASS(?![A-Z0-9]))";

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>Whether an environment variable of this name holds a secret.</summary>
    public static bool IsSecretName(string name) => IsSecretKey(DefinitionKeys.Environment(name));

    /// <summary>Whether a key of a definition (<c>Environment[NAME]</c>) names a variable that holds a secret.</summary>
    public static bool IsSecretKey(string key) => SecretKey().IsMatch(key);

    /// <summary>Whether an argument names a secret that the next argument holds: <c>--token</c>, <c>-api-key</c>.</summary>
    public static bool IsSecretOption(ReadOnlySpan<char> argument) =>
        argument.StartsWith('-') && WholeOption().IsMatch(argument);

    /// <summary>Returns the name of a foreign directive, without its value, which can be a secret.</summary>
    public static string NameOnly(string directive) =>
        directive.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? directive[..at] : directive;

    [GeneratedRegex(@"^Environment\[.*" + Word, Options)]
    internal static partial Regex SecretKey();

    [GeneratedRegex(@"\A(?>--?)(?!no-)[\w.-]{0,64}?" + Word + @"[\w.-]{0,64}\z", Options)]
    internal static partial Regex WholeOption();
}

/// <summary>Finds the secrets in the arguments of a command: the argument after an option such as <c>--token</c>, the value of
/// <c>--token=…</c>, <c>API_TOKEN=…</c> or <c>X-Api-Key: …</c>, and credentials in an address or after <c>Bearer</c>.</summary>
internal static class SecretArguments
{
    /// <summary>Returns the index at which a secret begins that extends to the end of the argument; null when there is none.</summary>
    public static int? Start(IReadOnlyList<string> words, int index)
    {
        var word = words[index];
        // A header is tested first, because its value can contain '='. A colon without a blank is no header (https://…).
        if (word.IndexOf(": ", StringComparison.Ordinal) is var colon and > 0 && IsHeaderName(word.AsSpan(0, colon)))
            return colon + 2;
        if (word.IndexOf('=', StringComparison.Ordinal) is var at and > 0 && IsSecretName(word.AsSpan(0, at))) return at + 1;
        return index > 0 && !word.StartsWith('-') && SecretNames.IsSecretOption(words[index - 1]) ? 0 : null;
    }

    /// <summary>Returns the arguments, with each secret replaced by the result of <paramref name="hide"/>.</summary>
    public static IEnumerable<string> Hide(IReadOnlyList<string> words, Func<string, string> hide) =>
        words.Select((word, i) => Start(words, i) is { } at && at < word.Length
            ? SecretText.HideCredentials(word[..at], hide) + hide(word[at..])
            : SecretText.HideCredentials(word, hide));

    private static bool IsHeaderName(ReadOnlySpan<char> name) => !name.ContainsAny(' ', '=') && IsSecretName(name);

    private static bool IsSecretName(ReadOnlySpan<char> name) =>
        SecretNames.IsSecretOption(name) || SecretNames.IsSecretName(name.ToString());
}
