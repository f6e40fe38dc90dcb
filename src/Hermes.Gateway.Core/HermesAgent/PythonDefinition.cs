using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Core.HermesAgent;

/// <summary>Recognises definitions that <c>hermes gateway install</c> has written in its versions, or a person after their model.
/// </summary>
internal static class PythonDefinition
{
    private const string Module = "hermes_cli.main";
    private const string Home = "HERMES_HOME";

    /// <summary>Describes a definition of the Python gateway by its command, as the end of a sentence; null for any other definition.
    /// </summary>
    public static string? KindOf(ImmutableArray<string> command)
    {
        if (command is not [var program, .. var arguments]) return null;
        var name = Path.GetFileName(program);
        if (name == "osascript" && arguments.Any(word => word.Contains(Module, StringComparison.Ordinal)))
            return "the Python gateway's definition, started through osascript";
        if (!arguments.Contains("gateway")) return null;
        if (arguments is ["-m", Module, ..]) return "the Python gateway's definition";
        if (name == "hermes") return "a definition of the Python gateway's command 'hermes'";
        if (!arguments.Zip(arguments.Skip(1)).Contains(("-m", Module))) return null;
        // A wrapper that is a Python module is named by the module, not by the interpreter.
        var wrapper = arguments is ["-m", var module, ..] ? module : name;
        return $"the Python gateway's definition, started through the wrapper '{wrapper}'";
    }

    /// <summary>Returns the home in a definition without a stamp when it is not the desired one: the definition runs another gateway.
    /// Null when the homes are equal, or when the definition names no absolute home.</summary>
    public static string? OtherHome(Comparison comparison)
    {
        if (comparison.Ownership != Ownership.Unowned
            || !comparison.Desired.Definition.Environment.TryGetValue(Home, out var desired)) return null;
        var installed = comparison.Seen.Installed.Content!.Keys.GetValueOrDefault(DefinitionKeys.Environment(Home));
        // The places of "%h/.hermes" and "~/.hermes" are not known.
        return installed?.StartsWith('/') == true && installed.TrimEnd('/') != desired ? installed : null;
    }
}
