using System.Collections.Immutable;
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
    private readonly ImmutableArray<string> _values =
        [.. values.Where(value => value.Length > 0).Distinct().OrderByDescending(value => value.Length)];

    /// <summary>Knows no values.</summary>
    public static SecretText Unknowing { get; } = new([]);

    /// <summary>The text without the secrets.</summary>
    public string Hide(string text)
    {
        text = HideValues(text);
        text = UserInfo().Replace(text, $"$1{Secrets.Hidden}@");
        text = Scheme().Replace(text, $"$1 {Secrets.Hidden}");
        text = Option().Replace(text, $"$1{Secrets.Hidden}");
        return Assignment().Replace(text, $"$1{Secrets.Hidden}");
    }

    /// <summary>The text without the values that are known to be secrets: for texts of ours, in which a word such as "token"
    /// is just that.</summary>
    internal string HideValues(string text)
    {
        foreach (var value in _values) text = text.Replace(value, Secrets.Hidden, StringComparison.Ordinal);
        return text;
    }

    /// <summary>Whether an argument says that the next one is a secret: <c>--token</c>, <c>-api-key</c>.</summary>
    public static bool IsSecretOption(string argument) => WholeOption().IsMatch(argument);

    [GeneratedRegex(@"(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,20}://)[^\s/""'?#]*@", Options)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"\b(Bearer|Basic)\s+[\w.~+/=-]+", Options)]
    private static partial Regex Scheme();

    [GeneratedRegex("((?<![\\w.-])(?>--?)(?!no-)[\\w.-]{0,64}?" + Word + "[\\w.-]{0,64}[\"']?\\s+)(?!-)" + Value, Options)]
    private static partial Regex Option();

    [GeneratedRegex("(" + Name + "[\"']?\\s*[=:]\\s*)" + Value, Options)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\A(?>--?)(?!no-)[\w.-]{0,64}?" + Word + @"[\w.-]{0,64}\z", Options)]
    private static partial Regex WholeOption();
}
