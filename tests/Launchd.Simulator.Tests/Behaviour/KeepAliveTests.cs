using System.Diagnostics;

namespace Launchd.Simulator.Tests.Behaviour;

/// <summary>Who is started again, when, and who is not.</summary>
public sealed class KeepAliveTests : IDisposable
{
    private const string Label = "dev.example.agent";
    private const string Other = "dev.example.other";
    private readonly Mac _mac = new();

    [Fact]
    public void A_job_that_is_kept_alive_comes_back_after_a_kill()
    {
        _mac.Bootstrap(_mac.DefineScript(Label, "exec sleep 300", ("KeepAlive", "true")));
        var first = _mac.AwaitPid(Label);

        Processes.Kill(first);

        _mac.AwaitRuns(Label, 2);
        Assert.NotEqual(first, _mac.AwaitPid(Label));
    }

    [Fact]
    public void A_job_that_is_not_kept_alive_does_not_come_back()
    {
        _mac.Bootstrap(_mac.DefineScript(Label, "exec sleep 300", ("RunAtLoad", "true")));
        Processes.Kill(_mac.AwaitPid(Label));
        _mac.AwaitState(Label, "not running");

        AwaitThreeRunsOfAnother();

        Assert.Equal(1, _mac.Runs(Label));
        Assert.Equal("not running", _mac.Field(Label, "state"));
    }

    [Fact]
    public void A_clean_exit_parks_a_job_that_is_kept_alive_after_failures()
    {
        _mac.Bootstrap(_mac.DefineScript(Label, "exit 0", ("KeepAlive", """{"SuccessfulExit": false}""")));
        _mac.AwaitState(Label, "not running");

        AwaitThreeRunsOfAnother();

        Assert.Equal(1, _mac.Runs(Label));
        Assert.Equal("not running", _mac.Field(Label, "state"));
        Assert.Equal("0", _mac.Field(Label, "last exit code"));
    }

    [Fact]
    public void A_parked_job_is_started_by_kickstart()
    {
        _mac.Bootstrap(_mac.DefineScript(Label, "exit 0", ("KeepAlive", """{"SuccessfulExit": false}""")));
        _mac.AwaitState(Label, "not running");

        _mac.Do("kickstart", $"{_mac.Domain}/{Label}");

        _mac.AwaitRuns(Label, 2);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("""{"SuccessfulExit": false}""")]
    public void A_failure_is_followed_by_another_run_but_not_sooner_than_the_throttle(string keepAlive)
    {
        // 24 s, 20 times faster.
        var path = _mac.DefineScript(Label, "exit 1", ("KeepAlive", keepAlive), ("ThrottleInterval", "24"));
        var time = Stopwatch.StartNew();
        _mac.Bootstrap(path);

        _mac.AwaitRuns(Label, 2);

        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(1.2), $"Two runs within {time.Elapsed.TotalSeconds:0.00} s");
    }

    [Fact]
    public void Without_a_key_the_throttle_is_ten_seconds()
    {
        _mac.Change("""{"timeScale": 0.1}""");
        var path = _mac.DefineScript(Label, "exit 1", ("KeepAlive", "true"));
        var time = Stopwatch.StartNew();
        _mac.Bootstrap(path);

        _mac.AwaitRuns(Label, 2);

        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(1), $"Two runs within {time.Elapsed.TotalSeconds:0.00} s");
    }

    [Fact]
    public void Nothing_runs_that_is_neither_run_at_load_nor_kept_alive()
    {
        _mac.Bootstrap(_mac.DefineScript(Label, "exec sleep 300"));

        AwaitThreeRunsOfAnother();

        Assert.Equal(0, _mac.Runs(Label));
        Assert.Equal("(never exited)", _mac.Field(Label, "last exit code"));
    }

    public void Dispose() => _mac.Dispose();

    /// <summary>As long as a wrong start would have taken: another job has been started again twice.</summary>
    private void AwaitThreeRunsOfAnother()
    {
        _mac.Bootstrap(_mac.DefineScript(Other, "exit 1", ("KeepAlive", "true")));
        _mac.AwaitRuns(Other, 3);
    }
}
