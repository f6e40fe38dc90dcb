using System.Collections.Immutable;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Services of which the same is to be said: the first of them, and how many more there are.</summary>
/// <param name="Mark">What is to be said: <c>✗</c>, <c>•</c> (to be changed) or <c>✓</c>.</param>
/// <param name="Reports">The first of them; at least one.</param>
/// <param name="More">How many more.</param>
internal sealed record ServiceGroup(string Mark, ImmutableArray<ServiceReport> Reports, int More)
{
    // From bad to good.
    private const string Marks = "✗•✓";

    /// <summary>The line that stands for the others.</summary>
    public string Rest => Shortened.Rest(More, $"like these ({Kind})");

    private string Kind => (Mark, Reports[0].Verb) switch
    {
        ("✗", "status") => "not good",
        ("✗", _) => "failed",
        ("•", _) => "to be changed",
        (_, "plan") => "with nothing to do",
        _ => "good",
    };

    /// <summary>The services of one operation. In their order as long as all of them are told; else by what is to be said,
    /// the worst first.</summary>
    /// <param name="reports">All of them.</param>
    /// <param name="most">The most of a kind that are told.</param>
    public static IEnumerable<ServiceGroup> Of(ImmutableArray<ServiceReport> reports, int most)
    {
        if (reports.IsEmpty) return [];
        if (reports.Length <= most) return [new ServiceGroup("", reports, 0)];
        return reports.GroupBy(MarkOf).OrderBy(group => Marks.IndexOf(group.Key, StringComparison.Ordinal))
            .Select(group => new ServiceGroup(group.Key, [.. group.Take(most)], Math.Max(group.Count() - most, 0)));
    }

    /// <summary>What is to be said of a service.</summary>
    public static string MarkOf(ServiceReport report) =>
        !ReportText.IsGood(report) ? "✗" : report is { Verb: "plan", Steps.IsEmpty: false } ? "•" : "✓";
}
