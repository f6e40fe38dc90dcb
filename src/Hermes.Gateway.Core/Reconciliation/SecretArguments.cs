namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>Which words of a command are secrets: what follows an option such as <c>--token</c>, and the value of a word
/// such as <c>--token=…</c> or <c>API_TOKEN=…</c>.</summary>
internal static class SecretArguments
{
    /// <summary>Where in the word the secret begins; null when there is none in it.</summary>
    public static int? Start(IReadOnlyList<string> words, int index)
    {
        var word = words[index];
        var at = word.IndexOf('=', StringComparison.Ordinal);
        if (at > 0 && SecretWords.Occur(word.AsSpan(0, at))
            && (SecretText.IsSecretOption(word.AsSpan(0, at)) || Secrets.IsSecretName(word[..at])))
            return at + 1;
        return index > 0 && !word.StartsWith('-') && SecretText.IsSecretOption(words[index - 1]) ? 0 : null;
    }

    /// <summary>The words, with <paramref name="hide"/> of each secret instead of it.</summary>
    public static IEnumerable<string> Hide(IReadOnlyList<string> words, Func<string, string> hide) =>
        words.Select((word, i) => Start(words, i) is { } at ? word[..at] + hide(word[at..]) : word);
}
