using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Input;

/// <summary>Checks the settings of projects and converts them to requests. All problems are found in one pass, each naming the MSBuild
/// property to change.</summary>
public static class RequestReader
{
    /// <summary>The names, without the prefix <c>HermesGateway</c>, of the properties that only one service manager reads:
    /// the keys of <see cref="ServiceInput.ManagerProperties"/>.</summary>
    public static ImmutableArray<string> ManagerProperties => ServiceManagerRegistry.BuiltIn.Properties;

    /// <summary>Reads <paramref name="inputs"/>. When a problem is an error, no request must be carried out. A warning is about a service
    /// without a request: one that has nothing to go back to, when others have.</summary>
    public static (ImmutableArray<ServiceRequest> Requests, ImmutableArray<Finding> Problems) Read(
        IEnumerable<ServiceInput> inputs, HostContext host) => Read(inputs, host, ServiceManagerRegistry.BuiltIn);

    /// <summary>Reads <paramref name="inputs"/> for the managers of <paramref name="registry"/>.</summary>
    internal static (ImmutableArray<ServiceRequest> Requests, ImmutableArray<Finding> Problems) Read(
        IEnumerable<ServiceInput> inputs, HostContext host, ServiceManagerRegistry registry)
    {
        var problems = new List<Finding>();
        var contents = new PublishedFolders();
        var read = inputs.Select(input => new ServiceInputReader(input, host, registry, contents, problems).Read()).OfType<ReadInput>().ToList();
        foreach (var type in registry.Types) AddDuplicates(read, type, problems);
        var isPartial = read.Count > 0 && problems.TrueForAll(problem => problem.Descriptor == DiagnosticCatalog.NoSuchRelease);
        return (
            [.. read.Select(one => one.Request)],
            [
                .. problems.Select(problem => problem.Descriptor != DiagnosticCatalog.NoSuchRelease ? problem
                    : isPartial ? problem with { Severity = Severity.Warning, Message = $"{problem.Message} It is left as it is." }
                    : problem with { Message = $"{problem.Message} Nothing was changed." })
                    .Select(ReportRedaction.PatternsOnly.Of).Distinct(),
            ]);
    }

    /// <summary>The part of <paramref name="input"/> that names an installed service: enough to find it when the rest has
    /// problems. Its program is a placeholder.</summary>
    public static ServiceInput NamesOf(ServiceInput input) => new()
    {
        Name = input.Name,
        Scope = input.Scope,
        ServiceManager = input.ServiceManager,
        ManagerProperties = input.ManagerProperties.Where(pair =>
            ServiceManagerRegistry.BuiltIn.Types.Any(type => type.IdentifierProperty == pair.Key)).ToImmutableDictionary(),
        Releases = HasReleases(input) ? ServiceInputReader.Yes : "",
        ReleaseRoot = HasReleases(input) ? input.ReleaseRoot : "",
        Source = input.Source,
        Program = "/program",
    };

    private static bool HasReleases(ServiceInput input) =>
        input.Releases.Equals(ServiceInputReader.Yes, StringComparison.OrdinalIgnoreCase) && (input.ReleaseRoot.Length == 0 || Path.IsPathRooted(input.ReleaseRoot));

    private static void AddDuplicates(List<ReadInput> inputs, IServiceManagerType type, List<Finding> problems)
    {
        foreach (var same in inputs.GroupBy(input => new Place(input.Request.Definition.Scope, input.Settings[type].Identifier))
            .Where(group => group.Count() > 1))
            problems.Add(DiagnosticCatalog.DuplicateService.Error(
                $"{same.Count()} services have the {type.IdentifierNoun} {same.Key.Identifier} "
                + $"({string.Join(", ", same.Select(input => input.Request.Definition.Name))}).",
                $"give each HermesGatewayService item its own name (HermesGatewayName, HermesGateway{type.IdentifierProperty})"));
    }

    private sealed record Place(ServiceScope Scope, string Identifier);

    /// <summary>Formats a value of a project for a message: without secrets, on one line, shortened.</summary>
    internal static string Printable(string text)
    {
        var shown = SecretText.PatternsOnly.Hide(text.Length > MaxSearched ? text[..MaxSearched] : text);
        if (shown.Length > MostShown || text.Length > MaxSearched)
            shown = string.Create(CultureInfo.InvariantCulture, $"{shown[..Math.Min(shown.Length, MostShown)]}… ({text.Length} characters)");
        return string.Concat(shown.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()));
    }

    // A value can be as long as an argument may be, but a valid one is seldom longer than a path.
    private const int MostShown = 1024;
    private const int MaxSearched = 8 << 10;
}
