namespace Hermes.Gateway.Core.Reporting;

/// <summary>Passes on the findings of many services: for each code and severity the first ten, and then one finding that names the
/// other services, so that a thousand equal errors do not hide a different one.</summary>
/// <param name="report">Receives a finding and its service; the service is null when the finding is about several.</param>
public sealed class BoundedFindings(Action<ServiceName?, Finding> report)
{
    internal const int MaxPerCode = 10;
    private const int MaxNames = 10;

    private readonly OrderedDictionary<Kind, List<string>> _services = [];

    /// <summary>Passes on a finding, or keeps its service for <see cref="AddSummaries"/>.</summary>
    public void Add(ServiceName service, Finding finding)
    {
        var kind = new Kind(finding.Descriptor, finding.Severity);
        if (!_services.TryGetValue(kind, out var services)) _services.Add(kind, services = []);
        services.Add(service.Value);
        if (services.Count <= MaxPerCode) report(service, finding);
    }

    /// <summary>Passes on one finding for each code that had more than ten findings.</summary>
    /// <param name="hint">A sentence that says where all findings are.</param>
    public void AddSummaries(string hint)
    {
        foreach (var (kind, services) in _services)
        {
            // A service can have several findings with the same code.
            var names = services.Skip(MaxPerCode).Distinct().ToList();
            if (names.Count == 0) continue;
            var message = $"and {ReportText.Count(names.Count, "more service")} with {kind.Descriptor.Code}: "
                + $"{string.Join(", ", names.Take(MaxNames))}{(names.Count > MaxNames ? ", …" : "")}. {hint}";
            report(null, new Finding(kind.Descriptor, kind.Severity, message));
        }
    }

    private sealed record Kind(DiagnosticDescriptor Descriptor, Severity Severity);
}
