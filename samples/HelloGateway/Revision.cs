namespace HelloGateway;

/// <summary>Tells which build runs.</summary>
internal static class Revision
{
    /// <summary>What a person changes in the source to see a new build run.</summary>
    public const string Greeting = "hello, world";

    /// <summary>The greeting, and the revision that the deploy stamped into this process's environment.</summary>
    public static string Of(Func<string, string?> environment)
    {
        var stamp = environment("HERMES_GATEWAY_STAMP");
        var revision = stamp?.Split(':', 3) is [_, _, var last] ? last : "not deployed";
        return $"{Greeting} (revision {revision}, process {Environment.ProcessId})";
    }
}
