using System.Collections.Immutable;
using System.Text.Json;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.ThirdManager;

/// <summary>A definition file of the minimal manager: JSON.</summary>
internal sealed record MinimalDefinition(
    string Program, ImmutableArray<string> Arguments, string WorkingDirectory, ImmutableSortedDictionary<string, string> Environment)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static MinimalDefinition Of(DesiredService desired)
    {
        var definition = desired.Definition;
        return new MinimalDefinition(
            definition.Program, definition.Arguments, definition.WorkingDirectory,
            definition.Environment.SetItem(Stamp.Variable, desired.Stamp.ToString()).SetItem(Stamp.SourceVariable, definition.Source));
    }

    public static MinimalDefinition? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<MinimalDefinition>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string ToText() => JsonSerializer.Serialize(this, Indented) + "\n";

    public Stamp? Stamp => Stamp.TryParse(Environment.GetValueOrDefault(Stamp.Variable));

    /// <summary>The owned keys, in the vocabulary of the comparison.</summary>
    public static ImmutableSortedDictionary<string, string> KeysOf(
        string program, ImmutableArray<string> arguments, string folder, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var keys = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        keys["Program"] = program;
        keys["Arguments"] = ShellText.Quote(arguments);
        keys["WorkingDirectory"] = folder;
        keys[Comparison.CommandKey] = string.Join(' ', [program, .. arguments]);
        foreach (var (name, value) in environment)
            if (name is not (Stamp.Variable or Stamp.SourceVariable)) keys[DefinitionKeys.Environment(name)] = value;
        return keys.ToImmutable();
    }

    public ImmutableSortedDictionary<string, string> Keys => KeysOf(Program, Arguments, WorkingDirectory, Environment);

    public DefinitionContent ToContent() => new(Keys, [], Stamp, Environment.GetValueOrDefault(Stamp.SourceVariable))
    {
        Command = [Program, .. Arguments],
        Variables = [.. Environment.Select(pair => new EnvironmentVariable(pair.Key, pair.Value))],
    };
}
