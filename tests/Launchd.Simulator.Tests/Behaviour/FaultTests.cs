using System.Diagnostics;

namespace Launchd.Simulator.Tests.Behaviour;

/// <summary>The simulator's own trouble: answers and delays that a test asks for.</summary>
public sealed class FaultTests : IDisposable
{
    private const string Label = "dev.example.agent";
    private readonly Mac _mac = new();

    private string Target => $"{_mac.Domain}/{Label}";

    [Fact]
    public void The_second_call_of_a_verb_can_fail_alone()
    {
        _mac.Fail("""{"verb": "enable", "call": 2, "exit": 5, "stderr": "out of order\n"}""");

        _mac.Do("enable", Target);
        Assert.Equal((5, "", "out of order\n"), _mac.Run("enable", Target));
        _mac.Do("enable", Target);
    }

    [Fact]
    public void Several_calls_can_fail_and_the_count_survives_a_change_of_the_file()
    {
        _mac.Do("enable", Target);
        _mac.Fail("""{"verb": "enable", "call": 2, "times": 2, "exit": 9}""");

        int[] codes = [.. Enumerable.Range(0, 3).Select(_ => _mac.Run("enable", Target).Exit)];
        Assert.Equal([9, 9, 0], codes);
    }

    [Fact]
    public void A_failure_can_hide_a_success()
    {
        _mac.Fail("""{"verb": "bootstrap", "call": 1, "exit": 5, "stderr": "it failed\n"}""");

        Assert.Equal((5, "", "it failed\n"), _mac.Run("bootstrap", _mac.Domain, DefineSleep()));

        _mac.AwaitPid(Label);
    }

    [Fact]
    public void A_success_can_hide_that_nothing_was_done()
    {
        _mac.Fail("""{"verb": "bootstrap", "call": 1, "effect": "none"}""");

        _mac.Bootstrap(DefineSleep());

        Assert.False(_mac.IsLoaded(Label));
    }

    [Fact]
    public void A_job_can_be_loaded_and_left_idle_until_it_is_kicked()
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
    public void A_call_can_hang_and_then_answer()
    {
        _mac.Fail("""{"verb": "enable", "call": 1, "hangSeconds": 1}""");
        var time = Stopwatch.StartNew();

        _mac.Do("enable", Target);

        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(1), $"Answered after {time.Elapsed.TotalSeconds:0.00} s");
    }

    [Fact]
    public void A_client_that_is_killed_while_it_hangs_has_no_effect()
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
    public void A_bootstrap_can_settle_after_it_has_answered()
    {
        _mac.Fail("""{"verb": "bootstrap", "call": 1, "settleSeconds": 1}""");
        var time = Stopwatch.StartNew();

        _mac.Bootstrap(DefineSleep());
        Assert.True(_mac.IsLoaded(Label));
        _mac.AwaitPid(Label);

        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(1), $"Started after {time.Elapsed.TotalSeconds:0.00} s");
    }

    [Fact]
    public void A_bootout_can_settle_after_the_process_is_gone()
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
