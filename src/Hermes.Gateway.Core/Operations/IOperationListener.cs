using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Operations;

/// <summary>Hears of an operation while it is under way. What it came to is in the reports.</summary>
public interface IOperationListener
{
    /// <summary>A service's steps are about to be taken; none of <paramref name="plan"/> has been.</summary>
    /// <param name="request">The service.</param>
    /// <param name="plan">The steps. Called once more for the rest when the first step is one after which everything is
    /// looked at anew (<see cref="StepKind.RunWithoutLogin"/>).</param>
    /// <param name="findings">What was found out so far.</param>
    void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings);

    /// <summary>A step that a person may wait for is under way: one for several services as soon as it begins, one for a
    /// single service when it takes long. At most once for each step.</summary>
    void UnderWay(OperationProgress progress)
    {
    }

    /// <summary>What was done is waited for; every few seconds.</summary>
    void Waiting(WaitingProgress progress)
    {
    }

    /// <summary>A command has ended. Can be called by several threads at once.</summary>
    void Ran(CommandResult command)
    {
    }
}

/// <summary>Where an operation is.</summary>
/// <param name="Verb">The operation.</param>
/// <param name="Step">Which step is under way, from 1.</param>
/// <param name="Steps">How many there are.</param>
/// <param name="Kind">What it does; null for the verification, which is the last one.</param>
/// <param name="Services">For how many services.</param>
public sealed record OperationProgress(string Verb, int Step, int Steps, StepKind? Kind, int Services);

/// <summary>How far a verification is.</summary>
/// <param name="Verb">The operation.</param>
/// <param name="Ready">Services that are as they should be.</param>
/// <param name="Failed">Services that will not be.</param>
/// <param name="Services">All of them, with those that are still waited for.</param>
/// <param name="Elapsed">How long it has lasted.</param>
public sealed record WaitingProgress(string Verb, int Ready, int Failed, int Services, TimeSpan Elapsed);
