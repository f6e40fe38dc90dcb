using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Runs <c>launchctl</c>. Callers use only its modern verbs: <c>load</c> and <c>unload</c> exit 0 on failure,
/// and <c>list</c> does not see other domains.</summary>
internal sealed class LaunchctlClient(IProcessRunner runner, string launchctl)
{
    /// <summary>Runs a verb with its arguments, for at least a second even if the deadline has passed. <paramref name="label"/>
    /// is that of the service that the command concerns; null for none in particular.</summary>
    public CommandResult Run(
        string? label, ImmutableArray<string> arguments, Deadline deadline, CancellationToken cancellationToken) =>
        runner.Run(
            new CommandRequest
            {
                Program = launchctl,
                Arguments = arguments,
                About = label is null ? [] : [label],
                Timeout = deadline.OrAtLeast(TimeSpan.FromSeconds(1)).Remaining,
            },
            cancellationToken);

    public static string Format(params ImmutableArray<string> arguments) => ShellText.Quote(["launchctl", .. arguments]);
}
