using System.Collections;
using System.Text.Json;

namespace Hermes.Gateway.Tests.Dummy.Behaviors;

/// <summary>Prints its environment as a JSON object.</summary>
internal static class EchoEnvironment
{
    public static int Run()
    {
        var variables = Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value);
        Console.Out.Write(JsonSerializer.Serialize(variables));
        return 0;
    }
}
