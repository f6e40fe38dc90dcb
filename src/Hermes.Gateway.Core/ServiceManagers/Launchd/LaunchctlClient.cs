using System.Collections.Immutable;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Runs <c>launchctl</c>: the modern verbs only. (<c>load</c> and <c>unload</c> exit 0 on failure, <c>list</c>
/// does not see other domains.)</summary>
internal sealed class LaunchctlClient(IProcessRunner runner, string launchctl)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Asks for everything about one service of one domain.</summary>
    public CommandResult Print(LaunchdDomain domain, string label, Deadline deadline, CancellationToken cancellationToken) =>
        RunFor(label, ["print", domain.Target(label)], deadline, cancellationToken);

    /// <summary>Asks which services the user or an administrator disabled.</summary>
    public CommandResult PrintDisabled(LaunchdDomain domain, Deadline deadline, CancellationToken cancellationToken) =>
        Run(["print-disabled", domain.Name], deadline, cancellationToken);

    /// <summary>Runs a verb that is about no service in particular.</summary>
    public CommandResult Run(
        ImmutableArray<string> arguments, Deadline deadline, CancellationToken cancellationToken) =>
        Run([], arguments, deadline, cancellationToken);

    /// <summary>Runs a verb for one service.</summary>
    public CommandResult RunFor(
        string label, ImmutableArray<string> arguments, Deadline deadline, CancellationToken cancellationToken) =>
        Run([label], arguments, deadline, cancellationToken);

    private CommandResult Run(
        ImmutableArray<string> about, ImmutableArray<string> arguments, Deadline deadline, CancellationToken cancellationToken) =>
        runner.Run(
            new CommandRequest
            {
                Program = launchctl,
                Arguments = arguments,
                About = about,
                Timeout = deadline.OrAtLeast(Shortest).Remaining,
            },
            cancellationToken);

    /// <summary>The command as a person would type it.</summary>
    public static string Show(params ImmutableArray<string> arguments) => ShellText.Quote(["launchctl", .. arguments]);
}
