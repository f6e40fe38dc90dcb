using System.Collections.Immutable;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Reads <c>launchctl print-disabled DOMAIN</c>: what <c>enable</c> and <c>disable</c> have left behind, which
/// outlives the job, its file and a restart of the machine.</summary>
internal static class PrintedOverrides
{
    private const string Title = "disabled services = ";
    private const string Arrow = "\" => ";

    /// <summary>Label and whether it is disabled; a label without an override is not in it. Null when the text is no
    /// such list, or one that was cut off: then a label that is missing may still have an override.</summary>
    public static ImmutableDictionary<string, bool>? TryParse(string text)
    {
        // Newer versions begin with an empty line and indent everything by one tab.
        var lines = text.Split('\n', StringSplitOptions.TrimEntries).SkipWhile(line => line.Length == 0).ToArray();
        if (lines is not [var title, .. var rest]) return null;
        if (title == $"{Title}(no disabled services)") return ImmutableDictionary<string, bool>.Empty;
        if (title != $"{Title}{{") return null;

        var overrides = ImmutableDictionary.CreateBuilder<string, bool>(StringComparer.Ordinal);
        foreach (var line in rest)
        {
            // What follows are the login item associations, whose lines look the same.
            if (line == "}") return overrides.ToImmutable();

            var arrow = line.LastIndexOf(Arrow, StringComparison.Ordinal);
            if (arrow > 0 && line[0] == '"' && IsDisabled(line[(arrow + Arrow.Length)..]) is { } disabled)
                overrides[line[1..arrow]] = disabled;
        }

        return null;
    }

    // Words since macOS 13; before it was the value of "disabled".
    private static bool? IsDisabled(string word) => word switch
    {
        "disabled" or "true" => true,
        "enabled" or "false" => false,
        _ => null,
    };
}
