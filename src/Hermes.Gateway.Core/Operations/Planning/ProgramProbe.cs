using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Operations.Planning;

/// <summary>Runs a definition's program with other arguments, under the conditions of the service (its environment and
/// nothing else, its working directory), to find out whether it can work at all.</summary>
/// <param name="Arguments">The arguments.</param>
/// <param name="Purpose">What success proves, as in "cannot …".</param>
public sealed record ProgramProbe(ImmutableArray<string> Arguments, string Purpose)
{
    private const int MostCharacters = 300;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>The reason not to go on; null when the probe succeeded. With an account, the program runs as that account: what
    /// the account may change is not run as root.</summary>
    internal Finding? FindProblem(
        ServiceDefinition definition, AccountCommand? account, IProcessRunner runner, TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var request = new CommandRequest
        {
            Program = definition.Program,
            Arguments = Arguments,
            About = [definition.Name.Value],
            WorkingDirectory = definition.WorkingDirectory,
            InheritsEnvironment = false,
            Environment = definition.Environment.ToImmutableDictionary(pair => pair.Key, pair => (string?)pair.Value),
            Timeout = timeout < Longest ? timeout : Longest,
        };
        var result = runner.Run(account?.AsAccount(request) ?? request, cancellationToken);
        if (result.Succeeded || result.End == CommandEnd.Canceled) return null;

        var how = result.End switch
        {
            CommandEnd.TimedOut => $"no end within {result.Request.Timeout.TotalSeconds:0.#} s",
            CommandEnd.NotStarted => "not started",
            _ => $"exit {result.ExitCode}",
        };
        return DiagnosticCatalog.InterpreterUnusable.Error(
            $"{definition.Program} cannot {Purpose} ({how}){LastLine(result)}. Nothing was changed.",
            $"cd {ShellText.Quote([definition.WorkingDirectory])} && {result.CommandLine}");
    }

    // The last line is where Python says what went wrong.
    private static string LastLine(CommandResult result)
    {
        var line = result.StandardError.Split('\n').Select(text => text.Trim()).LastOrDefault(text => text.Length > 0);
        if (line is null) return "";
        line = SecretText.Unknowing.Hide(line);
        return ": " + (line.Length > MostCharacters ? line[..MostCharacters] : line).TrimEnd('.');
    }
}
