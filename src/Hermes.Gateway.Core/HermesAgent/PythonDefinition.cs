using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Core.HermesAgent;

/// <summary>Recognises definitions that <c>hermes gateway install</c> has written through the times, or a person after
/// their model. Pure.</summary>
internal static class PythonDefinition
{
    private const string Module = "hermes_cli.main";
    private const string Home = "HERMES_HOME";

    /// <summary>What kind of the Python gateway's definitions it is, for people; null when it is none.</summary>
    public static string? KindOf(ImmutableArray<string> command)
    {
        if (command is not [var program, .. var arguments]) return null;
        var name = Path.GetFileName(program);
        if (name == "osascript" && arguments.Any(word => word.Contains(Module, StringComparison.Ordinal)))
            return "the Python gateway's definition, started through osascript";
        if (arguments.StartsWith("-m", Module) && arguments.Contains("gateway")) return "the Python gateway's definition";
        if (name == "hermes" && arguments.Contains("gateway")) return "a definition of the Python gateway's command 'hermes'";
        for (var i = 0; i + 1 < arguments.Length; i++)
            if (arguments[i] == "-m" && arguments[i + 1] == Module && arguments.Contains("gateway"))
                return $"the Python gateway's definition, started through the wrapper '{WrapperOf(name, arguments)}'";
        return null;
    }

    /// <summary>The home that a definition of nobody's pins, when it is another than the wanted one: what it runs is
    /// another gateway. Null when it is the same, or none is told.</summary>
    public static string? OtherHome(Comparison comparison)
    {
        if (comparison.Ownership != Ownership.Unowned
            || !comparison.Desired.Definition.Environment.TryGetValue(Home, out var wanted)) return null;
        var pinned = comparison.Seen.Installed.Content!.Keys.GetValueOrDefault(DefinitionKeys.Environment(Home));
        // "%h/.hermes" and "~/.hermes" tell no place.
        return pinned?.StartsWith('/') == true && pinned.TrimEnd('/') != wanted ? pinned : null;
    }

    private static bool StartsWith(this ImmutableArray<string> words, string first, string second) =>
        words is [var one, var two, ..] && one == first && two == second;

    // A module that wraps is named by the module, not by the interpreter.
    private static string WrapperOf(string name, ImmutableArray<string> arguments) =>
        arguments is ["-m", var module, ..] ? module : name;
}
