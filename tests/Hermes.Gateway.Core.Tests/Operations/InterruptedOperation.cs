using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>An operation that ended without completing, for example by a power cut, is reported and
/// completed by later operations.</summary>
public sealed class InterruptedOperation : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    public static TheoryData<string> Verbs { get; } =
        ["deploy", "plan", "install", "start", "restart", "stop", "uninstall", "verify", "status"];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Interrupted_deploy_is_reported_by_every_verb(string verb)
    {
        var request = Interrupted();

        var report = _world.Run(Named(verb), request);

        var finding = Assert.Single(report.Findings, finding => finding.Code == "HGW1014");
        Assert.Contains("a deploy of my-gateway", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deploy")]
    [InlineData("start")]
    [InlineData("restart")]
    [InlineData("uninstall")]
    public void Journal_entry_is_deleted_by_a_verb_that_completes_the_work(string verb)
    {
        var request = Interrupted();

        Assert.Equal(Outcome.Changed, _world.Run(Named(verb), request).Outcome);

        Assert.Null(_world.Store.ReadJournalEntry(request.Definition));
        Assert.DoesNotContain(_world.Run(Operation.Status, request).Findings, finding => finding.Code == "HGW1014");
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("verify")]
    [InlineData("status")]
    [InlineData("plan")]
    public void Journal_entry_is_kept_by_a_verb_that_does_not_complete_the_work(string verb)
    {
        var request = Interrupted();

        _world.Run(Named(verb), request);

        Assert.Equal("deploy", _world.Store.ReadJournalEntry(request.Definition)?.Verb);
    }

    [Fact]
    public void Operation_in_progress_is_not_reported_as_interrupted()
    {
        var request = Interrupted();
        using var held = _world.Store.Lock(
            _world.Manager.Describe(request.Definition), TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        var report = _world.Run(Operation.Status, request);

        Assert.DoesNotContain(report.Findings, finding => finding.Code == "HGW1014");
    }

    [Fact]
    public void Completed_operation_leaves_no_journal_entry_even_after_a_failure()
    {
        var request = _world.Request();
        _world.Run(Operation.Deploy, request);
        Assert.Null(_world.Store.ReadJournalEntry(request.Definition));

        _world.Service(request).OnStart = OnStart.Fails;
        Assert.Equal(Outcome.Failed, _world.Run(Operation.Restart, request).Outcome);
        Assert.Null(_world.Store.ReadJournalEntry(request.Definition));
    }

    [Theory]
    [InlineData("--changed")]
    [InlineData("--changed", "--more")]
    public void Last_good_definition_can_still_be_restored_after_an_interruption(params string[] wanted)
    {
        var good = _world.Request();
        _world.Run(Operation.Deploy, good);
        var text = File.ReadAllText(_world.PathOf(good));
        var bad = good with { Definition = good.Definition with { Arguments = ["--changed"] } };
        Interrupted(bad);
        FailWithChangedArguments(bad);
        _world.Service(bad).Stop();

        // The process is gone and the new definition is on disk: only the journal entry has the last good definition.
        var report = _world.Run(Operation.Deploy, bad with { Definition = bad.Definition with { Arguments = [.. wanted] } });

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Equal(text, File.ReadAllText(_world.PathOf(good)));
        Assert.Null(_world.Store.ReadJournalEntry(good.Definition));
    }

    [Fact]
    public async Task Definition_planted_in_the_journal_entry_is_not_restored()
    {
        var good = _world.Request();
        _world.Run(Operation.Deploy, good);
        var bad = good with { Definition = good.Definition with { Arguments = ["--changed"] } };
        Interrupted(bad);
        var entry = _world.Store.ReadJournalEntry(good.Definition)!;
        var planted = entry.LastGood!.Text.Replace(good.Definition.Program, "/bin/planted", StringComparison.Ordinal);
        _world.Store.DeleteJournalEntry(good.Definition);
        await File.WriteAllTextAsync(
            Path.Combine(_world.Store.FolderOf(good.Definition), "under-way.json"),
            (entry with { LastGood = entry.LastGood with { Text = planted } }).ToJson(), TestContext.Current.CancellationToken);
        FailWithChangedArguments(bad);
        _world.Service(bad).Stop();

        var report = _world.Run(Operation.Deploy, bad);

        Assert.Contains(report.Findings, finding => finding.Descriptor == Core.Diagnostics.DiagnosticCatalog.RecordNotTrusted);
        Assert.DoesNotContain(
            "/bin/planted", await File.ReadAllTextAsync(_world.PathOf(good), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain(report.Findings, finding => finding.Code is "HGW4014" or "HGW4015");
    }

    [Fact]
    public async Task Journal_entry_that_is_a_link_is_ignored_and_removed_by_the_next_deploy()
    {
        var request = _world.Request();
        _world.Run(Operation.Deploy, request);
        var entry = Path.Combine(_world.Store.FolderOf(request.Definition), "under-way.json");
        await File.WriteAllTextAsync(_world.At("victim"), "untouched", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(entry, _world.At("victim"));

        Assert.Equal("HGW1019", Assert.Single(_world.Run(Operation.Status, request).Findings).Code);
        Assert.Equal("HGW1019", Assert.Single(_world.Run(Operation.Deploy, request).Findings).Code);

        Assert.Empty(_world.Run(Operation.Status, request).Findings);
        Assert.Equal("untouched", await File.ReadAllTextAsync(_world.At("victim"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Interrupted_restart_of_the_same_definition_leaves_nothing_to_roll_back_to()
    {
        var request = _world.Request();
        _world.Run(Operation.Deploy, request);
        _world.Manager.AfterStep = kind =>
        {
            if (kind == StepKind.Restart) throw new PowerCutException();
        };
        Assert.Throws<PowerCutException>(() => _world.Run(Operation.Restart, request));
        _world.Manager.AfterStep = _ => { };
        _world.Service(request).Stop();
        _world.Service(request).OnStart = OnStart.Fails;

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.DoesNotContain(report.Findings, finding => finding.Code is "HGW4014" or "HGW4015");
    }

    [Fact]
    public void Unwritable_journal_entry_stops_the_operation_before_any_change()
    {
        var request = _world.Request();
        Directory.CreateDirectory(_world.Host.StateFolder(ServiceScope.User));
        File.WriteAllText(_world.Store.FolderOf(request.Definition), "in the way");

        var report = _world.Run(Operation.Deploy, request);

        Assert.Equal("HGW1006", report.Findings[0].Code);
        Assert.False(File.Exists(_world.PathOf(request)));
        Assert.Empty(_world.Manager.Applied);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"verb\":1}")]
    [InlineData("{\"verb\":\"deploy\",\"began\":\"yesterday\",\"processId\":1}")]
    [InlineData("{\"verb\":\"deploy\",\"began\":\"2026-01-01T00:00:00Z\",\"processId\":\"x\"}")]
    public void Damaged_journal_entry_is_ignored(string text) => Assert.Null(JournalEntry.TryParse(text));

    [Theory]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("{\"path\":\"/a\"}")]
    [InlineData("{\"path\":\"/a\",\"text\":7,\"stamp\":null,\"invocation\":null,\"wasEnabled\":true}")]
    public void Journal_entry_with_a_damaged_last_good_state_still_reports_the_operation(string lastGood) => Assert.Equal(
        new JournalEntry("deploy", DateTimeOffset.UnixEpoch, 7, null),
        JournalEntry.TryParse(
            $"{{\"verb\":\"deploy\",\"began\":\"1970-01-01T00:00:00Z\",\"processId\":7,\"lastGood\":{lastGood}}}"));

    [Fact]
    public void Journal_entry_is_parsed_as_it_was_written()
    {
        var stamp = new Stamp("0123456789abcdef", "r:1");
        var entry = new JournalEntry(
            "deploy", DateTimeOffset.UnixEpoch, 7, new RestorableState("/etc/x.service", "[Unit]\n\"é\n", stamp, "i1", true));

        Assert.Equal(entry, JournalEntry.TryParse(entry.ToJson()));
    }

    // Leaves the state after a SIGKILL that follows the reload: no process holds the lock, and the journal entry remains.
    private ServiceRequest Interrupted(ServiceRequest? given = null)
    {
        var request = given ?? _world.Request();
        _world.Manager.AfterStep = kind =>
        {
            if (kind == StepKind.Load) throw new PowerCutException();
        };
        Assert.Throws<PowerCutException>(() => _world.Run(Operation.Deploy, request));
        _world.Manager.AfterStep = _ => { };
        return request;
    }

    private void FailWithChangedArguments(ServiceRequest request)
    {
        var service = _world.Service(request);
        FollowLoadedDefinition();
        _world.Manager.AfterStep = kind =>
        {
            if (kind == StepKind.Load) FollowLoadedDefinition();
        };

        void FollowLoadedDefinition() =>
            service.OnStart = service.LoadedText!.Contains("--changed", StringComparison.Ordinal) ? OnStart.Fails : OnStart.Runs;
    }

    private static Operation Named(string verb) => verb switch
    {
        "deploy" => Operation.Deploy,
        "plan" => Operation.PlanDeploy,
        "install" => Operation.Install,
        "start" => Operation.Start,
        "restart" => Operation.Restart,
        "stop" => Operation.Stop,
        "uninstall" => Operation.Uninstall,
        "verify" => Operation.Verify,
        _ => Operation.Status,
    };

    private sealed class PowerCutException : Exception;
}
