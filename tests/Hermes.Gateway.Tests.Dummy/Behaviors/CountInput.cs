using System.Globalization;

namespace Hermes.Gateway.Tests.Dummy.Behaviors;

/// <summary>Reads its standard input to the end and prints the number of bytes; hangs where there is no end.</summary>
internal static class CountInput
{
    public static int Run()
    {
        using var input = Console.OpenStandardInput();
        using var copy = new MemoryStream();
        input.CopyTo(copy);
        Console.Out.Write(copy.Length.ToString(CultureInfo.InvariantCulture));
        return 0;
    }
}
