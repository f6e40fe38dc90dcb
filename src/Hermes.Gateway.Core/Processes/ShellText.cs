using System.Buffers;

namespace Hermes.Gateway.Core.Processes;

/// <summary>Shows argument lists to people. Nothing here is ever given to a shell by this project.</summary>
public static class ShellText
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=@%+,");

    /// <summary>Joins <paramref name="arguments"/> to one line that a POSIX shell would split into the same list.</summary>
    public static string Quote(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(QuoteOne));

    private static string QuoteOne(string argument) =>
        argument.Length > 0 && !argument.AsSpan().ContainsAnyExcept(Plain)
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
