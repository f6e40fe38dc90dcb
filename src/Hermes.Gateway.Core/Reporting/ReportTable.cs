using System.Collections.Immutable;
using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>The reports of one operation as one text. Of many services: a table with one line each, then the whole story
/// of those only that have one, then one line that says how it went. However many they are, it is no longer than somebody
/// can read: what is not as it should be comes first, and the rest is counted.</summary>
public static class ReportTable
{
    /// <summary>The most lines of the table for services of which the same is to be said.</summary>
    public const int MostRows = 40;

    /// <summary>The most stories.</summary>
    public const int MostStories = 10;

    private static readonly string[] Titles =
        ["name", "installed", "loaded", "running", "enabled", "pid", "health", "outcome"];

    /// <summary>The text. Of one service that was changed without a problem it is one line.</summary>
    /// <param name="reports">At least one.</param>
    public static IEnumerable<string> Lines(ImmutableArray<ServiceReport> reports)
    {
        if (reports is [var only])
            return HasStory(only) || IsLook(only) ? ReportText.Details(only) : [ReportText.Summary(only)];
        var stories = Stories(reports);
        var untold = reports.Count(HasStory) - stories.Length;
        return
        [
            $"{reports[0].Verb} of {ReportText.Count(reports.Length, "service")}",
            .. Table(reports),
            .. stories.SelectMany(report => ReportText.Details(report).Prepend("")),
            .. untold > 0 ? (string[])["", $"{Shortened.Rest(untold)} of which there is something to tell"] : [],
            "",
            Summary(reports),
        ];
    }

    /// <summary>Those of several services whose whole story is in the text: the first few that have one, the worst first when
    /// there are more.</summary>
    public static ImmutableArray<ServiceReport> Stories(ImmutableArray<ServiceReport> reports)
    {
        ImmutableArray<ServiceReport> all = [.. reports.Where(HasStory)];
        return all.Length <= MostStories ? all : [.. all.OrderBy(ReportText.IsGood).Take(MostStories)];
    }

    /// <summary>How it went, in one line: <c>3 services: 2 good, 1 failed: name</c>.</summary>
    public static string Summary(ImmutableArray<ServiceReport> reports)
    {
        var (word, others) = reports[0].Verb switch
        {
            "plan" => ("with nothing to do", reports.Where(report => !report.Steps.IsEmpty).ToList()),
            _ => ("good", []),
        };
        var bad = reports.Where(report => !ReportText.IsGood(report)).ToList();
        var parts = new List<string>();
        Add(reports.Length - bad.Count - others.Count, word, []);
        Add(others.Count, "to be changed", others);
        Add(bad.Count, reports[0].Verb == "status" ? "not good" : "failed", bad);
        return $"{ReportText.Count(reports.Length, "service")}: {string.Join(", ", parts)}";

        void Add(int count, string what, List<ServiceReport> which)
        {
            if (count == 0) return;
            var names = which.Count == 0 ? "" : $": {Shortened.Names([.. which.Select(report => report.Definition.Name.Value)])}";
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {what}{names}"));
        }
    }

    /// <summary>Whether there is more to tell of the service than its line in the table.</summary>
    public static bool HasStory(ServiceReport report) =>
        !ReportText.IsGood(report)
        || report.Findings.Any(finding => finding.Severity != Severity.Info)
        || (IsLook(report) && !(report.Differences.IsEmpty && report.Steps.IsEmpty));

    // Of what was changed, the differences and steps are history.
    private static bool IsLook(ServiceReport report) => report.Verb is "status" or "plan";

    private static IEnumerable<string> Table(ImmutableArray<ServiceReport> reports)
    {
        var shown = ServiceGroup.Of(reports, MostRows).ToList();
        var widths = new int[Titles.Length];
        foreach (var row in shown.SelectMany(group => group.Reports).Select(Row).Prepend(Titles))
            for (var column = 0; column < row.Length; column++)
                widths[column] = Math.Max(widths[column], row[column].Length);

        yield return Line(" ", Titles);
        foreach (var group in shown)
        {
            foreach (var report in group.Reports) yield return Line(ServiceGroup.MarkOf(report), Row(report));
            if (group.More > 0) yield return $"  {group.Mark} {group.Rest}";
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
        // The word; the check and its answer are in the story.
        report.Health.Length > 0 ? report.Health.Split(':')[0] : "-",
        Outcome(report),
    ];

    private static string Outcome(ServiceReport report) => report.Verb switch
    {
        "status" => ReportText.IsGood(report) ? "good" : "not good",
        "plan" when report.Outcome != Reporting.Outcome.Failed =>
            report.Steps.IsEmpty ? "nothing to do" : ReportText.Count(report.Steps.Length, "step"),
        _ => ReportText.Word(report.Outcome),
    };
}
