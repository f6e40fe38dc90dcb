namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>Whether a text has anything in it that an expression for secrets could match. Nearly none has, and to look
/// for it letter by letter costs next to nothing; the first use of such an expression costs milliseconds in every
/// process. Never says no where an expression would match.</summary>
internal static class SecretWords
{
    // Each word of SecretText.Word and of Secrets has one of these in it.
    private static readonly string[] Words =
        ["secret", "token", "pass", "pwd", "credential", "auth", "cookie", "key", "connection", "dsn"];

    private static readonly string[] Schemes = ["bearer", "basic"];

    /// <summary>Whether there is a word that tells of a secret.</summary>
    public static bool Occur(ReadOnlySpan<char> text) => Holds(text, "stpcakd", Words);

    /// <summary>Whether there is a word that comes before a secret in the header of a request.</summary>
    public static bool HasScheme(ReadOnlySpan<char> text) => Holds(text, "b", Schemes);

    /// <summary>Whether there is an address in which there may be a user.</summary>
    public static bool HasUserInfo(ReadOnlySpan<char> text)
    {
        for (var i = 0; i + 2 < text.Length; i++)
            if (text[i] == ':' && text[i + 1] == '/' && text[i + 2] == '/')
                return text[i..].Contains('@');
        return false;
    }

    private static bool Holds(ReadOnlySpan<char> text, string firsts, string[] words)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var first = Lower(text[i]);
            if (!firsts.Contains(first, StringComparison.Ordinal)) continue;
            foreach (var word in words)
                if (word[0] == first && Begins(text[i..], word)) return true;
        }

        return false;
    }

    private static bool Begins(ReadOnlySpan<char> text, string word)
    {
        if (text.Length < word.Length) return false;
        for (var i = 1; i < word.Length; i++)
            if (Lower(text[i]) != word[i]) return false;
        return true;
    }

    // The sign of the kelvin is a K to an expression that ignores case. No other letter beyond ASCII is one of these.
    private static char Lower(char c) => c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c == '\u212a' ? 'k' : c;
}
