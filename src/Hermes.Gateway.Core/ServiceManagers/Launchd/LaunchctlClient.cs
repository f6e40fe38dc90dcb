using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Runs <c>launchctl</c>. Callers use only its modern verbs: <c>load</c> and <c>unload</c> exit 0 on failure,
/// and <c>list</c> does not see other domains.</summary>
internal sealed class LaunchctlClient(IProcessRunner runner, string launchctl)
{
    /// <summary>Runs a verb.</summary>
    /// <param name="label">The label of the service that the command concerns; null for none in particular.</param>
    /// <param name="arguments">The verb and its arguments.</param>
    /// <param name="deadline">The deadline; the command always gets a second.</param>
    /// <param name="cancellationToken">Cancels the command.</param>
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

    /// <summary>Formats a command for a person to type.</summary>
    public static string Format(params ImmutableArray<string> arguments) => ShellText.Quote(["launchctl", .. arguments]);
}
