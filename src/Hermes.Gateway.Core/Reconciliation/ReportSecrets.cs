using System.Collections.Immutable;

namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>The last gate before a report is shown or kept: wherever a command, a health check or a failure repeated a
/// value that is known to be a secret, it is hidden.</summary>
internal static class ReportSecrets
{
    /// <summary>The report without them. Paths and commands to type are ours, and stay as they are.</summary>
    public static ServiceReport Hide(ServiceReport report, SecretText secrets)
    {
        var health = secrets.Hide(report.Health);
        var commands = Map(
            report.Commands,
            command => command.StandardError,
            secrets.Hide,
            (command, text) => command with { StandardError = text });
        // The usual service has none, and its report is a thousand times the same.
        if (secrets.KnowsNone)
            return health == report.Health && commands == report.Commands
                ? report
                : report with { Health = health, Commands = commands };
        return report with
        {
            Evidence = Hide(report.Evidence, secrets),
            LastExit = secrets.HideValues(report.LastExit),
            Health = health,
            Checks = Map(
                report.Checks,
                check => check.Evidence,
                secrets.HideValues,
                (check, text) => check with { Evidence = text }),
            Findings = Map(
                report.Findings,
                finding => finding.Message,
                secrets.HideValues,
                (finding, text) => finding with { Message = text }),
            Commands = commands,
        };
    }

    private static ImmutableSortedDictionary<string, string> Hide(
        ImmutableSortedDictionary<string, string> evidence, SecretText secrets)
    {
        var hidden = evidence;
        foreach (var (layer, text) in evidence) hidden = hidden.SetItem(layer, secrets.HideValues(text));
        return hidden;
    }

    // The same array when nothing in it was hidden.
    private static ImmutableArray<T> Map<T>(
        ImmutableArray<T> items, Func<T, string> read, Func<string, string> hide, Func<T, string, T> write)
        where T : class
    {
        for (var i = 0; i < items.Length; i++)
        {
            var text = read(items[i]);
            var hidden = hide(text);
            if (!ReferenceEquals(text, hidden)) items = items.SetItem(i, write(items[i], hidden));
        }

        return items;
    }
}
