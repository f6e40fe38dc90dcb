namespace Hermes.Gateway.Core.Reporting;

/// <summary>The services of a table that have the same result: the first ones, and how many more there are.</summary>
/// <param name="Mark"><c>✗</c> (failed), <c>•</c> (to be changed) or <c>✓</c> (good); empty when the table is not grouped.</param>
/// <param name="Reports">The services that the table shows; at least one.</param>
/// <param name="OmittedCount">How many services the table does not show.</param>
internal sealed record ServiceGroup(string Mark, ImmutableArray<ServiceReport> Reports, int OmittedCount)
{
    private const string MarksFromWorstToBest = "✗•✓";

    /// <summary>The text of the row that stands for the omitted services.</summary>
    public string OmittedText => Shortened.Rest(OmittedCount, $"like these ({Result})");

    private string Result => (Mark, Reports[0].Verb) switch
    {
        ("✗", "status") => "not good",
        ("✗", _) => "failed",
        ("•", _) => "to be changed",
        (_, "plan") => "with nothing to do",
        _ => "good",
    };

    /// <summary>Groups the reports of an operation by result, the worst first. Up to <paramref name="max"/> reports stay one group in
    /// their order.</summary>
    /// <param name="reports">The reports of all services.</param>
    /// <param name="max">The maximum number of reports that a group shows.</param>
    public static IEnumerable<ServiceGroup> Of(ImmutableArray<ServiceReport> reports, int max)
    {
        if (reports.IsEmpty) return [];
        if (reports.Length <= max) return [new ServiceGroup("", reports, 0)];
        return reports.GroupBy(MarkOf).OrderBy(group => MarksFromWorstToBest.IndexOf(group.Key, StringComparison.Ordinal))
            .Select(group => new ServiceGroup(group.Key, [.. group.Take(max)], Math.Max(group.Count() - max, 0)));
    }

    public static string MarkOf(ServiceReport report) =>
        !ReportText.IsGood(report) ? "✗" : report is { Verb: "plan", Steps.IsEmpty: false } ? "•" : "✓";
}
