using System.Text.RegularExpressions;

namespace Hermes.Gateway.Core.Redaction;

/// <summary>A credential of recognizable form: the user information of an address (<c>user:password</c>, or one of them), or the value
/// after a scheme or the name of a header.</summary>
internal sealed record Credential(string Value, bool IsUserInfo);

/// <summary>Hides secrets in free text: log lines, output of commands, command lines, our own messages.</summary>
/// <remarks>Hides known values anywhere, and values whose surroundings mark them as secret. In doubt it hides.</remarks>
internal sealed partial class SecretText
{
    // Names are matched from their beginning and within a bound, so that the time is linear in the length.
    private const string Name = @"[\w.-]{0,64}?" + SecretNames.Word + @"[\w.-]{0,64}";

    private const string Value = """(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"';&]+)""";

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private static readonly CredentialForm[] CredentialForms =
        [new(UserInfo(), "://"), new(Authorization(), "authorization"), new(Scheme(), "bearer", "basic")];

    // The longest first, because a shorter one can be a part of it.
    private readonly string[] _values;
    private readonly string[] _words;

    /// <param name="values">Values that are secrets wherever they occur.</param>
    /// <param name="words">Short values that are secrets only as a whole word, because any text may contain their letters.</param>
    public SecretText(IEnumerable<string> values, IEnumerable<string>? words = null)
    {
        _values = LongestFirst(values);
        _words = words is null ? [] : LongestFirst(words);
    }

    /// <summary>Knows no secret values: hides only what its surroundings mark as secret.</summary>
    public static SecretText PatternsOnly { get; } = new([]);

    /// <summary>Hides the secrets in a text of a program, a server or a file.</summary>
    public string Hide(string text)
    {
        text = HideInMessage(text);
        if (text.Contains('-', StringComparison.Ordinal)) text = HideValue(Option(), text);
        return text.Contains('=', StringComparison.Ordinal) || text.Contains(':', StringComparison.Ordinal)
            ? HideValue(Assignment(), text)
            : text;

        // Regex.Replace is compiled at run time, so it is called only for a text that matches.
        static string HideValue(Regex pattern, string text) =>
            pattern.IsMatch(text) ? pattern.Replace(text, $"$1{SecretNames.Hidden}") : text;
    }

    /// <summary>Hides the secrets that a message of ours may repeat. Text after a word such as "token" stays readable.</summary>
    public string HideInMessage(string text) => HideCredentials(HideValues(text, _ => SecretNames.Hidden), _ => SecretNames.Hidden);

    /// <summary>Replaces each known secret by the result of <paramref name="hide"/>.</summary>
    public string HideValues(string text, Func<string, string> hide)
    {
        foreach (var value in _values)
            if (text.Contains(value, StringComparison.Ordinal)) text = text.Replace(value, hide(value), StringComparison.Ordinal);
        foreach (var word in _words)
            if (text.Contains(word, StringComparison.Ordinal)) text = ReplaceWord(text, word, hide(word));
        return text;
    }

    /// <summary>Replaces each credential that has a recognizable form by the result of <paramref name="hide"/>: the user information
    /// of an address, and the value after <c>Bearer</c>, <c>Basic</c> or <c>Authorization:</c>.</summary>
    public static string HideCredentials(string text, Func<string, string> hide)
    {
        foreach (var form in CredentialForms)
            if (form.MayOccurIn(text))
                text = form.Pattern.Replace(text, match => match.Groups[1].Value + Once(match.Groups[2].Value));
        return text;

        // A placeholder is not replaced again.
        string Once(string secret) => secret.StartsWith("(hidden", StringComparison.Ordinal) ? secret : hide(secret);
    }

    /// <summary>Returns each credential that <see cref="HideCredentials"/> would hide.</summary>
    public static IEnumerable<Credential> FindCredentials(string text) =>
        CredentialForms.Where(form => form.MayOccurIn(text)).SelectMany(form => form.Pattern.Matches(text)
            .Select(match => new Credential(match.Groups[2].Value, IsUserInfo: form.Pattern == UserInfo())));

    // Most texts have none of the words, and then need no search by the pattern.
    private sealed record CredentialForm(Regex Pattern, params string[] Words)
    {
        public bool MayOccurIn(string text) => Array.Exists(Words, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    // A whole word has no letter or digit next to it.
    private static string ReplaceWord(string text, string word, string hidden)
    {
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0;)
        {
            var end = at + word.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
            {
                text = string.Concat(text.AsSpan(0, at), hidden, text.AsSpan(end));
                end = at + hidden.Length;
            }

            at = text.IndexOf(word, end, StringComparison.Ordinal);
        }

        return text;
    }

    private static string[] LongestFirst(IEnumerable<string> values) =>
        [.. values.Where(value => value.Length > 0).Distinct(StringComparer.Ordinal).OrderByDescending(value => value.Length)];

    // The second form, a password with '/', '?' or '#', is invalid, but many programs accept it. Digits before a '/' are a port.
    [GeneratedRegex("""(://)([^\s/"'?#]*|(?!\[)[^\s/"'?#:@]*:(?!\d{1,5}[/?#])[^\s"'@]{0,256})(?=@)""", Options)]
    internal static partial Regex UserInfo();

    [GeneratedRegex(@"\b((?:Bearer|Basic)\s+[""']?)(\(hidden[^)]*\)|[\w.~+/=-]+)", Options)]
    internal static partial Regex Scheme();

    // One word as a scheme, and the word after it; Bearer and Basic are left to Scheme().
    [GeneratedRegex("""(Authorization["']?\s*[:=]\s*["']?)(?!(?:Bearer|Basic)\s)([^\s"',;]+(?:[ \t]+[^\s"',;]+)?)""", Options)]
    internal static partial Regex Authorization();

    // What follows the name is tested first, because the search for a secret's word in the name takes longer.
    [GeneratedRegex(
        "((?<![\\w.-])(?=-(?>[\\w.-]*)[\"']?\\s)(?>--?)(?!no-)" + Name + "[\"']?\\s+)(?!-)" + Value, Options)]
    internal static partial Regex Option();

    [GeneratedRegex(
        "((?<![\\w.-])(?=(?>[\\w.-]+)[\"']?\\s*[=:])-{0,2}" + Name + "[\"']?\\s*[=:]\\s*)(?!(?:Bearer|Basic)\\s)" + Value, Options)]
    internal static partial Regex Assignment();
}
