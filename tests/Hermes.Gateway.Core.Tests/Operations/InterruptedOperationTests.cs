using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Storage;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>An operation that was cut short is told by the next one of any kind, which converges.</summary>
public sealed class InterruptedOperationTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    public static TheoryData<string> Verbs { get; } =
        ["deploy", "plan", "install", "start", "restart", "stop", "uninstall", "verify", "status"];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_verb_says_what_was_cut_short(string verb)
    {
        var request = CutShort();

        var report = _world.Run(Named(verb), request);

        var told = Assert.Single(report.Findings, finding => finding.Code == "HGW1014");
        Assert.Contains("a deploy of my-gateway", told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deploy")]
    [InlineData("start")]
    [InlineData("restart")]
    [InlineData("uninstall")]
    public void A_verb_that_goes_all_its_way_settles_it(string verb)
    {
        var request = CutShort();

        Assert.Equal(Outcome.Changed, _world.Run(Named(verb), request).Outcome);

        Assert.Null(_world.Store.ReadJournalEntry(request.Definition));
        Assert.DoesNotContain(_world.Run(Operation.Status, request).Findings, finding => finding.Code == "HGW1014");
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("verify")]
    [InlineData("status")]
    [InlineData("plan")]
    public void A_verb_that_does_not_leaves_it_to_the_next(string verb)
    {
        var request = CutShort();

        _world.Run(Named(verb), request);

        Assert.Equal("deploy", _world.Store.ReadJournalEntry(request.Definition)?.Verb);
    }

    [Fact]
    public void An_operation_that_is_under_way_is_not_called_cut_short()
    {
        var request = CutShort();
        using var held = _world.Store.Lock(
            _world.Manager.Describe(request.Definition), TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        var report = _world.Run(Operation.Status, request);

        Assert.DoesNotContain(report.Findings, finding => finding.Code == "HGW1014");
    }

    [Fact]
    public void An_operation_that_comes_to_its_end_leaves_no_note_whether_it_failed_or_not()
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
    public void What_worked_before_the_cut_can_still_be_gone_back_to(params string[] wanted)
    {
        var good = _world.Request();
        _world.Run(Operation.Deploy, good);
        var text = File.ReadAllText(_world.PathOf(good));
        var bad = good with { Definition = good.Definition with { Arguments = ["--changed"] } };
        CutShort(bad);
        StartsUnlessChanged(bad);
        _world.Service(bad).Stop();

        // By now the process is gone and the new definition is on disk: only the note knows what worked.
        var report = _world.Run(Operation.Deploy, bad with { Definition = bad.Definition with { Arguments = [.. wanted] } });

        Assert.Equal(Outcome.RolledBack, report.Outcome);
        Assert.Equal(text, File.ReadAllText(_world.PathOf(good)));
        Assert.Null(_world.Store.ReadJournalEntry(good.Definition));
    }

    [Fact]
    public async Task A_definition_planted_in_the_journal_is_not_restored()
    {
        var good = _world.Request();
        _world.Run(Operation.Deploy, good);
        var bad = good with { Definition = good.Definition with { Arguments = ["--changed"] } };
        CutShort(bad);
        var record = _world.Store.ReadJournalEntry(good.Definition)!;
        var planted = record.LastGood!.Text.Replace(good.Definition.Program, "/bin/planted", StringComparison.Ordinal);
        _world.Store.DeleteJournalEntry(good.Definition);
        await File.WriteAllTextAsync(
            Path.Combine(_world.Store.FolderOf(good.Definition), "under-way.json"),
            (record with { LastGood = record.LastGood with { Text = planted } }).ToJson(), TestContext.Current.CancellationToken);
        StartsUnlessChanged(bad);
        _world.Service(bad).Stop();

        var report = _world.Run(Operation.Deploy, bad);

        Assert.Contains(report.Findings, finding => finding.Descriptor == Core.Diagnostics.DiagnosticCatalog.RecordNotTrusted);
        Assert.DoesNotContain(
            "/bin/planted", await File.ReadAllTextAsync(_world.PathOf(good), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain(report.Findings, finding => finding.Code is "HGW4014" or "HGW4015");
    }

    [Fact]
    public async Task A_record_that_is_a_link_is_not_used_and_is_gone_with_the_next_deploy()
    {
        var request = _world.Request();
        _world.Run(Operation.Deploy, request);
        var record = Path.Combine(_world.Store.FolderOf(request.Definition), "under-way.json");
        await File.WriteAllTextAsync(_world.At("victim"), "untouched", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(record, _world.At("victim"));

        Assert.Equal("HGW1019", Assert.Single(_world.Run(Operation.Status, request).Findings).Code);
        Assert.Equal("HGW1019", Assert.Single(_world.Run(Operation.Deploy, request).Findings).Code);

        Assert.Empty(_world.Run(Operation.Status, request).Findings);
        Assert.Equal("untouched", await File.ReadAllTextAsync(_world.At("victim"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void What_was_cut_short_with_the_same_definition_has_nothing_to_go_back_to()
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
    public void A_note_that_cannot_be_written_stops_the_operation_before_it_changes_anything()
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
    public void A_damaged_note_is_no_note(string text) => Assert.Null(JournalEntry.TryParse(text));

    [Theory]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("{\"path\":\"/a\"}")]
    [InlineData("{\"path\":\"/a\",\"text\":7,\"stamp\":null,\"invocation\":null,\"wasEnabled\":true}")]
    public void An_entry_whose_last_good_state_is_damaged_still_reports_the_operation(string lastGood) => Assert.Equal(
        new JournalEntry("deploy", DateTimeOffset.UnixEpoch, 7, null),
        JournalEntry.TryParse(
            $"{{\"verb\":\"deploy\",\"began\":\"1970-01-01T00:00:00Z\",\"processId\":7,\"lastGood\":{lastGood}}}"));

    [Fact]
    public void A_note_is_read_as_it_was_written()
    {
        var stamp = new Stamp("0123456789abcdef", "r:1");
        var record = new JournalEntry(
            "deploy", DateTimeOffset.UnixEpoch, 7, new GoodState("/etc/x.service", "[Unit]\n\"é\n", stamp, "i1", true));

        Assert.Equal(record, JournalEntry.TryParse(record.ToJson()));
    }

    // As a SIGKILL after the reload leaves it: nothing of this process runs on, and nobody holds the lock.
    private ServiceRequest CutShort(ServiceRequest? given = null)
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

    private void StartsUnlessChanged(ServiceRequest request)
    {
        var service = _world.Service(request);
        SetByWhatIsLoaded();
        _world.Manager.AfterStep = kind =>
        {
            if (kind == StepKind.Load) SetByWhatIsLoaded();
        };

        void SetByWhatIsLoaded() =>
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
