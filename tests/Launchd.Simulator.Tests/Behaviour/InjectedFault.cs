using System.Diagnostics;

namespace Launchd.Simulator.Tests.Behaviour;

/// <summary>The simulator's own trouble: answers and delays that a test asks for.</summary>
public sealed class InjectedFault : IDisposable
{
    private const string Label = "dev.example.agent";
    private readonly Mac _mac = new();

    private string Target => $"{_mac.Domain}/{Label}";

    [Fact]
    public void Can_fail_only_the_second_call_of_a_verb()
    {
        _mac.Fail("""{"verb": "enable", "call": 2, "exit": 5, "stderr": "out of order\n"}""");

        _mac.Do("enable", Target);
        Assert.Equal((5, "", "out of order\n"), _mac.Run("enable", Target));
        _mac.Do("enable", Target);
    }

    [Fact]
    public void Can_fail_two_calls_and_counts_calls_made_before_it_was_set()
    {
        _mac.Do("enable", Target);
        _mac.Fail("""{"verb": "enable", "call": 2, "times": 2, "exit": 9}""");

        int[] codes = [.. Enumerable.Range(0, 3).Select(_ => _mac.Run("enable", Target).Exit)];
        Assert.Equal([9, 9, 0], codes);
    }

    [Fact]
    public void Can_report_failure_after_the_job_was_loaded()
    {
        _mac.Fail("""{"verb": "bootstrap", "call": 1, "exit": 5, "stderr": "it failed\n"}""");

        Assert.Equal((5, "", "it failed\n"), _mac.Run("bootstrap", _mac.Domain, DefineSleep()));

        _mac.AwaitPid(Label);
    }

    [Fact]
    public void Can_report_success_without_loading_the_job()
    {
        _mac.Fail("""{"verb": "bootstrap", "call": 1, "effect": "none"}""");

        _mac.Bootstrap(DefineSleep());

        Assert.False(_mac.IsLoaded(Label));
    }

    [Fact]
    public void Can_load_a_job_that_starts_only_at_kickstart()
    {
        const string witness = "dev.example.witness";
        _mac.Fail("""{"verb": "bootstrap", "call": 1, "effect": "idle"}""");
        _mac.Bootstrap(DefineSleep());

        // Long enough for a wrong start.
        _mac.Bootstrap(_mac.DefineScript(witness, "exit 1", ("KeepAlive", "true")));
        _mac.AwaitRuns(witness, 3);
        Assert.Equal(0, _mac.Runs(Label));
        Assert.Equal("not running", _mac.Field(Label, "state"));

        _mac.Do("kickstart", Target);
        _mac.AwaitPid(Label);
    }

    [Fact]
    public void Can_delay_the_answer_to_a_call()
    {
        _mac.Fail("""{"verb": "enable", "call": 1, "hangSeconds": 1}""");
        var time = Stopwatch.StartNew();

        _mac.Do("enable", Target);

        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(1), $"Answered after {time.Elapsed.TotalSeconds:0.00} s");
    }

    [Fact]
    public void Call_that_hangs_has_no_effect_after_its_client_was_killed()
    {
        // Both in one file: launchd may read it late.
        _mac.Fail(
            """{"verb": "bootstrap", "call": 1, "hangSeconds": 5}""",
            """{"verb": "enable", "call": 1, "hangSeconds": 6}""");
        _mac.Run("managername");
        var start = new ProcessStartInfo(_mac.Simulator.Launchctl, ["bootstrap", _mac.Domain, DefineSleep()]);
        foreach (var (name, value) in _mac.Simulator.Environment)
            start.Environment[name] = value;
        using (var client = Process.Start(start)!)
        {
            // The first call would have been answered by now; this one was not.
            _mac.Run("managername");
            Assert.False(client.HasExited);
            client.Kill();
            Assert.True(client.WaitForExit(TimeSpan.FromSeconds(10)));
        }

        // Another call that hangs longer has been answered: the effect would have come before.
        _mac.Do("enable", Target);
        Assert.False(_mac.IsLoaded(Label));
    }

    [Fact]
    public void Can_delay_the_start_until_after_bootstrap_returned()
    {
        _mac.Fail("""{"verb": "bootstrap", "call": 1, "settleSeconds": 1}""");
        var time = Stopwatch.StartNew();

        _mac.Bootstrap(DefineSleep());
        Assert.True(_mac.IsLoaded(Label));
        _mac.AwaitPid(Label);

        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(1), $"Started after {time.Elapsed.TotalSeconds:0.00} s");
    }

    [Fact]
    public void Can_keep_a_label_listed_after_bootout_ended_its_process()
    {
        _mac.Fail("""{"verb": "bootout", "call": 1, "settleSeconds": 1}""");
        _mac.Bootstrap(DefineSleep());
        var pid = _mac.AwaitPid(Label);
        var time = Stopwatch.StartNew();

        _mac.Bootout(Label);
        Mac.AwaitEnd(pid);
        _mac.AwaitGone(Label);

        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(1), $"Gone after {time.Elapsed.TotalSeconds:0.00} s");
    }

    public void Dispose() => _mac.Dispose();

    private string DefineSleep() => _mac.DefineScript(Label, "exec sleep 300", ("RunAtLoad", "true"));
}
