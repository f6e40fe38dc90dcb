using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Redaction;

/// <summary>The gate that every report passes before it leaves the library: no text in it holds a secret or a command to
/// whatever reads it. All views (text, items, JSON, JUnit, Markdown, history, bundle) are of what comes out here.</summary>
/// <param name="secrets">Hides the secrets of the service.</param>
internal sealed class ReportRedaction(SecretText secrets)
{
    /// <summary>The most items of the list of what an operator added to a definition.</summary>
    public const int MostKept = 1000;

    /// <summary>For texts that are about no service that is known yet, such as problems of its input.</summary>
    public static ReportRedaction Unknowing { get; } = new(SecretText.Unknowing);

    /// <summary>The redacted report.</summary>
    public ServiceReport Of(ServiceReport report) => report with
    {
        DefinitionPath = HarmlessText.Of(report.DefinitionPath),
        Evidence = OfEvidence(report.Evidence),
        LastExit = OfMessage(report.LastExit),
        Health = OfText(report.Health),
        Checks = Map(report.Checks, check => OfMessage(check.Evidence) is var text && Same(text, check.Evidence)
            ? check : check with { Evidence = text }),
        Differences = Map(report.Differences, Of),
        Kept = OfKept(report.Kept),
        DropIns = Map(report.DropIns, HarmlessText.Of),
        FileDiff = Map(report.FileDiff, OfMessage),
        Steps = Map(report.Steps, Of),
        Commands = Map(report.Commands, command => command with
        {
            CommandLine = OfText(command.CommandLine),
            StandardError = OfText(command.StandardError),
        }),
        Findings = Map(report.Findings, Of),
        Log = Map(report.Log, OfText),
        Advice = OfMessage(report.Advice),
    };

    /// <summary>The redacted finding; the same instance when nothing in it was changed.</summary>
    public Finding Of(Finding finding)
    {
        var (message, advice) = (OfMessage(finding.Message), finding.Advice is { } text ? OfMessage(text) : null);
        return Same(message, finding.Message) && Same(advice, finding.Advice)
            ? finding
            : finding with { Message = message, Advice = advice };
    }

    /// <summary>The redacted step of a plan.</summary>
    public Step Of(Step step) => OfMessage(step.Reason) is var text && Same(text, step.Reason) ? step : step with { Reason = text };

    /// <summary>The redacted difference, whose two sides still show that they differ.</summary>
    public Drift Of(Drift drift) => DriftRedaction.Of(drift, secrets, HarmlessText.Of);

    /// <summary>A redacted text of others: a log line, what a command wrote, a server's answer, a command line.</summary>
    public string OfText(string text) => text.Length == 0 ? text : HarmlessText.Of(secrets.Hide(text));

    /// <summary>A redacted text of ours, in which a word such as "token" is just that.</summary>
    public string OfMessage(string text) => text.Length == 0 ? text : HarmlessText.Of(secrets.HideInMessage(text));

    private StepReport Of(StepReport step)
    {
        var (reason, command) = (OfMessage(step.Reason), step.Command is { } text ? OfMessage(text) : null);
        return Same(reason, step.Reason) && Same(command, step.Command) ? step : step with { Reason = reason, Command = command };
    }

    private ImmutableSortedDictionary<string, string> OfEvidence(ImmutableSortedDictionary<string, string> evidence)
    {
        var hidden = evidence;
        foreach (var (layer, text) in evidence)
            if (OfMessage(text) is var shown && !Same(shown, text)) hidden = hidden.SetItem(layer, shown);
        return hidden;
    }

    // A file can have hundreds of thousands of keys, and each text and each item would have them all.
    private static ImmutableArray<string> OfKept(ImmutableArray<string> kept) => kept.Length <= MostKept
        ? Map(kept, OfKept)
        : [.. kept.Take(MostKept).Select(OfKept), Shortened.Rest(kept.Length - MostKept)];

    private static string OfKept(string directive) => HarmlessText.Of(SecretNames.NameOnly(directive));

    private static bool Same(string? one, string? other) => ReferenceEquals(one, other);

    // Returns the same array when nothing changed, which avoids copies for 1,000 services.
    private static ImmutableArray<T> Map<T>(ImmutableArray<T> items, Func<T, T> change)
        where T : class
    {
        ImmutableArray<T>.Builder? changed = null;
        for (var i = 0; i < items.Length; i++)
        {
            var item = change(items[i]);
            if (ReferenceEquals(item, items[i])) continue;
            if (changed is null) (changed = ImmutableArray.CreateBuilder<T>(items.Length)).AddRange(items);
            changed[i] = item;
        }

        return changed?.MoveToImmutable() ?? items;
    }
}
