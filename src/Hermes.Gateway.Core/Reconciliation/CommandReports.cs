using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>The commands of an operation, parted among the reports of its services: each report has those that were for
/// its service or for nobody in particular. The reports of n services would be n² long if each had all of it.</summary>
internal sealed class CommandReports
{
    private const int MostCharacters = 2000;

    private readonly List<int> _forAll = [];
    private readonly Dictionary<string, List<int>> _own = new(StringComparer.Ordinal);
    private readonly ImmutableArray<CommandResult> _results;
    private readonly Lazy<ErrorLines>[] _errors;

    /// <param name="results">The commands, in order.</param>
    public CommandReports(ImmutableArray<CommandResult> results)
    {
        _results = results;
        _errors = [.. results.Select(result => new Lazy<ErrorLines>(() => new ErrorLines(result)))];
        for (var i = 0; i < results.Length; i++)
        {
            var about = results[i].Request.About;
            if (about.IsEmpty) _forAll.Add(i);
            foreach (var name in about)
                if (_own.TryGetValue(name, out var own)) own.Add(i);
                else _own[name] = [i];
        }
    }

    /// <summary>Those of one service, in order.</summary>
    public ImmutableArray<CommandReport> Of(ServiceDefinition definition)
    {
        // By whatever name it has where the command came from; two of them can be the same word.
        string[] names = [definition.UnitName, definition.Label, definition.Name.Value];
        var own = names.Distinct(StringComparer.Ordinal)
            .SelectMany(name => (_own.GetValueOrDefault(name) ?? []).Select(at => (At: at, Name: name)))
            .DistinctBy(pair => pair.At);
        return
        [
            .. _forAll.Select(at => (At: at, Name: (string?)null)).Concat(own.Select(pair => (pair.At, Name: (string?)pair.Name)))
                .OrderBy(pair => pair.At)
                .Select(pair => Report(pair.At, pair.Name)),
        ];
    }

    private CommandReport Report(int at, string? name)
    {
        var result = _results[at];
        return new CommandReport(
            result.CommandLineFor(name), result.End.ToString(), result.ExitCode, Errors(at, name), result.Duration);
    }

    private string Errors(int at, string? name)
    {
        var result = _results[at];
        if (name is null || result.StandardError.Length == 0 || result.Request.About.Length <= CommandRequest.MostNamed)
            return result.StandardError.Trim();
        var bounded = new BoundedText(MostCharacters);
        bounded.Append(string.Join('\n', _errors[at].Value.Of(name).Concat(_errors[at].Value.Others)));
        return bounded.ToString().Trim();
    }
}
