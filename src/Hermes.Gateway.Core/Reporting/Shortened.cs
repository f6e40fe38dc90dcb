namespace Hermes.Gateway.Core.Reporting;

/// <summary>Shortens lists in texts for people. Items and the files for CI have the whole lists.</summary>
internal static class Shortened
{
    private const int MaxNames = 10;

    /// <summary>Joins the first ten names and the number of the others: <c>a b c … and 7 more</c>.</summary>
    public static string Names(IReadOnlyCollection<string> names, string separator = " ") => names.Count <= MaxNames
        ? string.Join(separator, names)
        : $"{string.Join(separator, names.Take(MaxNames))} {Rest(names.Count - MaxNames)}";

    /// <summary>Returns the text that stands for omitted items: <c>… and 7 more</c>.</summary>
    public static string Rest(int count, string what = "") =>
        string.Create(CultureInfo.InvariantCulture, $"… and {count} more{(what.Length > 0 ? $" {what}" : "")}");
}
