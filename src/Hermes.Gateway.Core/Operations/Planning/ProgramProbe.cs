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

    /// <summary>Runs the probe, as the account of the service: root does not run what the account may be able to change.</summary>
    /// <returns>The finding of a failed probe; null when it succeeded, or when there is no safe way to run it as the account: the
    /// manager is then the first to run the program.</returns>
    internal Finding? Run(
        ServiceDefinition definition, HostContext host, IProcessRunner runner, TimeSpan timeout, CancellationToken cancellationToken)
    {
        AccountCommand? account = null;
        if (definition.User is { } user)
        {
            account = AccountCommand.Find(user, host, out _);
            // The loader of the command that changes to the account would obey these variables as root.
            if (account is null || definition.Environment.Keys.Any(IsOfLoader)) return null;
        }

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
        line = SecretText.PatternsOnly.Hide(line);
        return ": " + (line.Length > MostCharacters ? line[..MostCharacters] : line).TrimEnd('.');
    }

    // ld.so(8) and dyld(1).
    private static bool IsOfLoader(string name) =>
        name.StartsWith("LD_", StringComparison.Ordinal) || name.StartsWith("DYLD_", StringComparison.Ordinal)
        || name is "GLIBC_TUNABLES" or "GCONV_PATH" or "LOCPATH" or "NLSPATH";
}
