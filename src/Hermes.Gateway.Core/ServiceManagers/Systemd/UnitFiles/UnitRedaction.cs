using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

/// <summary>Makes a unit file fit to be shown: one assignment a line, without comments and without secrets. Hidden are the values
/// of all foreign directives and variables, of owned variables with a secret's name, and credentials within owned values.</summary>
internal static class UnitRedaction
{
    /// <summary>Redacts a file. <paramref name="owned"/> are the owned keys; <paramref name="hide"/> replaces a value.</summary>
    public static string Redact(string text, IReadOnlySet<string> owned, Func<string, string> hide)
    {
        var lines = new List<string>();
        var section = "";
        foreach (var entry in UnitFile.Parse(text).Entries)
        {
            if (entry.Section != section) lines.Add($"[{section = entry.Section}]");
            lines.AddRange(Redact(entry, owned, hide));
        }

        return string.Join('\n', lines);
    }

    private static IEnumerable<string> Redact(UnitEntry entry, IReadOnlySet<string> owned, Func<string, string> hide)
    {
        if (entry is { Section: "Service", Key: "Environment" })
            return UnitQuoting.TrySplitWords(entry.Value, out var words)
                ? words.Select(word => $"Environment={RedactVariable(word, owned, hide)}")
                : [$"Environment={hide(entry.Value)}"];
        if (entry is { Section: "Service", Key: "ExecStart" }) return [$"ExecStart={RedactCommand(entry.Value, hide)}"];
        var isShown = entry.Section == SystemdUnit.OwnSection || entry.Value.Length == 0 || SystemdUnit.IsDirective(entry);
        return [$"{entry.Key}={(isShown ? SecretText.HideCredentials(entry.Value, hide) : hide(entry.Value))}"];
    }

    // The command is shown as it is written, unless a part of it has to be hidden.
    private static string RedactCommand(string value, Func<string, string> hide)
    {
        if (value.Length == 0) return value;
        if (UnitCommand.TryParse(value) is not { } command) return hide(value);
        var shown = SecretArguments.Hide(command.Arguments, hide).ToList();
        return shown.SequenceEqual(command.Arguments) ? value : command.Prefixes + ShellText.Quote(shown);
    }

    private static string RedactVariable(string word, IReadOnlySet<string> owned, Func<string, string> hide)
    {
        if (word.IndexOf('=', StringComparison.Ordinal) is not (var at and > 0)) return hide(word);
        var (name, key) = (word[..at], DefinitionKeys.Environment(word[..at]));
        var isShown = name is Stamp.Variable or Stamp.SourceVariable || (owned.Contains(key) && !SecretNames.IsSecretKey(key));
        return isShown ? SecretText.HideCredentials(word, hide) : $"{name}={hide(word)}";
    }
}
