using System.Text.RegularExpressions;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Parses <c>launchctl print-disabled DOMAIN</c>: launchd's list of labels that were enabled or disabled, which
/// outlives the jobs, their definitions and restarts of the machine.</summary>
internal static partial class DisabledServices
{
    private const string Title = "disabled services = ";

    /// <summary>Returns the listed labels and whether each is disabled. Returns null for another text, and for a list
    /// without its end, from which a disabled label may be missing.</summary>
    public static ImmutableDictionary<string, bool>? TryParse(string text)
    {
        // Newer versions of macOS begin with an empty line and indent everything by one tab.
        var lines = text.Split('\n', StringSplitOptions.TrimEntries).SkipWhile(line => line.Length == 0).ToArray();
        if (lines is not [var title, .. var rest]) return null;
        if (title == $"{Title}(no disabled services)") return ImmutableDictionary<string, bool>.Empty;
        if (title != $"{Title}{{") return null;

        var services = ImmutableDictionary.CreateBuilder<string, bool>(StringComparer.Ordinal);
        foreach (var line in rest)
        {
            // The lines of the login item associations, which follow, have the same form.
            if (line == "}") return services.ToImmutable();

            if (Entry().Match(line) is { Success: true } entry)
                services[entry.Groups["label"].Value] = entry.Groups["disabled"].Success;
        }

        return null;
    }

    // macOS 12 and earlier print true and false.
    [GeneratedRegex("""^"(?<label>.*)" => (?:(?<disabled>disabled|true)|enabled|false)$""")]
    private static partial Regex Entry();
}
