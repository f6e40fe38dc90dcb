namespace Hermes.Gateway.Core.Reporting;

/// <summary>Formats the reports of an operation as one text for people: a table with one row for each service, the details of services
/// that need attention, and a summary. The text is bounded; of many services, those with problems come first.</summary>
public static class ReportTable
{
    /// <summary>The maximum number of rows of services with the same result.</summary>
    public const int MaxRows = 40;

    private const int MaxDetailed = 10;

    private static readonly string[] Titles = ["name", "installed", "loaded", "running", "enabled", "pid", "health", "outcome"];

    /// <summary>Returns the lines of the text: for one service its details, or one line if it was changed without a problem.</summary>
    /// <param name="reports">The reports; at least one.</param>
    public static IEnumerable<string> Lines(ImmutableArray<ServiceReport> reports)
    {
        if (reports is [var only])
            return HasDetails(only) || IsReadOnly(only) ? ReportText.Details(only) : [ReportText.Summary(only)];
        var detailed = Detailed(reports);
        var omitted = reports.Count(HasDetails) - detailed.Length;
        return
        [
            $"{reports[0].Verb} of {ReportText.Count(reports.Length, "service")}",
            .. Table(reports),
            .. detailed.SelectMany(report => ReportText.Details(report).Prepend("")),
            .. omitted > 0 ? (string[])["", $"{Shortened.Rest(omitted)} of which there is something to tell"] : [],
            "",
            Summary(reports),
        ];
    }

    /// <summary>Returns the reports whose details are in the text of several services: the first ten that have details, the failed ones
    /// first when there are more.</summary>
    public static ImmutableArray<ServiceReport> Detailed(ImmutableArray<ServiceReport> reports)
    {
        var all = reports.Where(HasDetails).ToImmutableArray();
        return all.Length <= MaxDetailed ? all : [.. all.OrderBy(ReportText.IsGood).Take(MaxDetailed)];
    }

    /// <summary>Returns one line with the number of services for each result: <c>3 services: 2 good, 1 failed: name</c>.</summary>
    public static string Summary(ImmutableArray<ServiceReport> reports)
    {
        var verb = reports[0].Verb;
        var bad = reports.Where(report => !ReportText.IsGood(report)).ToList();
        var planned = verb == "plan" ? reports.Where(report => !report.Steps.IsEmpty).ToList() : [];
        (int Count, string Result)[] results =
        [
            (reports.Length - bad.Count - planned.Count, verb == "plan" ? "with nothing to do" : "good"),
            (planned.Count, $"to be changed: {NamesOf(planned)}"),
            (bad.Count, $"{(verb == "status" ? "not good" : "failed")}: {NamesOf(bad)}"),
        ];
        return $"{ReportText.Count(reports.Length, "service")}: "
            + string.Join(", ", results.Where(one => one.Count != 0).Select(one => $"{one.Count} {one.Result}"));

        static string NamesOf(List<ServiceReport> reports) =>
            Shortened.Names([.. reports.Select(report => report.Definition.Name.Value)]);
    }

    /// <summary>Whether a report has more to show than its row of the table: a problem, or drift when nothing was to be changed.</summary>
    public static bool HasDetails(ServiceReport report) =>
        !ReportText.IsGood(report)
        || report.Findings.Any(finding => finding.Severity != Severity.Info)
        || (IsReadOnly(report) && !(report.Differences.IsEmpty && report.Steps.IsEmpty));

    private static bool IsReadOnly(ServiceReport report) => report.Verb is "status" or "plan";

    private static IEnumerable<string> Table(ImmutableArray<ServiceReport> reports)
    {
        var groups = ServiceGroup.Of(reports, MaxRows).ToList();
        var rows = groups.SelectMany(group => group.Reports).Select(Row).Prepend(Titles).ToList();
        var widths = Titles.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();

        yield return Line(" ", Titles);
        foreach (var group in groups)
        {
            foreach (var report in group.Reports) yield return Line(ServiceGroup.MarkOf(report), Row(report));
            if (group.OmittedCount > 0) yield return $"  {group.Mark} {group.OmittedText}";
        }

        string Line(string mark, string[] row) =>
            $"  {mark} " + string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
    }

    private static string[] Row(ServiceReport report) =>
    [
        report.Definition.Name.Value,
        ReportText.Word(report.After.Installed),
        ReportText.Word(report.After.Loaded),
        ReportText.Word(report.After.Running),
        ReportText.Word(report.After.Enabled),
        report.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "-",
        // Only the word before the colon; the details have the check and its answer.
        report.Health.Length > 0 ? report.Health.Split(':')[0] : "-",
        OutcomeOf(report),
    ];

    private static string OutcomeOf(ServiceReport report) => report.Verb switch
    {
        "status" => ReportText.IsGood(report) ? "good" : "not good",
        "plan" when report.Outcome != Outcome.Failed =>
            report.Steps.IsEmpty ? "nothing to do" : ReportText.Count(report.Steps.Length, "step"),
        _ => ReportText.Word(report.Outcome),
    };
}
