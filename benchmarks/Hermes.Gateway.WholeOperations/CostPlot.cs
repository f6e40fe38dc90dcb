using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Hermes.Gateway.WholeOperations;

/// <summary>Draws medians against the number of services, both on logarithmic scales.</summary>
internal static class CostPlot
{
    private const int Width = 900, Height = 520;

    /// <summary>Returns the text of an SVG file.</summary>
    public static string ToSvg(Figures figures, IReadOnlyCollection<int> counts)
    {
        var model = new PlotModel
        {
            Title = "Cost against number of services (medians)",
            TitleFontWeight = FontWeights.Normal,
            Background = OxyColors.White,
            DefaultFont = "sans-serif",
        };
        model.Legends.Add(new Legend
        {
            LegendPosition = LegendPosition.RightTop, LegendPlacement = LegendPlacement.Outside, LegendLineSpacing = 6,
        });
        model.Axes.Add(AxisAt(AxisPosition.Bottom, "services"));
        model.Axes.Add(AxisAt(AxisPosition.Left, "milliseconds"));
        model.Series.Add(LineOf("bare systemctl show", "#555555", Operation.Status, Subjects.Expert));
        model.Series.Add(LineOf("our status, in the task", "#1565c0", Operation.Status, Subjects.Task));
        model.Series.Add(LineOf("our no-op deploy, in the task", "#c62828", Operation.NoOp, Subjects.Task));
        var exporter = new SvgExporter
        {
            Width = Width, Height = Height, TextMeasurer = new WidestFont(), UseVerticalTextAlignmentWorkaround = true,
        };
        return exporter.ExportToString(model);

        LineSeries LineOf(string title, string color, Operation operation, string subject)
        {
            var line = new LineSeries
            {
                Title = title,
                Color = OxyColor.Parse(color),
                StrokeThickness = 2.5,
                MarkerType = MarkerType.Circle,
                MarkerSize = 4,
            };
            line.Points.AddRange(counts.Select(services => figures.Find(operation, services, subject)).OfType<Series>()
                .Select(series => new DataPoint(series.Services, series.Median)));
            return line;
        }
    }

    private static LogarithmicAxis AxisAt(AxisPosition position, string title) => new()
    {
        Position = position,
        Title = title,
        StringFormat = "#,0.###",
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = OxyColors.LightGray,
        PowerPadding = false,
        MinimumPadding = 0.05,
        MaximumPadding = 0.05,
    };

    /// <summary>Leaves room for text in the viewer's font.</summary>
    /// <remarks>The base class, which measures for SVG files by default, takes Helvetica in points (1/72 inch). SVG counts
    /// in pixels (1/96 inch), and DejaVu Sans, the usual sans-serif on Linux, is 1.2 times as wide. A legend whose text is
    /// measured too small is cut off.</remarks>
    private sealed class WidestFont() : PdfRenderContext(Width, Height, OxyColors.White)
    {
        private const double PixelsPerPoint = 96.0 / 72;

        public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
        {
            var size = base.MeasureText(text, fontFamily, fontSize, fontWeight);
            return new OxySize(size.Width * PixelsPerPoint * 1.2, size.Height * PixelsPerPoint);
        }
    }
}
