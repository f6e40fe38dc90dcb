using System.Globalization;
using Spectre.Console;

namespace Hermes.Gateway.WholeOperations;

/// <summary>Writes the figures of a run as tables for people, without colours.</summary>
internal sealed class TableWriter
{
    // Wider than every table, so that a file or a pipe gets each row on one line.
    private const int Unlimited = 1000;

    private readonly IAnsiConsole _console;

    /// <summary>Writes to <paramref name="output"/>; rows that are wider than <paramref name="width"/> are wrapped.</summary>
    public TableWriter(TextWriter output, int? width)
    {
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            // They turn escape sequences on where a CI service understands them.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        _console.Profile.Width = width ?? Unlimited;
    }

    /// <summary>Writes to standard output, in the width of the terminal if it is one.</summary>
    public static TableWriter ForConsole() => new(Console.Out, Console.IsOutputRedirected ? null : Console.WindowWidth);

    /// <summary>Writes everything, beginning with the facts about the machine on which the figures depend.</summary>
    public void Write(
        Machine machine, Options options, Figures figures, IReadOnlyList<Target> targets, IEnumerable<string> absent)
    {
        Title("Machine");
        Rows(["fact", "value"],
        [
            ["cores", Number(machine.Cores)],
            ["kernel", machine.Kernel],
            ["systemd", machine.Systemd],
            ["dotnet", machine.Dotnet],
            ["load at the start", machine.Load],
            ["rounds", Number(options.Rounds)],
            .. absent.Select(name => (string[])[name, "absent, not measured"]),
        ]);

        foreach (var group in figures.Times.GroupBy(series => (series.Operation, series.Services)))
        {
            Title(TitleOf(group.Key.Operation, group.Key.Services));
            string[] waiting = group.Key.Operation == Besides.Waiting ? ["> of which waiting"] : [];
            Rows(["subject", "> median ms", "> min", "> max", "> ratio", "to", .. waiting],
            [
                .. group.Select(series => (string[])
                [
                    series.Subject, Time(series.Median), Time(series.Min), Time(series.Max),
                    Ratio(figures.RatioOf(series)), series.Reference ?? "",
                    .. waiting.Select(_ => Waited(group, series)),
                ]),
            ]);
        }

        Title("Commands spawned by the package");
        Rows(["operation", "> services", "> commands", "command"],
        [
            .. figures.Spawned.SelectMany(spawned => spawned.Calls.DefaultIfEmpty("").Select((call, i) => i == 0
                ? [spawned.Operation, Number(spawned.Services), Number(spawned.Calls.Length), call]
                : (string[])["", "", "", call])),
        ]);

        Title("Peak memory of the build");
        Rows(["build", "> services", "> peak"],
        [
            .. figures.Peaks.Select(peak => (string[])
                [peak.Operation, Number(peak.Services), Targets.Show(peak.Megabytes, "MB")]),
        ]);

        Title("Targets");
        Rows(["what", "> measured", "> at most", "reached"],
        [
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

    private static string Waited(IEnumerable<Series> group, Series series) => series.Reference is { } reference
        ? Time(series.Median - group.First(other => other.Subject == reference).Median)
        : "";

    private void Title(string text)
    {
        _console.WriteLine();
        _console.WriteLine(text);
    }

    // A column whose heading begins with "> " holds numbers and is aligned to the right.
    private void Rows(string[] headings, IEnumerable<string[]> rows)
    {
        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = false };
        foreach (var heading in headings)
        {
            var isNumber = heading.StartsWith("> ", StringComparison.Ordinal);
            table.AddColumn(new TableColumn(new Text(isNumber ? heading[2..] : heading))
            {
                Alignment = isNumber ? Justify.Right : Justify.Left,
            });
        }

        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        _console.Write(table);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Time(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Ratio(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";
}
