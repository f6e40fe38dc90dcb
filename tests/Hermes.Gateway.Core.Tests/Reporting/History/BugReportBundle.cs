using System.Text.Json;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Reporting.History;

public sealed class BugReportBundle : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Bundle_contains_the_last_failure_the_versions_and_the_definition()
    {
        var request = Deployed();
        var entries = new[] { Entries.Failed(0, "HGW4006"), Entries.Failed(1, "HGW4007"), Entries.Changed(2) };

        using var bundle = JsonDocument.Parse(Make(request, entries));

        var root = bundle.RootElement;
        foreach (var name in new[] { "made", "package", "dotnet", "os" }) Assert.NotEmpty(root.GetProperty(name).GetString()!);
        var service = Assert.Single(root.GetProperty("services").EnumerateArray());
        Assert.Equal(
            "HGW4007", service.GetProperty("lastFailure").GetProperty("report").GetProperty("findings")[0].GetProperty("code").GetString());
        Assert.Equal(("my-gateway", 3), (service.GetProperty("service").GetString(), service.GetProperty("operations").GetInt32()));
        var definition = service.GetProperty("definition");
        Assert.Equal("present", definition.GetProperty("state").GetString());
        Assert.Equal(request.Definition.Program, definition.GetProperty("keys").GetProperty("Program").GetString());
        Assert.Equal("(removed)", definition.GetProperty("keys").GetProperty("Environment[MODE]").GetString());
    }

    [Fact]
    public void Bundle_shows_that_there_is_no_failure_no_definition_and_no_manager()
    {
        using var bundle = JsonDocument.Parse(Make(_world.Request(), Entries.Changed(0)));

        var service = bundle.RootElement.GetProperty("services")[0];
        Assert.Equal(JsonValueKind.Null, service.GetProperty("lastFailure").ValueKind);
        Assert.Equal(JsonValueKind.Null, service.GetProperty("managerVersion").ValueKind);
        Assert.Equal("missing", service.GetProperty("definition").GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("systemd", "--version", "systemd 252 (252.1)")]
    [InlineData("launchd", "version", "Darwin Bootstrapper Version 7.0.0")]
    public void Creating_a_bundle_runs_only_the_version_query_of_the_manager(string manager, string argument, string version)
    {
        var request = _world.Request();
        request = request with { Manager = manager, ManagerCommandPath = request.Definition.Program };
        var runner = new FakeRunner(command => FakeRunner.Exit(command, 0, $"{version}\n+PAM +AUDIT\n"));

        using var bundle = JsonDocument.Parse(new BugReport(_world.Host, runner, _world.Clock).Make([(request, [])], TestContext.Current.CancellationToken));

        Assert.Equal(argument, Assert.Single(runner.Requests).Arguments[^1]);
        Assert.Equal(version, bundle.RootElement.GetProperty("services")[0].GetProperty("managerVersion").GetString());
    }

    [Fact]
    public async Task Bundle_contains_no_secret_even_if_the_history_does()
    {
        await File.WriteAllTextAsync(_world.At("env"), "ANY=planted-in-the-file\n", TestContext.Current.CancellationToken);
        var request = Deployed(definition => definition with
        {
            Environment = Sample.Variables(("API_TOKEN", "planted-token"), ("MODE", "planted-mode")),
            EnvironmentFile = _world.At("env"),
            Arguments = ["--password", "planted-argument", "--api-key=planted-option", "http://me:planted-url@host/"],
        }) with { Health = new HealthCheck.Http(new Uri("http://me:planted-health@127.0.0.1/")) };
        await File.AppendAllTextAsync(
            _world.PathOf(request), "[Service]\nEnvironment=THEIRS=planted-foreign\nNice=5\n", TestContext.Current.CancellationToken);
        var leaked = HistoryEntry.TryParse(Entries.Failed(0, "HGW4006").ToLine().Replace(
            "\"why\"", "\"planted-in-the-file planted-token planted-argument planted-option planted-health\"", StringComparison.Ordinal))!;

        var text = Make(request, leaked);

        Assert.DoesNotContain("planted", text, StringComparison.Ordinal);
        foreach (var name in new[] { "Environment[API_TOKEN]", "Environment[MODE]", "--password (hidden)", "Environment=(removed)", "Nice=(removed)" })
            Assert.Contains(name, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Bundle_contains_a_failure_with_the_deepest_nesting_that_a_history_accepts()
    {
        var line = Entries.Failed(0, "HGW4006").ToLine();
        string Nested(int levels) => line.Replace(
            "\"report\":{", $"\"report\":{{\"deep\":{new string('[', levels)}{new string(']', levels)},", StringComparison.Ordinal);
        var deepest = Enumerable.Range(1, 100).Select(Nested).Last(text => HistoryEntry.TryParse(text) is not null);

        using var bundle = JsonDocument.Parse(
            Make(_world.Request(), HistoryEntry.TryParse(deepest)!), new JsonDocumentOptions { MaxDepth = 100 });

        var report = bundle.RootElement.GetProperty("services")[0].GetProperty("lastFailure").GetProperty("report");
        Assert.Equal(JsonValueKind.Array, report.GetProperty("deep").ValueKind);
    }

    private ServiceRequest Deployed(Func<ServiceDefinition, ServiceDefinition>? change = null)
    {
        var request = _world.Request();
        if (change is not null) request = request with { Definition = change(request.Definition) };
        _world.Deployed(request.Definition);
        return request;
    }

    private string Make(ServiceRequest request, params HistoryEntry[] entries) =>
        new BugReport(_world.Host, FakeRunner.Exiting(127), _world.Clock).Make([(request, [.. entries])], TestContext.Current.CancellationToken);
}
