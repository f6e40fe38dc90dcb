using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Redaction;

/// <summary>Redacts reports before they leave the library: hides secrets, and breaks commands to terminals, CI agents and MSBuild.
/// All views (text, items, JSON, JUnit, Markdown, history, bundle) are made of redacted reports.</summary>
/// <param name="secrets">The secrets of the service.</param>
internal sealed class ReportRedaction(SecretText secrets)
{
    // A definition can have hundreds of thousands of foreign keys, and every view would contain them all.
    private const int MostKept = 1000;

    /// <summary>Knows no secret values: for texts without a known service, such as problems of the input.</summary>
    public static ReportRedaction PatternsOnly { get; } = new(SecretText.PatternsOnly);

    public ServiceReport Of(ServiceReport report) => report with
    {
        DefinitionPath = HarmlessText.Of(report.DefinitionPath),
        Release = HarmlessText.Of(report.Release),
        Evidence = OfEvidence(report.Evidence),
        LastExit = OfMessage(report.LastExit),
        Health = OfText(report.Health),
        Checks = [.. report.Checks.Select(check => check with { Evidence = OfMessage(check.Evidence) })],
        Differences = [.. report.Differences.Select(Of)],
        Kept = OfForeignKeys(report.Kept),
        DropIns = [.. report.DropIns.Select(HarmlessText.Of)],
        FileDiff = [.. report.FileDiff.Select(OfMessage)],
        Steps = [.. report.Steps.Select(step => step with { Reason = OfMessage(step.Reason), Command = OfOptional(step.Command) })],
        Commands =
        [
            .. report.Commands.Select(command => command with
            {
                CommandLine = OfText(command.CommandLine),
                StandardError = OfText(command.StandardError),
            }),
        ],
        Findings = [.. report.Findings.Select(Of)],
        Log = [.. report.Log.Select(OfText)],
        Advice = OfMessage(report.Advice),
    };

    public Finding Of(Finding finding) =>
        finding with { Message = OfMessage(finding.Message), Advice = OfOptional(finding.Advice) };

    public Step Of(Step step) => step with { Reason = OfMessage(step.Reason) };

    public Drift Of(Drift drift) => DriftRedaction.Of(drift, secrets, HarmlessText.Of);

    /// <summary>Redacts a text of others: a log line, the output of a command, a server's answer, a command line.</summary>
    public string OfText(string text) => text.Length == 0 ? text : HarmlessText.Of(secrets.Hide(text));

    /// <summary>Redacts a message of ours, in which text after a word such as "token" is no secret.</summary>
    public string OfMessage(string text) => text.Length == 0 ? text : HarmlessText.Of(secrets.HideInMessage(text));

    private string? OfOptional(string? message) => message is null ? null : OfMessage(message);

    private ImmutableSortedDictionary<string, string> OfEvidence(ImmutableSortedDictionary<string, string> evidence)
    {
        var redacted = evidence.ToBuilder();
        foreach (var (layer, text) in evidence) redacted[layer] = OfMessage(text);
        return redacted.ToImmutable();
    }

    private static ImmutableArray<string> OfForeignKeys(ImmutableArray<string> keys)
    {
        var shown = keys.Take(MostKept).Select(key => HarmlessText.Of(SecretNames.NameOnly(key)));
        return keys.Length <= MostKept ? [.. shown] : [.. shown, Shortened.Rest(keys.Length - MostKept)];
    }
}

/// <summary>Redacts texts that are shown beside the reports: command lines, exceptions.</summary>
public static class RedactedText
{
    /// <summary>Hides secrets that can be recognized by their surroundings (not the values of a service's definition), removes
    /// control sequences and invisible characters, and breaks commands to CI agents and MSBuild.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ReportRedaction.PatternsOnly.OfText(text);
    }
}
