using System.Collections.Immutable;

namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>The last gate before a report is shown or kept: wherever a command, a health check or a failure repeated a
/// value that is known to be a secret, it is hidden.</summary>
internal static class ReportSecrets
{
    /// <summary>The report without them. Paths and commands to type are ours, and stay as they are.</summary>
    public static ServiceReport Hide(ServiceReport report, SecretText secrets) => report with
    {
        Evidence = report.Evidence.ToImmutableSortedDictionary(pair => pair.Key, pair => secrets.HideValues(pair.Value)),
        LastExit = secrets.HideValues(report.LastExit),
        Health = secrets.Hide(report.Health),
        Checks = [.. report.Checks.Select(check => check with { Evidence = secrets.HideValues(check.Evidence) })],
        Findings = [.. report.Findings.Select(finding => finding with { Message = secrets.HideValues(finding.Message) })],
        Commands = [.. report.Commands.Select(command => command with { StandardError = secrets.Hide(command.StandardError) })],
    };
}
