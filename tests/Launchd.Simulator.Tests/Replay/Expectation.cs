using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Launchd.Simulator.Tests.Replay;

/// <summary>The answer a command of a transcript gave: exit code and both streams.</summary>
public sealed record Expectation(
    ImmutableArray<int> ExitCodes, ImmutableArray<ExpectedLine> Output, ImmutableArray<ExpectedLine> Error)
{
    /// <summary>Why the answer is another one; null when it is not.</summary>
    public string? FindDifference((int Exit, string Out, string Error) answer, Func<string, string> fill)
    {
        if (ExitCodes.Contains(answer.Exit) && Matches(Output, answer.Out, fill) && Matches(Error, answer.Error, fill))
            return null;

        return new StringBuilder()
            .Append("expected:\n").Append(Show("|", Output, fill)).Append(Show("!", Error, fill))
            .Append("= ").AppendJoin(" or ", ExitCodes).Append('\n')
            .Append("actual:\n").Append(Show("|", answer.Out)).Append(Show("!", answer.Error))
            .Append(CultureInfo.InvariantCulture, $"= {answer.Exit}\n")
            .ToString();
    }

    private static bool Matches(ImmutableArray<ExpectedLine> expected, string text, Func<string, string> fill)
    {
        var whole = string.Concat(expected.Select(line => line.ToPattern(fill)));
        return Regex.IsMatch(text, $@"\A{whole}\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5))
            && expected.All(line => line.Kind switch
            {
                LineKind.Absent => !text.Contains(fill(line.Text), StringComparison.Ordinal),
                LineKind.Anywhere => Regex.IsMatch(text, $@"(?m)^{LinePattern.Of(fill(line.Text))}$"),
                _ => true,
            });
    }

    private static string Show(string prefix, ImmutableArray<ExpectedLine> lines, Func<string, string> fill) =>
        string.Concat(lines.Select(line => $"{prefix}{line.Mark} {fill(line.Text)}\n"));

    private static string Show(string prefix, string text) =>
        string.Concat(text.Split('\n').SkipLast(1).Select(line => $"{prefix} {line}\n"))
        + (text.Length == 0 || text.EndsWith('\n') ? "" : $"{prefix} {text.Split('\n')[^1]} (no end of line)\n");
}
