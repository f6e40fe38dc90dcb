using System.Text.Json;
using System.Text.Json.Nodes;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;
using Json.Schema;

namespace Hermes.Gateway.Core.Tests.Reporting;

/// <summary>Validates documents as JSON against the shipped schema.</summary>
public sealed class ReportAsJson : IDisposable
{
    private static readonly ReportSchema Schema = ReportSchema.Read();

    private static readonly Operation[] Verbs =
    [
        Operation.Status, Operation.PlanDeploy, Operation.Deploy, Operation.Verify, Operation.Restart, Operation.Rollback, Operation.Stop,
        Operation.Start, Operation.Install, Operation.Uninstall,
    ];

    private readonly World _world = new(FakeRunner.Exiting(0));

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Json_of_each_verb_conforms_to_the_schema()
    {
        var request = _world.Request() with { Health = new HealthCheck.Exec("/opt/check") };
        _world.Deployed(request.Definition with { WorkingDirectory = "/old" });
        File.AppendAllText(_world.PathOf(request), "[Service]\nNice=5\n");

        foreach (var verb in Verbs) AssertValid(new ReportDocument(verb.Verb, [_world.Run(verb, request)], []));
        // The last verb uninstalled the service: the same verbs without it.
        foreach (var verb in Verbs) AssertValid(new ReportDocument(verb.Verb, [_world.Run(verb, request)], []));
    }

    [Fact]
    public void Json_of_failures_conforms_to_the_schema()
    {
        foreach (var onStart in Enum.GetValues<OnStart>())
        {
            var request = _world.Request($"fails-{(int)onStart}") with { Timeout = TimeSpan.FromSeconds(3) };
            _world.Service(request).OnStart = onStart;
            AssertValid(new ReportDocument("deploy", [_world.Run(Operation.Deploy, request)], []));
        }

        AssertValid(new ReportDocument("deploy", [], [DiagnosticCatalog.InvalidName.Error("not a name"), DiagnosticCatalog.Internal.Error("a defect", "tell")]));
        AssertValid(new ReportDocument("deploy", [], []));
    }

    [Fact]
    public void Json_of_hostile_text_conforms_to_the_schema() =>
        HostileText.ForAll(HostileText.Files, text => AssertValid(Documents.Of(text)));

    [Fact]
    public void Schema_contains_the_values_of_all_enumerations()
    {
        AssertWords<Outcome>("outcome");
        AssertWords<InstalledState>("layers", "installed");
        AssertWords<LoadedState>("layers", "loaded");
        AssertWords<RunningState>("layers", "running");
        AssertWords<Answer>("layers", "enabled");
        AssertWords<CheckName>("check", "name");
        AssertWords<CheckResult>("check", "result");
        AssertWords<Severity>("finding", "severity");
        Assert.Equal(
            Verbs.Select(verb => verb.Verb).Order(StringComparer.Ordinal), Schema.Words("verb").Order(StringComparer.Ordinal));

        var report = Documents.Report("x");
        foreach (var kind in Enum.GetValues<StepKind>())
            foreach (var status in Enum.GetValues<StepStatus>())
                AssertValid(new ReportDocument("deploy", [report with { Steps = [new StepReport(kind, "", null, status, TimeSpan.Zero)] }], []));
        foreach (var end in Enum.GetValues<CommandEnd>())
            AssertValid(new ReportDocument("deploy", [report with { Commands = [new CommandReport("x", $"{end}", null, "", TimeSpan.Zero)] }], []));
        foreach (var layer in Enum.GetValues<Layer>())
            AssertValid(new ReportDocument("deploy", [report with { Differences = [new Drift(layer, "x", null, null)] }], []));
    }

    [Theory]
    [InlineData("\"schema\": 1", "\"schema\": 2", "/schema const")]
    [InlineData("\"verb\": \"deploy\"", "\"verb\": \"destroy\"", "/verb enum")]
    [InlineData("\"outcome\": \"failed\"", "\"outcome\": true", "/outcome enum")]
    [InlineData("\"changed\": false", "\"changed\": \"no\"", "/services/0/changed type")]
    [InlineData("\"result\": \"pass\"", "\"result\": \"maybe\"", "/services/0/checks/0/result enum")]
    [InlineData("\"code\": \"HGW4004\"", "\"code\": \"4004\"", "/services/0/findings/0/code pattern")]
    [InlineData("\"checks\":", "\"rows\":", "/services/0 required")]
    [InlineData("\"checks\":", "\"rows\":", "/services/0/rows additionalProperties")]
    [InlineData("\"verb\": \"deploy\",", "\"verb\": \"deploy\", \"more\": 1,", "/more additionalProperties")]
    [InlineData("\"restarts\": 0", "\"restarts\": 0.5", "/services/0/restarts type")]
    [InlineData("\"processId\": null", "\"processId\": 0", "/services/0/processId minimum")]
    [InlineData("\"processId\": null", "\"processId\": \"1\"", "/services/0/processId type")]
    [InlineData("\"log\": [", "\"log\": [ 1,", "/services/0/log/0 type")]
    [InlineData("\"milliseconds\": 1500", "\"milliseconds\": -1", "/services/0/milliseconds minimum")]
    public void Violation_of_the_schema_is_reported_with_location_and_keyword(string good, string bad, string expected)
    {
        var json = Documents.Of("x").ToJson();
        Assert.Contains(good, json, StringComparison.Ordinal);
        Assert.Contains(
            Schema.Violations(json.Replace(good, bad, StringComparison.Ordinal)),
            violation => violation.StartsWith($"{expected}: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Shipped_schema_accepts_unknown_properties()
    {
        var shipped = ReportSchema.Build(File.ReadAllText(ReportSchema.File));
        var report = JsonNode.Parse(Documents.Of("x").ToJson())!;
        report["services"]![0]!["more"] = 1;

        Assert.True(shipped.Evaluate(JsonSerializer.SerializeToElement(report)).IsValid);
    }

    [Fact]
    public void Shipped_schema_is_valid_and_has_no_unknown_keyword()
    {
        const string Declared = "https://json-schema.org/draft/2020-12/schema";
        var text = File.ReadAllText(ReportSchema.File);
        using var schema = JsonDocument.Parse(text);

        Assert.Equal(Declared, schema.RootElement.GetProperty("$schema").GetString());
        Assert.True(MetaSchemas.Draft202012.Evaluate(schema.RootElement).IsValid);
        // Draft 2020-12 ignores a misspelt keyword; its successor has the same keywords and rejects others.
        ReportSchema.Build(text.Replace(Declared, "https://json-schema.org/v1/2026", StringComparison.Ordinal));
    }

    [Fact]
    public void Outcome_is_the_worst_outcome_of_the_services()
    {
        var report = Documents.Report("x");
        Outcome Of(params Outcome[] outcomes) => new ReportDocument(
            "deploy", [.. outcomes.Select(outcome => report with { Outcome = outcome })], []).Outcome;

        Assert.Equal(Outcome.Unchanged, Of());
        Assert.Equal(Outcome.Changed, Of(Outcome.Unchanged, Outcome.Changed));
        Assert.Equal(Outcome.Failed, Of(Outcome.Failed, Outcome.Changed, Outcome.RolledBack));
        Assert.Equal(Outcome.Failed, new ReportDocument("deploy", [], [DiagnosticCatalog.InvalidName.Error("x")]).Outcome);
    }

    private static void AssertValid(ReportDocument document)
    {
        var json = document.ToJson();
        Assert.Empty(Schema.Violations(json));
        using var parsed = JsonDocument.Parse(json);
        Assert.Equal(document.Services.Length, parsed.RootElement.GetProperty("services").GetArrayLength());
    }

    private static void AssertWords<T>(string definition, string? property = null) where T : struct, Enum =>
        Assert.Equal(Enum.GetValues<T>().Select(ReportText.Word), Schema.Words(definition, property));
}
