using System.Text.RegularExpressions;

namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>Keeps values that look like secrets out of everything that is shown or kept.</summary>
public static partial class Secrets
{
    /// <summary>What is shown instead of a secret.</summary>
    public const string Hidden = "(hidden)";

    /// <summary>A difference for people and reports; the values of variables with a secret's name are hidden.</summary>
    public static string Show(Drift drift) => Hide(drift).ToString();

    /// <summary>The difference with such values hidden.</summary>
    public static Drift Hide(Drift drift) => IsSecret(drift.Key)
        ? drift with
        {
            Expected = drift.Expected is null ? null : Hidden,
            Actual = drift.Actual is null ? null : Hidden,
        }
        : drift;

    /// <summary>The name of a foreign directive. Its value can be a secret; the name tells enough.</summary>
    public static string NameOnly(string directive) =>
        directive.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? directive[..at] : directive;

    /// <summary>Whether a key, as in a <see cref="Drift"/>, has a secret's name.</summary>
    public static bool IsSecret(string key) => SecretKey().IsMatch(key);

    [GeneratedRegex(
        @"^Environment\[.*(SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CONNECTION_?STRING|(?<=_|\[)(PWD|PASS|KEY|AUTH|DSN)(_|\]))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretKey();
}
