using System.Globalization;

namespace Hermes.Gateway.WholeOperations;

/// <summary>Writes figures for people: aligned columns, no colours.</summary>
internal sealed class TableWriter(TextWriter output)
{
    /// <summary>Everything, with what has to be known to read it.</summary>
    public void Write(
        Machine machine, Options options, Figures figures, IReadOnlyList<Target> targets, IEnumerable<string> absent)
    {
        Title("Machine");
        Fact("cores", Number(machine.Cores));
        Fact("kernel", machine.Kernel);
        Fact("systemd", machine.Systemd);
        Fact("dotnet", machine.Dotnet);
        Fact("load at the start", machine.Load);
        Fact("rounds", Number(options.Rounds));
        foreach (var name in absent) Fact(name, "absent, not measured");

        foreach (var group in figures.Times.GroupBy(series => (series.Operation, series.Services)))
        {
            Title(TitleOf(group.Key.Operation, group.Key.Services));
            Rows(
            [
                ["subject", "median ms", "min", "max", "ratio", "to"],
                .. group.Select(series => (string[])
                [
                    series.Subject, Time(series.Median), Time(series.Min), Time(series.Max),
                    Ratio(figures.RatioOf(series)), series.Reference ?? "",
                    .. Waited(group, series),
                ]),
            ]);
        }

        Title("Commands spawned by the package");
        foreach (var spawned in figures.Spawned)
        {
            output.WriteLine($"  {spawned.Operation}, {Number(spawned.Services)}: {Number(spawned.Calls.Length)}");
            foreach (var call in spawned.Calls) output.WriteLine($"    {call}");
        }

        Title("Peak memory of the build");
        Rows(
        [
            ["build", "services", "peak"],
            .. figures.Peaks.Select(peak => (string[])
                [peak.Operation, Number(peak.Services), Targets.Show(peak.Megabytes, "MB")]),
        ]);
        Title("Targets");
        Rows(
        [
            ["what", "measured", "at most", "reached"],
            .. targets.Select(target => (string[])
            [
                target.Name, Targets.Show(target.Measured, target.Unit), Targets.Show(target.Limit, target.Unit),
                target.IsReached switch { true => "yes", false => "NO", null => "" },
            ]),
        ]);
    }

    private static string TitleOf(string operation, int services)
    {
        if (operation == Besides.Waiting)
            return "Waiting: restart of 1 service. All other figures are without any (stability window 0, no health check)";
        var title = $"{operation}, {services} {(services == 1 ? "service" : "services")}";
        return operation == Operation.Repair.Name ? $"{title}, {Operation.Repair.Touched(services)} of them changed" : title;
    }

    private static string[] Waited(IEnumerable<Series> group, Series series) =>
        series.Operation == Besides.Waiting && series.Reference is { } reference
            ? [$"of which waiting: {Time(series.Median - group.First(other => other.Subject == reference).Median)}"]
            : [];

    private void Fact(string name, string value) => output.WriteLine($"  {name,-17}  {value}");

    private void Title(string text)
    {
        output.WriteLine();
        output.WriteLine(text);
    }

    // Numbers to the right, texts to the left; the heading of numbers goes with them.
    private void Rows(string[][] rows)
    {
        var columns = rows.Length == 0 ? 0 : rows.Max(row => row.Length);
        var widths = Enumerable.Range(0, columns)
            .Select(i => rows.Max(row => i < row.Length ? row[i].Length : 0)).ToArray();
        foreach (var row in rows)
            output.WriteLine("  " + string.Join("  ", row.Select((cell, i) =>
                HoldsNumbers(i) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd());

        bool HoldsNumbers(int column) =>
            rows.Any(row => row.Length > column && row[column] is [>= '0' and <= '9', ..])
            && rows.Skip(1).All(row =>
                row.Length <= column || row[column] is [] or [>= '0' and <= '9', ..] or "not measured");
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Time(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Ratio(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";
}
