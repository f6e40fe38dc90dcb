using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>A unit file for showing: one assignment a line, without comments, and without what could be a secret. That
/// is the value of any directive and variable that is not ours, of a variable of ours that has a secret's name, and
/// credentials within the values of ours.
/// </summary>
internal static class UnitRedaction
{
    private const string Private = "X-Hermes";

    /// <summary>The text to show.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="owned">The names of the keys that are ours.</param>
    /// <param name="hide">Stands in for a value.</param>
    public static string Of(string text, IReadOnlySet<string> owned, Func<string, string> hide)
    {
        var lines = new List<string>();
        var section = "";
        foreach (var entry in UnitFile.Parse(text).Entries)
        {
            if (entry.Section != section) lines.Add($"[{section = entry.Section}]");
            lines.AddRange(Lines(entry, owned, hide));
        }

        return string.Join('\n', lines);
    }

    private static IEnumerable<string> Lines(UnitEntry entry, IReadOnlySet<string> owned, Func<string, string> hide)
    {
        if (entry is { Section: "Service", Key: "Environment" })
            return UnitText.TrySplitWords(entry.Value, out var words)
                ? words.Select(word => $"Environment={Variable(word, owned, hide)}")
                : [$"Environment={hide(entry.Value)}"];
        if (entry is { Section: "Service", Key: "ExecStart" }) return [$"{entry.Key}={Command(entry.Value, hide)}"];
        return [$"{entry.Key}={(IsShown(entry) ? SecretText.HideCredentials(entry.Value, hide) : hide(entry.Value))}"];
    }

    // As it is written, unless there is something to hide.
    private static string Command(string value, Func<string, string> hide)
    {
        if (value.Length == 0) return value;
        if (UnitCommand.TryParse(value) is not { } command) return hide(value);
        var shown = SecretArguments.Hide(command.Arguments, hide).ToList();
        return shown.SequenceEqual(command.Arguments) ? value : command.Prefixes + ShellText.Quote(shown);
    }

    private static bool IsShown(UnitEntry entry) =>
        entry.Section == Private || entry.Value.Length == 0 || SystemdUnit.IsDirective(entry);

    private static string Variable(string word, IReadOnlySet<string> owned, Func<string, string> hide)
    {
        if (word.IndexOf('=', StringComparison.Ordinal) is not (var at and > 0)) return hide(word);
        var (name, key) = (word[..at], DefinitionKeys.Environment(word[..at]));
        var isShown = name is Stamp.Variable or Stamp.SourceVariable || (owned.Contains(key) && !SecretNames.IsSecretKey(key));
        return isShown ? SecretText.HideCredentials(word, hide) : $"{name}={hide(word)}";
    }
}
