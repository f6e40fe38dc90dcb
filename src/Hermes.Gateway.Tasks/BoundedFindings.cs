using System.Globalization;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;

namespace Hermes.Gateway.Tasks;

/// <summary>Tells the findings of many services: the first ten of each code one by one, and of the others who they are about.
/// A thousand errors that say the same hide the one that says something else.</summary>
/// <param name="tell">Tells one.</param>
internal sealed class BoundedFindings(Action<Finding> tell)
{
    /// <summary>The most findings of one code that are told one by one.</summary>
    public const int Most = 10;

    private const int MostNames = 10;

    private readonly Dictionary<(DiagnosticDescriptor Code, Severity Severity), (int Told, List<string> Others)> _codes = [];

    /// <summary>Tells a finding, or counts it.</summary>
    public void Tell(ServiceName service, Finding finding)
    {
        var key = (finding.Descriptor, finding.Severity);
        var (told, others) = _codes.TryGetValue(key, out var before) ? before : (0, []);
        if (told < Most) tell(finding);
        else others.Add(service.Value);
        _codes[key] = (told + 1, others);
    }

    /// <summary>Tells of those that were only counted, one line for each code.</summary>
    /// <param name="where">Where all of them are to be found.</param>
    public void TellOthers(string where)
    {
        foreach (var ((code, severity), (_, others)) in _codes)
        {
            // One service can have the same code twice.
            var names = others.Distinct(StringComparer.Ordinal).ToList();
            if (names.Count == 0) continue;
            var more = names.Count > MostNames ? ", …" : "";
            tell(new Finding(
                code, severity,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"and {names.Count} more service{(names.Count == 1 ? "" : "s")} with {code.Code}: "
                    + $"{string.Join(", ", names.Take(MostNames))}{more}. {where}")));
        }
    }
}
