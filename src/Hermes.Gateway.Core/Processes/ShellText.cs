namespace Hermes.Gateway.Core.Processes;

/// <summary>Formats argument lists for people. This project never passes them to a shell.</summary>
public static class ShellText
{
    /// <summary>Joins <paramref name="arguments"/> to one line that a POSIX shell would split into the same list.</summary>
    public static string Quote(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(QuoteOne));

    private static string QuoteOne(string argument) =>
        IsPlain(argument) ? argument : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Whether a word needs no quotes, in a shell and in a unit file.</summary>
    internal static bool IsPlain(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "_-./:=@%+,".Contains(c, StringComparison.Ordinal));
}
