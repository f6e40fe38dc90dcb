using System.Collections.Immutable;
using System.Globalization;

namespace Hermes.Gateway.WholeOperations;

/// <summary>What is asked for on the command line.</summary>
internal sealed record Options
{
    /// <summary>How to ask.</summary>
    public const string Usage =
        "usage: eng/bench.sh [--short] [--counts \"1 10 100 1000\"] [--rounds N] [--out FOLDER] [--check]";

    /// <summary>Just enough to see that everything works: one round, no warm-up.</summary>
    public bool IsShort { get; private init; }

    /// <summary>An unreached target is a failure.</summary>
    public bool Check { get; private init; }

    /// <summary>Numbers of services, rising.</summary>
    public ImmutableArray<int> Counts { get; private init; } = [1, 10, 100, 1000];

    /// <summary>How often every subject is measured.</summary>
    public int Rounds { get; private init; } = 9;

    /// <summary>The folder for the results.</summary>
    public string Out { get; private init; } = "artifacts/bench";

    /// <summary>A folder of this run's own, which the caller removes.</summary>
    public string Scratch { get; private init; } = "";

    /// <summary>The folder with the packed package.</summary>
    public string Feed { get; private init; } = "";

    /// <summary>The package's version.</summary>
    public string Version { get; private init; } = "";

    /// <summary>Reads the arguments; null when they are not understood.</summary>
    public static Options? TryParse(IEnumerable<string> arguments)
    {
        var words = new Queue<string>(arguments);
        var options = words.Contains("--short")
            ? new Options { IsShort = true, Rounds = 1, Counts = [1, 3] }
            : new Options();
        while (words.TryDequeue(out var name))
        {
            if (name == "--short") continue;
            if (name == "--check")
            {
                options = options with { Check = true };
                continue;
            }

            if (!words.TryDequeue(out var value)) return null;
            switch (name)
            {
                case "--counts" when ReadCounts(value) is { IsEmpty: false } counts:
                    options = options with { Counts = counts };
                    break;
                case "--rounds" when ReadNumber(value) is { } rounds:
                    options = options with { Rounds = rounds };
                    break;
                case "--out":
                    options = options with { Out = Path.GetFullPath(value) };
                    break;
                case "--scratch":
                    options = options with { Scratch = value };
                    break;
                case "--feed":
                    options = options with { Feed = value };
                    break;
                case "--version":
                    options = options with { Version = value };
                    break;
                default:
                    return null;
            }
        }

        return options is { Scratch: "" } or { Feed: "" } or { Version: "" } ? null : options;
    }

    /// <summary>How often an operation is measured: many services take long, and vary less.</summary>
    public int RoundsFor(int services, bool isHeavy) =>
        services < 1000 ? Rounds : Math.Min(Rounds, isHeavy ? 3 : 5);

    private static ImmutableArray<int> ReadCounts(string value)
    {
        var numbers = value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(ReadNumber).ToList();
        return numbers.Contains(null) ? [] : [.. numbers.OfType<int>().Distinct().Order()];
    }

    private static int? ReadNumber(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : null;
}
