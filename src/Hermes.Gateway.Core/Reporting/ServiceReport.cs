using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Operations.Verifying;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>How an operation ended for one service.</summary>
public enum Outcome
{
    /// <summary>The goal was met already; nothing was changed.</summary>
    Unchanged,

    /// <summary>The goal is met, and something was changed for it.</summary>
    Changed,

    /// <summary>The goal was missed, but the last good state was put back.</summary>
    RolledBack,

    /// <summary>The goal is not met.</summary>
    Failed,
}

/// <summary>One step as it went.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Reason">Why.</param>
/// <param name="Command">The command a person would type for it; null for file work.</param>
/// <param name="Status">Whether it was accepted; null when it was only planned.</param>
/// <param name="Duration">How long it took.</param>
public sealed record StepReport(StepKind Kind, string Reason, string? Command, StepStatus? Status, TimeSpan Duration);

/// <summary>One command as it ran. Its standard output is left out: it can hold a service's environment.</summary>
public sealed record CommandReport(string CommandLine, string End, int? ExitCode, string StandardError, TimeSpan Duration);

/// <summary>The one record of an operation on one service. Text, JSON and MSBuild items are views of it.</summary>
public sealed record ServiceReport
{
    /// <summary>The service.</summary>
    public required ServiceDefinition Definition { get; init; }

    /// <summary>The verb.</summary>
    public required string Verb { get; init; }

    /// <summary>The manager's name.</summary>
    public required string Manager { get; init; }

    /// <summary>The definition's path.</summary>
    public required string DefinitionPath { get; init; }

    /// <summary>How it ended.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>Whether anything on the machine was changed, also when the goal was missed.</summary>
    public required bool Changed { get; init; }

    /// <summary>The layers before.</summary>
    public required LayerStates Before { get; init; }

    /// <summary>The layers after.</summary>
    public required LayerStates After { get; init; }

    /// <summary>In a few words, why each layer is in its state.</summary>
    public required ImmutableSortedDictionary<string, string> Evidence { get; init; }

    /// <summary>The live process; null when there is none.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Identity of the process's start; null likewise.</summary>
    public string? Invocation { get; init; }

    /// <summary>The process that ran before; null when there was none.</summary>
    public int? ProcessIdBefore { get; init; }

    /// <summary>When the process was started; null when there is none or it is not known.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How long it had run when it was last looked at; null likewise.</summary>
    public TimeSpan? Uptime { get; init; }

    /// <summary>Whether what starts by itself also does so when nobody logs in.</summary>
    public Answer StartsWithoutLogin { get; init; }

    /// <summary>How often the manager restarted it by itself.</summary>
    public int Restarts { get; init; }

    /// <summary>How the last process that ended did so, decoded for people; empty when none did.</summary>
    public string LastExit { get; init; } = "";

    /// <summary>The health check's last answer; empty when none was asked.</summary>
    public string Health { get; init; } = "";

    /// <summary>What was checked, one row for each <see cref="CheckName"/>.</summary>
    public ImmutableArray<CheckReport> Checks { get; init; } = [];

    /// <summary>The differences found, with secrets hidden.</summary>
    public ImmutableArray<Drift> Differences { get; init; } = [];

    /// <summary>Directives of the operator that are kept.</summary>
    public ImmutableArray<string> Kept { get; init; } = [];

    /// <summary>Files of the operator that override the definition, loaded or not.</summary>
    public ImmutableArray<string> DropIns { get; init; } = [];

    /// <summary>What writing the definition changes in its text, line by line (see <see cref="DefinitionDiff"/>), with
    /// secrets hidden; empty when nothing is to be written.</summary>
    public ImmutableArray<string> FileDiff { get; init; } = [];

    /// <summary>The steps, in order.</summary>
    public ImmutableArray<StepReport> Steps { get; init; } = [];

    /// <summary>Every command that the operation ran for this service, be it together with others, or for none in
    /// particular.</summary>
    public ImmutableArray<CommandReport> Commands { get; init; } = [];

    /// <summary>What was found out, the first error being the cause.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>The service's last log lines, when something is wrong.</summary>
    public ImmutableArray<string> Log { get; init; } = [];

    /// <summary>The exact next command; empty when there is nothing to do.</summary>
    public string Advice { get; init; } = "";

    /// <summary>How long the operation took.</summary>
    public TimeSpan Duration { get; init; }
}
