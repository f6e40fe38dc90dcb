using System.Collections.Immutable;
using System.Text;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Reporting.History;

/// <summary>Runs operations and reads the histories of their services.</summary>
public sealed class HistoryOfOperations : IDisposable
{
    private readonly World _world = new(FakeRunner.Exiting(0));

    public void Dispose() => _world.Dispose();

    [Fact]
    public void All_operations_are_recorded_and_kept_after_uninstall()
    {
        var request = _world.Request();
        foreach (var operation in new[]
        {
            Operation.Install, Operation.Start, Operation.Deploy, Operation.Deploy, Operation.Restart, Operation.Stop,
            Operation.Uninstall, Operation.Uninstall,
        })
            _world.Run(operation, request);

        Assert.Equal(
            [
                "install changed 1", "start changed 1", "deploy unchanged 2", "restart changed 1", "stop changed 1",
                "uninstall changed 1", "uninstall unchanged 1",
            ],
            Entries.Format(Read(request)));
        Assert.False(Directory.Exists(_world.Store.FolderOf(request.Definition)));
    }

    [Fact]
    public void Status_plan_and_verify_are_not_recorded()
    {
        var request = _world.Request();
        foreach (var operation in new[] { Operation.Status, Operation.PlanDeploy, Operation.Verify })
            _world.Run(operation, request);

        Assert.False(Directory.Exists(_world.At("state")));
    }

    [Fact]
    public void Entry_has_time_user_verb_outcome_steps_and_layers()
    {
        var request = _world.Request();
        var began = _world.Clock.GetUtcNow();
        _world.Service(request).OnStart = OnStart.Fails;

        var report = _world.Run(Operation.Deploy, request);

        var entry = Assert.Single(Read(request));
        Assert.Equal((began, _world.Host.UserId, "deploy", "failed"), (entry.When, entry.UserId, entry.Verb, entry.Outcome));
        Assert.Equal(report.Duration.TotalMilliseconds, entry.Milliseconds, 1d);
        Assert.Equal(["write", "enable", "load", "start (failed)"], entry.Steps.AsEnumerable());
        Assert.Equal("HGW3006", entry.Codes[0]);
        Assert.Equal("the last words", Assert.Single(entry.Report.GetProperty("log").EnumerateArray()).GetString());
        Assert.Equal("missing", entry.Report.GetProperty("before").GetProperty("installed").GetString());
        Assert.Equal("current", entry.Report.GetProperty("after").GetProperty("installed").GetString());
        Assert.All(entry.Report.GetProperty("steps").EnumerateArray(), step => Assert.True(step.TryGetProperty("command", out _)));
    }

    [Fact]
    public void Each_service_of_an_operation_has_its_own_entry()
    {
        var (one, other) = (_world.Request("one"), _world.Request("other"));
        _world.Service(other).OnStart = OnStart.Fails;

        _world.Run(Operation.Deploy, [one, other]);

        Assert.Equal("deploy changed 1", Assert.Single(Entries.Format(Read(one))));
        Assert.Equal("deploy failed 1", Assert.Single(Entries.Format(Read(other))));
    }

    [Fact]
    public void Operation_that_failed_before_any_change_is_recorded()
    {
        var request = _world.Request();
        File.Delete(request.Definition.Program);

        _world.Run(Operation.Deploy, request);

        var entry = Assert.Single(Read(request));
        Assert.Equal("HGW0009", entry.Codes[0]);
        Assert.Empty(entry.Steps);
    }

    [Fact]
    public void Operation_that_did_not_get_the_lock_is_recorded()
    {
        var request = _world.Request() with { Timeout = TimeSpan.Zero };
        using var held = _world.Store.Lock(_world.Manager.Describe(request.Definition), TimeSpan.Zero, TestContext.Current.CancellationToken);

        _world.Run(Operation.Deploy, request);

        Assert.Equal("HGW1005", Assert.Single(Read(request)).Codes[0]);
    }

    [Fact]
    public void Cancelled_operation_is_recorded_with_its_steps()
    {
        using var cancellation = new CancellationTokenSource();
        var request = _world.Request();
        _world.Manager.AfterStep = _ => cancellation.Cancel();

        _world.Run(Operation.Deploy, request, cancellation.Token);

        var entry = Assert.Single(Read(request));
        Assert.Equal("HGW9002", entry.Codes[0]);
        Assert.Contains("write", entry.Steps);
    }

    [Fact]
    public void Unwritable_history_is_a_warning_and_the_operation_succeeds()
    {
        var request = _world.Request();
        Directory.CreateDirectory(_world.Host.StateFolder(request.Definition.Scope), StateFolders.Private);
        Directory.CreateDirectory(HistoryOf(request), StateFolders.Private);

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal((Outcome.Changed, true), (report.Outcome, report.After.AllCurrent));
        var warning = Assert.Single(report.Findings);
        Assert.Equal(("HGW1011", Severity.Warning), (warning.Code, warning.Severity));
        Assert.Equal(warning.Advice, report.Advice);
    }

    [Fact]
    public async Task Unusable_state_folder_is_reported_once()
    {
        var request = _world.Request();
        await File.WriteAllTextAsync(_world.At("state"), "a file where a folder is needed", TestContext.Current.CancellationToken);

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal("HGW1006", Assert.Single(report.Findings).Code);
    }

    [Fact]
    public async Task History_contains_no_secret()
    {
        var file = _world.At("secrets.env");
        await File.WriteAllTextAsync(
            file, "# comment\nDB_PASSWORD=\"in-the-file\"\nINNOCENT=innocent-in-file\n", TestContext.Current.CancellationToken);
        var request = _world.Request() with { Health = new HealthCheck.Http(new Uri("http://me:in-the-url@127.0.0.1:1/")) };
        var definition = request.Definition with
        {
            Environment = Sample.Variables(("API_TOKEN", "in-a-variable")),
            EnvironmentFile = file,
            Arguments = ["--password", "in-an-argument", "--api-key=in-an-option"],
        };
        _world.Deployed(definition with { Environment = Sample.Variables(("API_TOKEN", "in-the-old-one")), WorkingDirectory = "/old" });
        _world.Manager.Intercept = (kind, _) => kind == StepKind.Load
            ? new StepResult(StepStatus.Failed, DiagnosticCatalog.CommandFailed.Error(
                "in-a-variable in-the-file innocent-in-file in-the-url in-an-argument in-an-option in-the-old-one", "say in-a-variable"))
            : null;

        var report = _world.Run(Operation.Deploy, request with { Definition = definition });

        var text = await File.ReadAllTextAsync(HistoryOf(request), TestContext.Current.CancellationToken);
        Assert.Equal(string.Join(' ', Enumerable.Repeat("(hidden)", 7)), report.Findings[0].Message);
        Assert.DoesNotContain("in-", text.Replace("in-place", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Environment[API_TOKEN]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Very_long_message_is_shortened_in_the_middle()
    {
        var request = _world.Request();
        var flood = $"first {new string('\u0001', 400_000)} last";
        _world.Manager.Intercept = (kind, _) => kind == StepKind.Load
            ? new StepResult(StepStatus.Failed, DiagnosticCatalog.CommandFailed.Error(flood, "look"))
            : null;

        _world.Run(Operation.Deploy, request);

        var entry = Assert.Single(Read(request));
        Assert.InRange(Encoding.UTF8.GetByteCount(entry.ToLine()), 1, HistoryEntry.MaxReportBytes);
        var message = entry.Report.GetProperty("findings")[0].GetProperty("message").GetString()!;
        Assert.StartsWith("first ", message, StringComparison.Ordinal);
        Assert.EndsWith(" last", message, StringComparison.Ordinal);
    }

    private string HistoryOf(ServiceRequest request) =>
        new ServiceHistory(_world.Host, _world.Clock).PathOf(request.Definition.Scope, request.Definition.Name);

    private ImmutableArray<HistoryEntry> Read(ServiceRequest request) =>
        new ServiceHistory(_world.Host, _world.Clock).Read(request.Definition.Scope, request.Definition.Name);
}
