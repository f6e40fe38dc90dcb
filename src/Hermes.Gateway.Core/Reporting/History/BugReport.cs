using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>Makes the file to attach to a bug report: the last failed operation of each service, versions, and the definition as
/// it is now. Of variables and foreign keys it has only the names. Everything else is searched for secrets again, because a value
/// may have become known as a secret after it was recorded.</summary>
public sealed class BugReport(HostContext host, IProcessRunner runner, TimeProvider time)
{
    private const int Schema = 1;

    private const string Removed = "(removed)";

    // A report can be nested as deep as the history reads it, and lies a few levels deeper here. The default is 64.
    private const int MaxDepth = 1000;

    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(5);

    private static readonly JsonSerializerOptions Options =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth };

    /// <summary>Returns the content of the file for a bug report, as indented JSON. Runs one command for each service:
    /// its manager's version query.</summary>
    /// <param name="services">The services, each with the entries of its history.</param>
    /// <param name="cancellationToken">Cancels the version queries.</param>
    public string Make(
        IEnumerable<(ServiceRequest Request, ImmutableArray<HistoryEntry> Entries)> services, CancellationToken cancellationToken)
    {
        var version = typeof(BugReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
        var bundle = new JsonObject
        {
            ["schema"] = Schema,
            ["made"] = HistoryEntry.Time(time.GetUtcNow()),
            ["package"] = version?.InformationalVersion ?? "unknown",
            ["dotnet"] = RuntimeInformation.FrameworkDescription,
            ["os"] = $"{RuntimeInformation.OSDescription} ({RuntimeInformation.RuntimeIdentifier})",
            ["user"] = host.UserId,
            ["services"] = new JsonArray(
                [.. services.Select(service => (JsonNode)Describe(service.Request, service.Entries, cancellationToken))]),
        };
        return bundle.ToJsonString(Options) + "\n";
    }

    private JsonObject Describe(ServiceRequest request, ImmutableArray<HistoryEntry> entries, CancellationToken cancellationToken)
    {
        var manager = GatewayServices.ManagerFor(request, host, runner, time);
        var desired = manager.Describe(request.Definition);
        var installed = manager.ReadInstalled(desired);
        var secrets = KnownSecrets.Of(request, installed.Content);
        var redaction = new ReportRedaction(secrets);
        var version = manager.AskVersion(new Deadline(time, VersionTimeout), cancellationToken);
        var failed = entries.LastOrDefault(entry => entry.HasFailed);
        return new JsonObject
        {
            ["service"] = request.Definition.Name.Value,
            ["scope"] = ReportText.Word(request.Definition.Scope),
            ["manager"] = manager.Name,
            ["managerVersion"] = version is null ? null : redaction.OfText(version),
            ["operations"] = entries.Length,
            ["lastFailure"] = failed is null ? null
                : ReportFilter.Redact(JsonNode.Parse(failed.ToLine(), documentOptions: new() { MaxDepth = MaxDepth }), secrets),
            ["definition"] = new JsonObject
            {
                ["path"] = HarmlessText.Of(desired.DefinitionPath),
                ["state"] = ReportText.Word(installed.Kind),
                ["evidence"] = redaction.OfText(installed.Evidence),
                ["keys"] = new JsonObject((installed.Content?.Keys.AsEnumerable() ?? [])
                    .Select(pair => KeyValuePair.Create(HarmlessText.Of(pair.Key), (JsonNode?)ValueOf(pair.Key, pair.Value, redaction)))
                    .DistinctBy(pair => pair.Key)),
                ["foreign"] = new JsonArray([.. (installed.Content?.Foreign ?? []).Select(directive => (JsonNode?)NameOf(directive))]),
            },
        };
    }

    private static string ValueOf(string key, string value, ReportRedaction redaction) =>
        key.StartsWith("Environment[", StringComparison.Ordinal) ? Removed : redaction.OfText(value);

    // A foreign directive can be Environment=NAME=value.
    private static string NameOf(string directive) =>
        HarmlessText.Of(directive.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? $"{directive[..at]}={Removed}" : directive);
}
