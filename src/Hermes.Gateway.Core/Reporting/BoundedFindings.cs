using System.Globalization;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Tells the findings of many services: the first ten of each code one by one, and of the others who they are about.
/// A thousand errors that say the same hide the one that says something else.</summary>
/// <param name="tell">Tells one, and which service it is about; null when it is about several.</param>
public sealed class BoundedFindings(Action<ServiceName?, Finding> tell)
{
    /// <summary>The most findings of one code that are told one by one.</summary>
    public const int Most = 10;

    private const int MostNames = 10;

    private readonly List<Kind> _kinds = [];

    /// <summary>Tells a finding, or counts it.</summary>
    public void Tell(ServiceName service, Finding finding)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(finding);
        var kind = _kinds.Find(kind => kind.Code == finding.Descriptor && kind.Severity == finding.Severity);
        if (kind is null) _kinds.Add(kind = new Kind(finding.Descriptor, finding.Severity));
        if (kind.Told++ < Most) tell(service, finding);
        else kind.Others.Add(service.Value);
    }

    /// <summary>Tells of those that were only counted, one line for each code.</summary>
    /// <param name="where">Where all of them are to be found.</param>
    public void TellOthers(string where)
    {
        foreach (var kind in _kinds)
        {
            // One service can have the same code twice.
            var names = kind.Others.Distinct(StringComparer.Ordinal).ToList();
            if (names.Count == 0) continue;
            var more = names.Count > MostNames ? ", …" : "";
            tell(null, new Finding(
                kind.Code, kind.Severity,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"and {names.Count} more service{(names.Count == 1 ? "" : "s")} with {kind.Code.Code}: "
                    + $"{string.Join(", ", names.Take(MostNames))}{more}. {where}")));
        }
    }

    private sealed class Kind(DiagnosticDescriptor code, Severity severity)
    {
        public DiagnosticDescriptor Code => code;

        public Severity Severity => severity;

        public int Told { get; set; }

        public List<string> Others { get; } = [];
    }
}
