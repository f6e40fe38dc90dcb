using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Reconciliation;

namespace Hermes.Gateway.Tasks;

/// <summary>Tells the warnings about what is going to be done before it is done, when the build can still be stopped, and
/// remembers them, so that they are not told again at the end.</summary>
internal sealed class EarlyWarnings(Action<Finding> tell) : IOperationListener
{
    private readonly HashSet<(ServiceName Service, Finding Finding)> _told = [];

    /// <inheritdoc/>
    public void Planned(ServiceRequest request, Plan plan, ImmutableArray<Finding> findings)
    {
        foreach (var finding in findings.Where(finding => finding.Severity == Severity.Warning))
            if (_told.Add((request.Definition.Name, finding))) tell(finding);
    }

    /// <summary>Whether this has been told already.</summary>
    public bool Has(ServiceDefinition service, Finding finding) => _told.Contains((service.Name, finding));
}
