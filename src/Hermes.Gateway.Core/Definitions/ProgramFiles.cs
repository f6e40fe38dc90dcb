namespace Hermes.Gateway.Core.Definitions;

/// <summary>The files that a program's code is in, as far as a definition tells.</summary>
internal static class ProgramFiles
{
    /// <summary>The program, and what a .NET program's executable starts: that is beside it, or is its first argument.
    /// None of them has to exist.</summary>
    public static IEnumerable<string> Of(ServiceDefinition definition) =>
    [
        definition.Program,
        definition.Program + ".dll",
        .. definition.Arguments.Take(1)
            .Where(path => path.EndsWith(".dll", StringComparison.Ordinal) && Path.IsPathRooted(path)),
    ];
}
