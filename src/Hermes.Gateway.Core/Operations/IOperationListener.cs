using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Operations;

/// <summary>Receives the progress of an operation. The results are in the reports.</summary>
public interface IOperationListener
{
    /// <summary>Called before the steps of a service are taken.</summary>
    /// <param name="request">The service.</param>
    /// <param name="plan">The steps. After <see cref="StepKind.RunWithoutLogin"/> the services are planned again, and this is called
    /// once more with the other steps.</param>
    /// <param name="findings">The findings so far.</param>
    void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings);

    /// <summary>Called once for a step: when it begins for several services, or takes over 5 s for a single one.</summary>
    void UnderWay(OperationProgress progress)
    {
    }

    /// <summary>Called every five seconds while the verification waits.</summary>
    void Waiting(WaitingProgress progress)
    {
    }

    /// <summary>Called when a command has ended. Several threads may call it at the same time.</summary>
    void Ran(CommandResult command)
    {
    }
}

/// <summary>The step that is under way.</summary>
/// <param name="Verb">The operation.</param>
/// <param name="Step">The number of the step, from 1.</param>
/// <param name="Steps">The number of all steps, the verification included.</param>
/// <param name="Kind">The kind of the step; null for the verification, which is the last one.</param>
/// <param name="Services">The number of services that take it.</param>
public sealed record OperationProgress(string Verb, int Step, int Steps, StepKind? Kind, int Services);

/// <summary>The progress of a verification.</summary>
/// <param name="Verb">The operation.</param>
/// <param name="Ready">The number of services that were verified.</param>
/// <param name="Failed">The number of services that failed.</param>
/// <param name="Services">The number of all services.</param>
/// <param name="Elapsed">The time since the verification began.</param>
public sealed record WaitingProgress(string Verb, int Ready, int Failed, int Services, TimeSpan Elapsed);
