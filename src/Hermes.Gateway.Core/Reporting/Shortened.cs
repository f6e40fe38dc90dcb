using System.Globalization;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>What is told to people of many services: the first few, and how many more there are. Items, and the files for CI,
/// have all of it.</summary>
internal static class Shortened
{
    /// <summary>The most names in a line.</summary>
    public const int MostNames = 10;

    /// <summary>Names, as many as fit in a line: <c>a b c … and 7 more</c>.</summary>
    public static string Names(IReadOnlyCollection<string> names, string separator = " ") => names.Count <= MostNames
        ? string.Join(separator, names)
        : $"{string.Join(separator, names.Take(MostNames))} {Rest(names.Count - MostNames)}";

    /// <summary>What stands for the others.</summary>
    public static string Rest(int count, string what = "") =>
        string.Create(CultureInfo.InvariantCulture, $"… and {count} more{(what.Length > 0 ? $" {what}" : "")}");
}
