using System.Globalization;
using System.Text;

namespace Hermes.Gateway.WholeOperations;

/// <summary>One line of a plot.</summary>
/// <param name="Label">What stands at its end.</param>
/// <param name="Color">Its colour, as CSS has it.</param>
/// <param name="Points">Its points, both coordinates above zero.</param>
internal sealed record PlotLine(string Label, string Color, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Draws lines over two logarithmic scales.</summary>
internal static class SvgPlot
{
    private const int Width = 900, Height = 520, Left = 80, Right = 250, Top = 50, Bottom = 60, Line = 16;

    /// <summary>The text of the file.</summary>
    public static string Draw(string title, string xTitle, string yTitle, IReadOnlyList<PlotLine> lines)
    {
        var points = lines.SelectMany(line => line.Points).ToList();
        var (x, y) = (Decades(points.Select(point => point.X)), Decades(points.Select(point => point.Y)));
        var svg = new StringBuilder();
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{Height}" viewBox="0 0 {Width} {Height}">""");
        Add($"""<g font-family="sans-serif" font-size="13">""");
        Add($"""<rect width="{Width}" height="{Height}" fill="white"/>""");
        Add($"""<text x="{Left}" y="28" font-size="16">{title}</text>""");
        for (var decade = x.Low; decade <= x.High; decade++)
        {
            var at = X(Math.Pow(10, decade));
            Add($"""<path d="M{at:0.#} {Top}V{Height - Bottom}" stroke="#ddd"/>""");
            Add($"""<text x="{at:0.#}" y="{Height - Bottom + 20}" text-anchor="middle">{Number(decade)}</text>""");
        }

        for (var decade = y.Low; decade <= y.High; decade++)
        {
            var at = Y(Math.Pow(10, decade));
            Add($"""<path d="M{Left} {at:0.#}H{Width - Right}" stroke="#ddd"/>""");
            Add($"""<text x="{Left - 8}" y="{at + 4:0.#}" text-anchor="end">{Number(decade)}</text>""");
        }

        Add($"""<text x="{(Left + Width - Right) / 2}" y="{Height - 16}" text-anchor="middle">{xTitle}</text>""");
        var middle = (Top + Height - Bottom) / 2;
        Add($"""<text transform="translate(22 {middle}) rotate(-90)" text-anchor="middle">{yTitle}</text>""");
        // From the top down, each below the one before, so that no two labels lie on each other.
        var free = double.MinValue;
        foreach (var line in lines.Where(line => line.Points.Count > 0).OrderByDescending(line => line.Points[^1].Y))
        {
            var path = string.Join(" L", line.Points.Select(point => Text($"{X(point.X):0.#} {Y(point.Y):0.#}")));
            Add($"""<path d="M{path}" fill="none" stroke="{line.Color}" stroke-width="2.5"/>""");
            foreach (var point in line.Points)
                Add($"""<circle cx="{X(point.X):0.#}" cy="{Y(point.Y):0.#}" r="4" fill="{line.Color}"/>""");
            var end = line.Points[^1];
            free = Math.Max(free + Line, Y(end.Y) + 4);
            Add($"""<text x="{X(end.X) + 10:0.#}" y="{free:0.#}" fill="{line.Color}">{line.Label}</text>""");
        }

        return svg.Append("</g>\n</svg>\n").ToString();

        void Add(FormattableString text) => svg.Append(Text(text)).Append('\n');
        double X(double value) => Left + (Share(value, x) * (Width - Right - Left));
        double Y(double value) => Height - Bottom - (Share(value, y) * (Height - Bottom - Top));
    }

    /// <summary>The whole decades that hold all values, one at least.</summary>
    private static (int Low, int High) Decades(IEnumerable<double> values)
    {
        var logarithms = values.Select(Math.Log10).DefaultIfEmpty(0).ToList();
        var low = (int)Math.Floor(logarithms.Min());
        return (low, Math.Max((int)Math.Ceiling(logarithms.Max()), low + 1));
    }

    private static double Share(double value, (int Low, int High) decades) =>
        (Math.Log10(value) - decades.Low) / (decades.High - decades.Low);

    private static string Number(int decade) => Math.Pow(10, decade).ToString("#,0.###", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
