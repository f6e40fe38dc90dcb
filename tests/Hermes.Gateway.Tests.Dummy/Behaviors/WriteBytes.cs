namespace Hermes.Gateway.Tests.Dummy.Behaviors;

/// <summary>Writes bytes, given as hexadecimal numbers, to both output streams.</summary>
internal static class WriteBytes
{
    public static int Run(string[] bytes)
    {
        var raw = Array.ConvertAll(bytes, text => Convert.ToByte(text, 16));
        using var output = Console.OpenStandardOutput();
        using var error = Console.OpenStandardError();
        output.Write(raw);
        error.Write(raw);
        return 0;
    }
}
