using System.Globalization;

namespace Hermes.Gateway.Tests.Dummy.Behaviors;

/// <summary>Writes more than any pipe holds to both output streams, between <c>BEGIN</c> and <c>END</c>.</summary>
internal static class FloodOutput
{
    private const int BlockBytes = 64 * 1024;
    private const int BlocksPerMegabyte = 16;

    public static int Run(string megabytes)
    {
        Write(int.Parse(megabytes, CultureInfo.InvariantCulture) * BlocksPerMegabyte);
        return 0;
    }

    public static int RunForever()
    {
        Write(long.MaxValue);
        return 0;
    }

    private static void Write(long blocks)
    {
        var block = new byte[BlockBytes];
        Array.Fill(block, (byte)'x');
        using var output = Console.OpenStandardOutput();
        using var error = Console.OpenStandardError();

        output.Write("BEGIN"u8);
        error.Write("BEGIN"u8);
        for (long i = 0; i < blocks; i++)
        {
            output.Write(block);
            error.Write(block);
        }

        output.Write("END"u8);
        error.Write("END"u8);
    }
}
