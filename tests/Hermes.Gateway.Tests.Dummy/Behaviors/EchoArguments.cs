using System.Text.Json;

namespace Hermes.Gateway.Tests.Dummy.Behaviors;

/// <summary>Prints its arguments as a JSON array.</summary>
internal static class EchoArguments
{
    public static int Run(string[] arguments)
    {
        Console.Out.Write(JsonSerializer.Serialize(arguments));
        return 0;
    }
}
