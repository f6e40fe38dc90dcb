using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

/// <summary>The program of tests/Hermes.Gateway.Tests.Dummy, built next to this assembly.</summary>
internal static class Dummy
{
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Hermes.Gateway.Tests.Dummy");

    public static CommandRequest Request(params string[] arguments) =>
        new() { Program = Program, Arguments = [.. arguments], Timeout = Bounds.Never };

    public static CommandRequest Shell(string script, params string[] arguments) =>
        new() { Program = "/bin/sh", Arguments = ["-c", script, "sh", .. arguments], Timeout = Bounds.Never };
}
