using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Operations.Planning;

/// <summary>Compares the text of a definition file before and after a plan. Lines that begin with <c>-</c> are removed, with <c>+</c> are
/// added, with a blank are kept; <c>…</c> stands for lines left out. Pure.</summary>
internal static partial class DefinitionFileDiff
{
    /// <summary>The most lines of a diff. A longer one ends with the number of the lines left out.</summary>
    public const int MostLines = 60;

    /// <summary>The most characters of a line.</summary>
    public const int LongestLine = 160;

    // Comparing takes a time that grows with the square of this. Definitions have some dozens of lines.
    private const int MostCompared = 1000;

    /// <summary>Returns the diff of a definition file before and after a plan.</summary>
    /// <param name="before">The text before the plan; empty when there is no file.</param>
    /// <param name="after">The text that the plan writes.</param>
    /// <param name="redact">Replaces every value in a text that could be a secret by the result of a function.</param>
    public static ImmutableArray<string> Of(string before, string after, Func<string, Func<string, string>, string> redact)
    {
        // Different secrets become different words, so that a change is seen; the words themselves are not shown.
        var secrets = new Dictionary<string, int>(StringComparer.Ordinal);
        var (old, now) = (Read(before), Read(after));
        if (Math.Max(old.Length, now.Length) > MostCompared) return ["… (too long to be compared)"];
        var lines = Shorten(Compare(old, now))
            .Select(line => Cut(Hidden().Replace(line, SecretNames.Hidden))).ToImmutableArray();
        if (lines.Length <= MostLines) return lines;
        var omitted = lines.Length - MostLines + 1;
        return [.. lines[..^omitted], string.Create(CultureInfo.InvariantCulture, $"… ({omitted} more lines)")];

        string[] Read(string text) =>
            text.Length == 0 ? [] : [.. redact(text, Hide).TrimEnd('\n').Split('\n')];

        string Hide(string value)
        {
            if (!secrets.TryGetValue(value, out var number)) secrets[value] = number = secrets.Count;
            return string.Create(CultureInfo.InvariantCulture, $"(hidden {number})");
        }
    }

    // By the longest common subsequence, as any diff.
    private static List<string> Compare(string[] old, string[] now)
    {
        var common = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
            for (var j = now.Length - 1; j >= 0; j--)
                common[i, j] = old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);

        var lines = new List<string>();
        var (a, b) = (0, 0);
        while (a < old.Length || b < now.Length)
            if (a < old.Length && b < now.Length && old[a] == now[b])
            {
                lines.Add($"  {old[a++]}");
                b++;
            }
            else if (b == now.Length || (a < old.Length && common[a + 1, b] >= common[a, b + 1]))
            {
                lines.Add($"- {old[a++]}");
            }
            else
            {
                lines.Add($"+ {now[b++]}");
            }

        return lines;
    }

    // One line around each change tells where it is: in a property list, the key stands above its value.
    private static IEnumerable<string> Shorten(List<string> lines)
    {
        var isLeftOut = false;
        for (var i = 0; i < lines.Count; i++)
        {
            var isShown = IsChange(i - 1) || IsChange(i) || IsChange(i + 1);
            if (isShown) yield return lines[i];
            else if (!isLeftOut) yield return "…";
            isLeftOut = !isShown;
        }

        bool IsChange(int at) => at >= 0 && at < lines.Count && lines[at][0] != ' ';
    }

    private static string Cut(string line) => line.Length <= LongestLine ? line : line[..(LongestLine - 1)] + "…";

    [GeneratedRegex(@"\(hidden [0-9]+\)", RegexOptions.CultureInvariant)]
    private static partial Regex Hidden();
}
