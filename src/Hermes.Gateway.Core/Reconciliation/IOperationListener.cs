using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;

namespace Hermes.Gateway.Core.Reconciliation;

/// <summary>Hears of an operation while it is under way. What it came to is in the reports.</summary>
public interface IOperationListener
{
    /// <summary>A service's steps are about to be taken; none of <paramref name="plan"/> has been.</summary>
    /// <param name="request">The service.</param>
    /// <param name="plan">The steps. Called once more for the rest when the first step is one after which everything is
    /// looked at anew (<see cref="StepKind.RunWithoutLogin"/>).</param>
    /// <param name="findings">What was found out so far.</param>
    void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings);
}
