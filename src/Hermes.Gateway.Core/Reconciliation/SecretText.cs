using System.Text.RegularExpressions;

namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>Takes secrets out of free text: what a program logged, what a command wrote, a command line.</summary>
/// <remarks>
/// Two ways, because neither is enough: values that are known to be secrets, wherever they occur, and what looks like
/// one by its surroundings. Too much is hidden rather than too little.
/// </remarks>
/// <param name="values">Values known to be secrets.</param>
public sealed partial class SecretText(IEnumerable<string> values)
{
    internal const string Word =
        "(?:SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|AUTHORIZATION|COOKIE|API[_-]?KEY|PRIVATE[_-]?KEY"
        + "|ACCESS[_-]?KEY|CONNECTION[_-]?STRING|(?<![A-Z0-9])(?:PWD|PASS|KEY|AUTH|DSN)(?![A-Z0-9]))";

    // Names are matched from their beginning and within a bound, so that a long line costs no more than its length.
    private const string Name = @"(?<![\w.-])-{0,2}[\w.-]{0,64}?" + Word + @"[\w.-]{0,64}";

    private const string Value = """(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"';&]+)""";

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    // The longest first: a short one may be a part of it.
    private readonly string[] _values = LongestFirst(values);

    /// <summary>Knows no values.</summary>
    public static SecretText Unknowing { get; } = new([]);

    /// <summary>Whether it knows no values.</summary>
    internal bool KnowsNone => _values.Length == 0;

    /// <summary>The text without the secrets.</summary>
    public string Hide(string text)
    {
        text = HideValues(text);
        if (SecretWords.HasUserInfo(text)) text = UserInfo().Replace(text, $"$1{Secrets.Hidden}@");
        if (SecretWords.HasScheme(text)) text = Scheme().Replace(text, $"$1 {Secrets.Hidden}");
        // What stands in the place of a secret is no such word.
        if (!SecretWords.Occur(text)) return text;
        if (text.Contains('-', StringComparison.Ordinal)) text = Option().Replace(text, $"$1{Secrets.Hidden}");
        return text.Contains('=', StringComparison.Ordinal) || text.Contains(':', StringComparison.Ordinal)
            ? Assignment().Replace(text, $"$1{Secrets.Hidden}")
            : text;
    }

    /// <summary>The text without the values that are known to be secrets: for texts of ours, in which a word such as "token"
    /// is just that.</summary>
    internal string HideValues(string text)
    {
        foreach (var value in _values) text = text.Replace(value, Secrets.Hidden, StringComparison.Ordinal);
        return text;
    }

    /// <summary>Whether an argument says that the next one is a secret: <c>--token</c>, <c>-api-key</c>.</summary>
    public static bool IsSecretOption(string argument) => IsSecretOption(argument.AsSpan());

    /// <summary>Likewise, of a part of a word.</summary>
    internal static bool IsSecretOption(ReadOnlySpan<char> argument) =>
        argument.StartsWith('-') && SecretWords.Occur(argument) && WholeOption().IsMatch(argument);

    private static string[] LongestFirst(IEnumerable<string> values)
    {
        var all = new List<string>();
        foreach (var value in values)
            if (value.Length > 0) all.Add(value);
        return all.Count < 2 ? [.. all] : [.. all.Distinct().OrderByDescending(value => value.Length)];
    }

    [GeneratedRegex(@"(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,20}://)[^\s/""'?#]*@", Options)]
    internal static partial Regex UserInfo();

    [GeneratedRegex(@"\b(Bearer|Basic)\s+[\w.~+/=-]+", Options)]
    internal static partial Regex Scheme();

    [GeneratedRegex("((?<![\\w.-])(?>--?)(?!no-)[\\w.-]{0,64}?" + Word + "[\\w.-]{0,64}[\"']?\\s+)(?!-)" + Value, Options)]
    internal static partial Regex Option();

    [GeneratedRegex("(" + Name + "[\"']?\\s*[=:]\\s*)" + Value, Options)]
    internal static partial Regex Assignment();

    [GeneratedRegex(@"\A(?>--?)(?!no-)[\w.-]{0,64}?" + Word + @"[\w.-]{0,64}\z", Options)]
    internal static partial Regex WholeOption();
}
