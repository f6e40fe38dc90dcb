using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Operations.Comparing;

/// <summary>Describes a foreign definition that is replaced or removed, by names only: any value can be a secret.</summary>
internal static partial class Adoption
{
    private const char Blank = ' ';

    /// <summary>Describes a recognized definition as a sentence; empty for an unknown one.</summary>
    public static string Describe(Comparison comparison, IAdoptionHook? hook) =>
        hook?.Recognize(CommandOf(comparison)) is { } command ? $" It is {command.Description}." : "";

    /// <summary>Describes the settings that the new definition replaces or drops, in whole sentences.</summary>
    public static string DescribeLosses(Comparison comparison, IAdoptionHook? hook)
    {
        var drifts = comparison.Drifts.Where(drift => drift.Layer == Layer.Installed && drift.Actual is not null).ToList();
        var dropped = drifts.Where(drift => drift.Expected is null).Select(drift => drift.Key)
            .Concat(LostWords(CommandOf(comparison), comparison.Desired.Definition, hook)).ToList();
        var changed = drifts.Where(drift => drift.Expected is not null).Select(drift => drift.Key).ToList();
        return (changed.Count == 0 ? "" : $" Replaced: {Shortened.Names(changed, ", ")}.")
            + (dropped.Count == 0 ? " Nothing is dropped." : $" Dropped: {Shortened.Names(dropped, ", ")}.");
    }

    private static IEnumerable<string> LostWords(ImmutableArray<string> old, ServiceDefinition definition, IAdoptionHook? hook)
    {
        if (old.IsEmpty) yield break;
        // An argument with blanks may be a shell script; its words are compared too.
        var words = old
            .SelectMany((word, i) => i > 0 && word.Contains(Blank) ? Word().Matches(word).Select(match => match.Value) : [word])
            .ToList();
        var kept = definition.Arguments.Select(NameOf).Append(definition.Program).ToHashSet(StringComparer.Ordinal);
        var options = Names(words.Where(IsOption).Select(NameOf));
        var variables = Names(words.Where(word => !IsOption(word)).Select(word => Variable().Match(word).Groups[1].Value));
        if (options.Count > 0) yield return $"the arguments {string.Join(' ', options)}";
        if (variables.Count > 0) yield return $"the variables {string.Join(' ', variables)} of the command";
        if (old[0] != definition.Program && hook?.Recognize(old) is { HasWrapper: true })
            yield return $"the wrapper {Path.GetFileName(old[0])}";
        var others = old.Skip(1).Count(word => !IsOption(word) && !Variable().IsMatch(word) && !kept.Contains(word));
        if (others > 0) yield return others == 1 ? "one more word of the command" : $"{others} more words of the command";

        List<string> Names(IEnumerable<string> names) =>
            [.. names.Where(name => name.Length > 0 && !kept.Contains(name)).Distinct(StringComparer.Ordinal)];
    }

    private static ImmutableArray<string> CommandOf(Comparison comparison) => comparison.Observation.Installed.Content?.Command ?? [];

    private static bool IsOption(string word) => Option().IsMatch(word);

    private static string NameOf(string word) => IsOption(word) ? Option().Match(word).Value : word;

    [GeneratedRegex("^--?[A-Za-z][A-Za-z0-9_-]*")]
    private static partial Regex Option();

    [GeneratedRegex("^([A-Za-z_][A-Za-z0-9_]*)=")]
    private static partial Regex Variable();

    [GeneratedRegex("""[^\s"'`;,()]+""")]
    private static partial Regex Word();
}
