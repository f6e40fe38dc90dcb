using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Assigns the commands of an operation to the reports of its services: each report has those that were run for its service
/// or for no service in particular. The reports of n services would be n² long if each had all commands.</summary>
internal sealed class CommandReports
{
    private const int MostCharacters = 2000;

    private readonly List<Command> _general;
    private readonly ILookup<string, Command> _byService;

    /// <param name="results">The commands, in order.</param>
    public CommandReports(ImmutableArray<CommandResult> results)
    {
        var commands = results.Select((result, index) => new Command(index, result)).ToList();
        _general = commands.FindAll(command => command.Result.Request.About.IsEmpty);
        _byService = commands.SelectMany(command => command.Result.Request.About, (command, name) => new { command, name })
            .ToLookup(pair => pair.name, pair => pair.command, StringComparer.Ordinal);
    }

    /// <summary>Returns the commands of one service, in order.</summary>
    public ImmutableArray<CommandReport> Of(ServiceDefinition definition)
    {
        // A manager's command names the identifier, another command the service; both can be the same word.
        var named = new[] { definition.Identifier, definition.Name.Value }
            .SelectMany(name => _byService[name], (name, command) => new { command, name = (string?)name });
        return
        [
            .. _general.Select(command => new { command, name = (string?)null }).Concat(named)
                .DistinctBy(pair => pair.command).OrderBy(pair => pair.command.Index)
                .Select(pair => Report(pair.command, pair.name)),
        ];
    }

    private static CommandReport Report(Command command, string? name)
    {
        var result = command.Result;
        return new CommandReport(
            result.CommandLineFor(name), result.End.ToString(), result.ExitCode, ErrorsOf(command, name), result.Duration);
    }

    private static string ErrorsOf(Command command, string? name)
    {
        var result = command.Result;
        if (name is null || result.StandardError.Length == 0 || result.Request.About.Length <= CommandRequest.MostNamed)
            return result.StandardError.Trim();
        var bounded = new BoundedText(MostCharacters);
        bounded.Append(string.Join('\n', command.Errors.Of(name).Concat(command.Errors.Others)));
        return bounded.ToString().Trim();
    }

    private sealed class Command(int index, CommandResult result)
    {
        private readonly Lazy<ErrorLines> _errors = new(() => new ErrorLines(result));

        public int Index => index;

        public CommandResult Result => result;

        public ErrorLines Errors => _errors.Value;
    }
}
