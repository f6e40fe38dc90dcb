namespace Hermes.Gateway.Core.Definitions;

/// <summary>Determines from a definition the files that a program's code is in.</summary>
internal static class ProgramFiles
{
    /// <summary>The assembly that the executable of a .NET program starts, if it exists: beside it, or its first argument.</summary>
    public static IEnumerable<string> AssembliesOf(ServiceDefinition definition) =>
        definition.Arguments.Take(1)
            .Where(path => path.EndsWith(".dll", StringComparison.Ordinal) && Path.IsPathRooted(path))
            .Prepend(definition.Program + ".dll").Where(File.Exists);
}
