using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Operations.Verifying;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>How an operation ended for one service, from best to worst.</summary>
public enum Outcome
{
    /// <summary>The goal was met already; nothing was changed.</summary>
    Unchanged,

    /// <summary>The goal is met, and something was changed for it.</summary>
    Changed,

    /// <summary>The goal was missed, and the last good state was restored.</summary>
    RolledBack,

    /// <summary>The goal is not met.</summary>
    Failed,
}

/// <summary>A step that was planned or taken.</summary>
/// <param name="Kind">The kind of step.</param>
/// <param name="Reason">Why the step is needed.</param>
/// <param name="Command">The command that a person would type for it; null for work on files.</param>
/// <param name="Status">The result; null when the step was only planned.</param>
/// <param name="Duration">How long the step took.</param>
public sealed record StepReport(StepKind Kind, string Reason, string? Command, StepStatus? Status, TimeSpan Duration);

/// <summary>A command that was run. Its standard output is left out, because it can contain a service's environment.</summary>
/// <param name="CommandLine">The program and its arguments, quoted for a shell.</param>
/// <param name="End">How it ended, such as <c>Exited</c>.</param>
/// <param name="ExitCode">The exit code; null when it did not exit by itself.</param>
/// <param name="StandardError">What it wrote to standard error, shortened.</param>
/// <param name="Duration">How long it ran.</param>
public sealed record CommandReport(string CommandLine, string End, int? ExitCode, string StandardError, TimeSpan Duration);

/// <summary>The result of an operation on one service, without secrets. Text, JSON, Markdown, JUnit and MSBuild items are views of it.
/// </summary>
public sealed record ServiceReport
{
    /// <summary>The desired definition of the service.</summary>
    public required ServiceDefinition Definition { get; init; }

    /// <summary>The operation's verb, such as <c>deploy</c>.</summary>
    public required string Verb { get; init; }

    /// <summary>The name of the service manager: <c>systemd</c> or <c>launchd</c>.</summary>
    public required string Manager { get; init; }

    /// <summary>The path of the unit file or property list, whether it exists or not.</summary>
    public required string DefinitionPath { get; init; }

    /// <summary>The folder of the release of the current build, or of the current release when there is no build; empty for a program that
    /// runs where it is.</summary>
    public string Release { get; init; } = "";

    /// <summary>How the operation ended.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Whether anything on the machine was changed, also when the goal was missed.</summary>
    public required bool Changed { get; init; }

    /// <summary>Whether a rollback restored a definition whose program had been built over, so that the new program runs.</summary>
    internal bool RunsNewProgram { get; init; }

    /// <summary>The states of the layers before the operation.</summary>
    public required LayerStates Before { get; init; }

    /// <summary>The states of the layers after the operation.</summary>
    public required LayerStates After { get; init; }

    /// <summary>Why the layers <c>Released</c>, <c>Installed</c>, <c>Loaded</c> and <c>Running</c> are in their states, in a few words each.</summary>
    public required ImmutableSortedDictionary<string, string> Evidence { get; init; }

    /// <summary>The id of the live process; null when there is none.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Identifies the start of the live process, such as systemd's InvocationID; null when there is none.</summary>
    public string? Invocation { get; init; }

    /// <summary>The id of the process before the operation; null when there was none.</summary>
    public int? ProcessIdBefore { get; init; }

    /// <summary>When the live process was started; null when there is none or the time is unknown.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How long the live process had run at the end of the operation; null when <see cref="StartedAt"/> is null.</summary>
    public TimeSpan? Uptime { get; init; }

    /// <summary>Whether an enabled service starts at boot without a login.</summary>
    public Answer StartsWithoutLogin { get; init; }

    /// <summary>How often the service manager has restarted the service automatically.</summary>
    public int Restarts { get; init; }

    /// <summary>How the last process ended, such as <c>exit 203 (EXEC)</c>; empty when no process has ended.</summary>
    public string LastExit { get; init; } = "";

    /// <summary>The last result of the health check; empty when there was no check.</summary>
    public string Health { get; init; } = "";

    /// <summary>The results of the checks, one for each <see cref="CheckName"/>.</summary>
    public ImmutableArray<CheckReport> Checks { get; init; } = [];

    /// <summary>The differences between layers before the operation.</summary>
    public ImmutableArray<Drift> Differences { get; init; } = [];

    /// <summary>The foreign directives of the definition, which a repair keeps.</summary>
    public ImmutableArray<string> Kept { get; init; } = [];

    /// <summary>The paths of drop-ins, whether the manager has loaded them or not.</summary>
    public ImmutableArray<string> DropIns { get; init; } = [];

    /// <summary>The changes to the text of the definition, line by line (see <see cref="DefinitionFileDiff"/>); empty when it is not
    /// written.</summary>
    public ImmutableArray<string> FileDiff { get; init; } = [];

    /// <summary>The steps that were taken, or planned when none was taken, in order.</summary>
    public ImmutableArray<StepReport> Steps { get; init; } = [];

    /// <summary>The commands that the operation ran for this service, alone or together with others, or for no service in particular.
    /// </summary>
    public ImmutableArray<CommandReport> Commands { get; init; } = [];

    /// <summary>The findings, errors first; the first error is the cause of the others.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>The service's last log lines; empty when nothing is wrong.</summary>
    public ImmutableArray<string> Log { get; init; } = [];

    /// <summary>The next command or change to make; empty when there is nothing to do.</summary>
    public string Advice { get; init; } = "";

    /// <summary>How long the operation took.</summary>
    public TimeSpan Duration { get; init; }
}
