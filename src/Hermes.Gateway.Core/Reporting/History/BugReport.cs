using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Reporting.History;

/// <summary>
/// What a bug report needs of some services, in one file: the last failed operation of each, the versions, and the
/// definition as it is now. Of variables and of what an operator added only the names are in it; everything else is
/// searched for secrets once more, because what is a secret may have been learnt since.
/// </summary>
public sealed class BugReport(HostContext host, IProcessRunner runner, TimeProvider time)
{
    /// <summary>Version of the form.</summary>
    public const int Schema = 1;

    private const string Removed = "(removed)";

    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(5);

    private static readonly JsonWriterOptions Options =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes the report, as JSON. Starts nothing but the managers' question for their version.</summary>
    /// <param name="requests">The services, each with what is on record of it.</param>
    /// <param name="cancellationToken">Ends the question for a version.</param>
    public string Make(
        IEnumerable<(ServiceRequest Request, ImmutableArray<HistoryEntry> Entries)> requests,
        CancellationToken cancellationToken)
    {
        var services = new JsonArray();
        foreach (var (request, entries) in requests)
            services.Add((JsonNode)Describe(request, entries, cancellationToken));
        var bundle = new JsonObject
        {
            ["schema"] = Schema,
            ["made"] = HistoryEntry.Time(time.GetUtcNow()),
            ["package"] = VersionOf(typeof(BugReport).Assembly),
            ["dotnet"] = RuntimeInformation.FrameworkDescription,
            ["os"] = $"{RuntimeInformation.OSDescription} ({RuntimeInformation.RuntimeIdentifier})",
            ["user"] = host.UserId,
            ["services"] = services,
        };
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options)) bundle.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    private JsonObject Describe(
        ServiceRequest request, ImmutableArray<HistoryEntry> entries, CancellationToken cancellationToken)
    {
        var manager = GatewayServices.ManagerFor(request, host, runner, time);
        var desired = manager.Describe(request.Definition);
        var installed = manager.ReadInstalled(desired);
        var secrets = KnownSecrets.Of(request, installed.Content);
        var redaction = new ReportRedaction(secrets);
        var failed = entries.LastOrDefault(entry => entry.HasFailed);
        return new JsonObject
        {
            ["service"] = request.Definition.Name.Value,
            ["scope"] = ReportText.Word(request.Definition.Scope),
            ["manager"] = manager.Name,
            ["managerVersion"] = manager.AskVersion(new Deadline(time, VersionTimeout), cancellationToken) is { } version
                ? redaction.OfText(version)
                : null,
            ["operations"] = entries.Length,
            ["lastFailure"] = failed is null ? null : HiddenJson.Of(JsonNode.Parse(failed.ToLine())!, secrets),
            ["definition"] = new JsonObject
            {
                ["path"] = HarmlessText.Of(desired.DefinitionPath),
                ["state"] = ReportText.Word(installed.Kind),
                ["evidence"] = redaction.OfText(installed.Evidence),
                ["keys"] = new JsonObject((installed.Content?.Keys.AsEnumerable() ?? []).Select(pair =>
                    KeyValuePair.Create<string, JsonNode?>(HarmlessText.Of(pair.Key), Show(pair.Key, pair.Value, redaction)))
                    .DistinctBy(pair => pair.Key, StringComparer.Ordinal)),
                ["foreign"] = new JsonArray([.. (installed.Content?.Foreign ?? []).Select(directive =>
                    (JsonNode?)JsonValue.Create(NameOnly(directive)))]),
            },
        };
    }

    private static string Show(string key, string value, ReportRedaction redaction) =>
        key.StartsWith("Environment[", StringComparison.Ordinal) ? Removed : redaction.OfText(value);

    // An operator's own directive can be Environment=NAME=value.
    private static string NameOnly(string directive) =>
        HarmlessText.Of(directive.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? $"{directive[..at]}={Removed}" : directive);

    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
