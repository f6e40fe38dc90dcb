using System.Text.Json;
using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Reporting;

public sealed class ReportOfAService : IDisposable
{
    private readonly World _world = new(FakeRunner.Exiting(0));

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Json_has_exactly_the_documented_properties_and_values()
    {
        var (report, _) = RichReport();
        var json = ReportJson.Write(report with { Commands = [new CommandReport("systemctl x", "Exited", 1, "no", TimeSpan.Zero)] });
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;

        Assert.DoesNotContain('\n', json);
        Assert.Equal(
            [
                "schema", "service", "verb", "outcome", "changed", "manager", "scope", "definitionPath", "source", "release", "before", "after",
                "evidence", "processId", "processIdBefore", "invocation", "startsWithoutLogin", "startedAt", "uptimeSeconds", "restarts", "lastExit",
                "health", "checks", "differences", "kept", "dropIns", "fileDiff", "steps", "commands", "findings", "log", "advice",
                "milliseconds",
            ],
            root.EnumerateObject().Select(property => property.Name));
        Assert.Equal(JsonReport.Version, root.GetProperty("schema").GetInt32());
        Assert.Equal(
            ("my-gateway", "deploy", "changed", "user"),
            (Text(root, "service"), Text(root, "verb"), Text(root, "outcome"), Text(root, "scope")));
        Assert.True(root.GetProperty("changed").GetBoolean());
        Assert.Equal(report.ProcessId, root.GetProperty("processId").GetInt32());
        Assert.Equal("stale", Text(root.GetProperty("before"), "installed"));
        Assert.Equal(
            ("current", "current", "current", "yes"),
            (Text(root.GetProperty("after"), "installed"), Text(root.GetProperty("after"), "loaded"),
                Text(root.GetProperty("after"), "running"), Text(root.GetProperty("after"), "enabled")));
        Assert.Equal(["write", "load", "clear-failure", "restart"], root.GetProperty("steps").EnumerateArray().Select(step => Text(step, "kind")));
        Assert.All(root.GetProperty("steps").EnumerateArray(), step => Assert.Equal("done", Text(step, "status")));
        Assert.Contains(root.GetProperty("findings").EnumerateArray(), finding => Text(finding, "code") == "HGW2010" && Text(finding, "severity") == "info");
        Assert.Contains(root.GetProperty("differences").EnumerateArray(), drift => Text(drift, "key") == "WorkingDirectory" && Text(drift, "layer") == "installed");
        Assert.StartsWith("healthy", Text(root, "health"), StringComparison.Ordinal);
        var command = Assert.Single(root.GetProperty("commands").EnumerateArray());
        Assert.Equal(("systemctl x", 1, "no"), (Text(command, "command"), command.GetProperty("exitCode").GetInt32(), Text(command, "stderr")));
    }

    [Fact]
    public void Step_of_a_plan_has_the_status_planned()
    {
        using var document = JsonDocument.Parse(ReportJson.Write(_world.Run(Operation.PlanDeploy, _world.Request())));
        Assert.All(document.RootElement.GetProperty("steps").EnumerateArray(), step => Assert.Equal("planned", Text(step, "status")));
    }

    [Fact]
    public void Text_JSON_Markdown_and_JUnit_contain_no_secret()
    {
        var (report, plain) = RichReport();
        var document = new ReportDocument(report.Verb, [report], []);
        string[] views =
        [
            ReportJson.Write(report), string.Join("\n", ReportText.Details(report)), ReportText.Summary(report),
            document.ToJson(), MarkdownReport.Write(document), JUnitReport.Write(document),
        ];
        foreach (var text in views)
            Assert.DoesNotContain("hunter", text, StringComparison.Ordinal);
        Assert.Contains("hunter2", plain, StringComparison.Ordinal);
        Assert.Contains(report.Differences, drift => drift.Key == "Environment[API_TOKEN]");
    }

    [Fact]
    public void Details_contain_path_steps_differences_and_findings()
    {
        var (report, _) = RichReport();
        var text = string.Join("\n", ReportText.Details(report));

        Assert.Contains(report.DefinitionPath, text, StringComparison.Ordinal);
        foreach (var step in report.Steps) Assert.Contains(step.Reason, text, StringComparison.Ordinal);
        foreach (var drift in report.Differences) Assert.Contains(drift.ToString(), text, StringComparison.Ordinal);
        foreach (var finding in report.Findings) Assert.Contains(finding.Code, text, StringComparison.Ordinal);
        Assert.Contains($"pid {report.ProcessId}", ReportText.Summary(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Details_of_a_verification_contain_every_check()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Service(request).IsEnabled = false;

        var text = string.Join("\n", ReportText.Details(_world.Run(Operation.Verify, request)));

        Assert.Contains("  check       pass    definition: ", text, StringComparison.Ordinal);
        Assert.Contains("  check       fail    enabled: does not start by itself", text, StringComparison.Ordinal);
        Assert.Contains("  check       skipped health: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Enumeration_values_are_written_in_lower_case_with_dashes() => Assert.Equal(
        ["crash-looping", "no", "rolled-back", "unchanged"],
        [
            ReportText.Word(RunningState.CrashLooping), ReportText.Word(RunningState.No),
            ReportText.Word(Outcome.RolledBack), ReportText.Word(Outcome.Unchanged),
        ]);

    /// <summary>Repairs a stale service with secrets and foreign directives; returns the report and the text of its definition.</summary>
    private (ServiceReport Report, string File) RichReport()
    {
        var request = _world.Request() with { Health = new HealthCheck.Exec("/opt/check") };
        var wanted = request.Definition with { Environment = Sample.Variables(("API_TOKEN", "hunter2"), ("QUOTE", "\"é\n")) };
        _world.Deployed(wanted with { WorkingDirectory = "/old", Environment = Sample.Variables(("API_TOKEN", "hunter1")) });
        File.AppendAllText(_world.PathOf(request), "[Service]\nEnvironment=THEIR_PASSWORD=hunter3\nNice=5\n");
        _world.Service(request).Load();
        return (_world.Run(Operation.Deploy, request with { Definition = wanted }), File.ReadAllText(_world.PathOf(request)));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
