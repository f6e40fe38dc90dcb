using System.Globalization;
using System.Text;

namespace Hermes.Gateway.Tests.Dummy.Behaviors;

/// <summary>Prints a text many times, in pieces that do not end where its characters end.</summary>
internal static class RepeatText
{
    private const int PieceBytes = 1021;

    public static int Run(string text, string count)
    {
        var repeated = new StringBuilder().Insert(0, text, int.Parse(count, CultureInfo.InvariantCulture)).ToString();
        using var output = Console.OpenStandardOutput();
        foreach (var piece in Encoding.UTF8.GetBytes(repeated).Chunk(PieceBytes))
            output.Write(piece);
        return 0;
    }
}
