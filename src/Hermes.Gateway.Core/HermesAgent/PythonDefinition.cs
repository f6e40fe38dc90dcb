using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;

namespace Hermes.Gateway.Core.HermesAgent;

/// <summary>Recognizes definitions that any version of <c>hermes gateway install</c> wrote, or a person after its model.</summary>
internal sealed class PythonDefinition : IAdoptionHook
{
    private const string Module = "hermes_cli.main";
    private const string Home = "HERMES_HOME";

    public RecognizedCommand? Recognize(ImmutableArray<string> command)
    {
        if (command is not [var program, .. var arguments]) return null;
        var name = Path.GetFileName(program);
        if (name == "osascript" && arguments.Any(word => word.Contains(Module, StringComparison.Ordinal)))
            return new RecognizedCommand("the Python gateway's definition, started through osascript", HasWrapper: true);
        if (!arguments.Contains("gateway")) return null;
        if (arguments is ["-m", Module, ..]) return new RecognizedCommand("the Python gateway's definition", HasWrapper: false);
        if (name == "hermes") return new RecognizedCommand("a definition of the Python gateway's command 'hermes'", HasWrapper: false);
        if (!arguments.Zip(arguments.Skip(1)).Contains(("-m", Module))) return null;
        // A wrapper that is a Python module is named by the module, not by the interpreter.
        var wrapper = arguments is ["-m", var module, ..] ? module : name;
        return new RecognizedCommand($"the Python gateway's definition, started through the wrapper '{wrapper}'", HasWrapper: true);
    }

    public Finding? FindOtherInstance(Comparison comparison)
    {
        if (comparison.Ownership != Ownership.Unowned
            || !comparison.Desired.Definition.Environment.TryGetValue(Home, out var desired)) return null;
        var installed = comparison.Observation.Installed.Content!.Keys.GetValueOrDefault(DefinitionKeys.Environment(Home));
        // The places of "%h/.hermes" and "~/.hermes" are not known.
        return installed?.StartsWith('/') == true && installed.TrimEnd('/') != desired
            ? DiagnosticCatalog.OwnedByOther.Error(
                $"{comparison.Observation.DefinitionPath} was not written by Hermes.Gateway and runs the gateway of another home: its "
                + $"HERMES_HOME is {installed}, not {desired}.",
                "choose another HermesGatewayName, or set HermesGatewayTakeOver=true to replace it")
            : null;
    }
}
