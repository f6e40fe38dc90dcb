using System.Collections.Immutable;
using System.Globalization;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Lists of exit statuses in units (systemd.service(5)): repeated assignments add up, and the order says
/// nothing. Signals and names (<c>SIGKILL</c>, <c>TEMPFAIL</c>) are kept as they are written.</summary>
internal static class UnitExitCodes
{
    /// <summary>True for a directive that is such a list.</summary>
    public static bool IsList(string directive) =>
        directive is "RestartForceExitStatus" or "SuccessExitStatus" or "RestartPreventExitStatus";

    /// <summary>The value for these codes.</summary>
    public static string Write(ImmutableArray<int> codes)
    {
        var words = new List<string>();
        foreach (var code in codes) words.Add(code.ToString(CultureInfo.InvariantCulture));
        return Join(words);
    }

    /// <summary>The value that one more assignment leads to.</summary>
    public static string Add(string? before, string value) =>
        Join($"{before} {value}".Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));

    private static string Join(IEnumerable<string> words) => string.Join(' ', words.Distinct(StringComparer.Ordinal)
        .OrderBy(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : int.MaxValue)
        .ThenBy(word => word, StringComparer.Ordinal));
}
