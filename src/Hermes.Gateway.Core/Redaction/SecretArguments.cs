namespace Hermes.Gateway.Core.Redaction;

/// <summary>Finds the secrets in the arguments of a command: the argument after an option such as <c>--token</c>, the value of
/// <c>--token=…</c>, <c>API_TOKEN=…</c> or <c>X-Api-Key: …</c>, and credentials in an address or after <c>Bearer</c>.
/// </summary>
internal static class SecretArguments
{
    /// <summary>The index in the argument at which a secret begins that reaches to its end; null when there is none.</summary>
    public static int? Start(IReadOnlyList<string> words, int index)
    {
        var word = words[index];
        // A header comes first: its value can end with '='. Without the blank it can be anything, such as an address.
        if (word.IndexOf(": ", StringComparison.Ordinal) is var colon and > 0 && IsHeaderName(word.AsSpan(0, colon)))
            return colon + 2;
        if (word.IndexOf('=', StringComparison.Ordinal) is var at and > 0 && IsSecretName(word.AsSpan(0, at))) return at + 1;
        return index > 0 && !word.StartsWith('-') && SecretNames.IsSecretOption(words[index - 1]) ? 0 : null;
    }

    /// <summary>The arguments, each secret replaced by what <paramref name="hide"/> makes of it.</summary>
    public static IEnumerable<string> Hide(IReadOnlyList<string> words, Func<string, string> hide) =>
        words.Select((word, i) => Start(words, i) is { } at && at < word.Length
            ? SecretText.HideCredentials(word[..at], hide) + hide(word[at..])
            : SecretText.HideCredentials(word, hide));

    private static bool IsHeaderName(ReadOnlySpan<char> name) => !name.ContainsAny(' ', '=') && IsSecretName(name);

    private static bool IsSecretName(ReadOnlySpan<char> name) =>
        SecretNames.IsSecretOption(name) || SecretNames.IsSecretName(name.ToString());
}
