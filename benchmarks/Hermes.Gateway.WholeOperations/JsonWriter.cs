using System.Text.Encodings.Web;
using System.Text.Json;

namespace Hermes.Gateway.WholeOperations;

/// <summary>Writes figures for programs.</summary>
internal static class JsonWriter
{
    private static readonly JsonSerializerOptions Style = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The text of the file.</summary>
    public static string Write(
        Machine machine, Options options, Figures figures, IEnumerable<Target> targets, IEnumerable<string> absent) =>
        JsonSerializer.Serialize(
            new
            {
                Schema = 1,
                machine,
                options.Rounds,
                options.Counts,
                options.IsShort,
                Absent = absent,
                Times = figures.Times.Select(series => new
                {
                    series.Operation,
                    series.Services,
                    series.Subject,
                    series.Reference,
                    series.Median,
                    series.Min,
                    series.Max,
                    Ratio = figures.RatioOf(series),
                    series.Milliseconds,
                }),
                figures.Spawned,
                figures.Peaks,
                targets,
            },
            Style) + "\n";
}
