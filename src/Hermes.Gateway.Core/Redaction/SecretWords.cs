namespace Hermes.Gateway.Core.Redaction;

/// <summary>Answers whether a text contains anything that a regular expression for secrets could match. Nearly no text does, and
/// this scan costs next to nothing, while the first use of such an expression costs milliseconds in every process. Answers
/// yes too often rather than no where an expression would match.</summary>
internal static class SecretWords
{
    // Each alternative of SecretNames.Word contains one of these.
    private static readonly string[] Words =
        ["secret", "token", "pass", "pwd", "credential", "auth", "cookie", "key", "connection", "dsn", "webhook"];

    // These are part of common words (path, ping, disk): they count only where no letter or digit is next to them.
    private static readonly string[] ShortWords = ["pat", "jwt", "pem", "pin", "salt", "sk"];

    private const string FirstLetters = "stpcakdwj";

    /// <summary>Whether the text contains a word that makes a value a secret.</summary>
    public static bool Occur(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var first = Lower(text[i]);
            if (!FirstLetters.Contains(first, StringComparison.Ordinal)) continue;
            foreach (var word in Words)
                if (word[0] == first && Begins(text[i..], word)) return true;
            if (i > 0 && char.IsAsciiLetterOrDigit(text[i - 1])) continue;
            foreach (var word in ShortWords)
                if (word[0] == first && Begins(text[i..], word)
                    && (i + word.Length == text.Length || !char.IsAsciiLetterOrDigit(text[i + word.Length])))
                    return true;
        }

        return false;
    }

    /// <summary>Whether the text contains the scheme of an <c>Authorization</c> header, or the header's name.</summary>
    public static bool HasScheme(ReadOnlySpan<char> text) =>
        text.Contains("bearer", StringComparison.OrdinalIgnoreCase) || text.Contains("basic", StringComparison.OrdinalIgnoreCase)
        || text.Contains("authorization", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the text contains an address that could have user information (<c>://…@</c>).</summary>
    public static bool HasUserInfo(ReadOnlySpan<char> text) =>
        text.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 && text[at..].Contains('@');

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
