using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>The commands of an operation, parted among the reports of its services: each report has those that were for
/// its service or for nobody in particular. The reports of n services would be n² long if each had all of it.</summary>
internal sealed class CommandReports
{
    private const int MostCharacters = 2000;

    private readonly List<Ran> _forAll = [];
    private readonly Dictionary<string, List<Ran>> _own = new(StringComparer.Ordinal);

    /// <param name="results">The commands, in order.</param>
    public CommandReports(ImmutableArray<CommandResult> results)
    {
        for (var i = 0; i < results.Length; i++)
        {
            var ran = new Ran(i, results[i]);
            var about = ran.Result.Request.About;
            if (about.IsEmpty) _forAll.Add(ran);
            foreach (var name in about)
                if (_own.TryGetValue(name, out var own)) own.Add(ran);
                else _own[name] = [ran];
        }
    }

    /// <summary>Those of one service, in order.</summary>
    public ImmutableArray<CommandReport> Of(ServiceDefinition definition)
    {
        // A manager's command names the identifier, another command the service; both can be the same word.
        string[] names = [definition.Identifier, definition.Name.Value];
        var told = _forAll.ConvertAll(ran => new Told(ran, null));
        foreach (var name in names)
            foreach (var ran in _own.GetValueOrDefault(name) ?? [])
                if (!told.Exists(one => one.Ran == ran)) told.Add(new Told(ran, name));
        told.Sort((a, b) => a.Ran.Place - b.Ran.Place);
        return [.. told.Select(Report)];
    }

    private static CommandReport Report(Told told)
    {
        var (ran, name) = told;
        var result = ran.Result;
        return new CommandReport(
            result.CommandLineFor(name), result.End.ToString(), result.ExitCode, Errors(ran, name), result.Duration);
    }

    private static string Errors(Ran ran, string? name)
    {
        var result = ran.Result;
        if (name is null || result.StandardError.Length == 0 || result.Request.About.Length <= CommandRequest.MostNamed)
            return result.StandardError.Trim();
        var bounded = new BoundedText(MostCharacters);
        bounded.Append(string.Join('\n', ran.Errors.Of(name).Concat(ran.Errors.Others)));
        return bounded.ToString().Trim();
    }

    // A command, and which of all it was.
    private sealed class Ran(int place, CommandResult result)
    {
        private readonly Lazy<ErrorLines> _errors = new(() => new ErrorLines(result));

        public int Place => place;

        public CommandResult Result => result;

        public ErrorLines Errors => _errors.Value;
    }

    // A command as a report tells it, by the name that it was for.
    private sealed record Told(Ran Ran, string? Name);
}
