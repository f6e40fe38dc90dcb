using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Definitions;

namespace Hermes.Gateway.Core.Redaction;

/// <summary>Decides by a name (of a variable, an option, a header, a key) whether the value that belongs to it is a secret.
/// </summary>
internal static partial class SecretNames
{
    /// <summary>The text that replaces a secret.</summary>
    public const string Hidden = "(hidden)";

    /// <summary>Matches the part of a name that makes its value a secret. Long words count anywhere in a name; short
    /// ones only where no letter or digit is next to them (<c>GH_PAT</c>, not <c>PATH</c>). <c>PASS</c> also counts as an ending
    /// (<c>PGPASS</c>), but not in words of the language such as <c>COMPASS</c>.</summary>
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

    /// <summary>The name of a foreign directive without its value, which can be a secret.</summary>
    public static string NameOnly(string directive) =>
        directive.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? directive[..at] : directive;

    [GeneratedRegex(@"^Environment\[.*" + Word, Options)]
    internal static partial Regex SecretKey();

    [GeneratedRegex(@"\A(?>--?)(?!no-)[\w.-]{0,64}?" + Word + @"[\w.-]{0,64}\z", Options)]
    internal static partial Regex WholeOption();
}
