using System.Diagnostics;

namespace Launchd.Simulator.Tests.Behaviour;

/// <summary>Who is started again, when, and who is not.</summary>
public sealed class RestartOfAnEndedJob : IDisposable
{
    private const string Label = "dev.example.agent";
    private const string Other = "dev.example.other";
    private readonly Mac _mac = new();

    [Fact]
    public void Job_with_KeepAlive_is_restarted_after_a_kill()
    {
        _mac.Bootstrap(_mac.DefineScript(Label, "exec sleep 300", ("KeepAlive", "true")));
        var first = _mac.AwaitPid(Label);

        Processes.Kill(first);

        _mac.AwaitRuns(Label, 2);
        Assert.NotEqual(first, _mac.AwaitPid(Label));
    }

    [Fact]
    public void Job_without_KeepAlive_is_not_restarted()
    {
        _mac.Bootstrap(_mac.DefineScript(Label, "exec sleep 300", ("RunAtLoad", "true")));
        Processes.Kill(_mac.AwaitPid(Label));
        _mac.AwaitState(Label, "not running");

        AwaitThreeRunsOfAnother();

        Assert.Equal(1, _mac.Runs(Label));
        Assert.Equal("not running", _mac.Field(Label, "state"));
    }

    [Fact]
    public void Job_with_KeepAlive_only_after_failures_is_not_restarted_after_exit_0()
    {
        _mac.Bootstrap(_mac.DefineScript(Label, "exit 0", ("KeepAlive", """{"SuccessfulExit": false}""")));
        _mac.AwaitState(Label, "not running");

        AwaitThreeRunsOfAnother();

        Assert.Equal(1, _mac.Runs(Label));
        Assert.Equal("not running", _mac.Field(Label, "state"));
        Assert.Equal("0", _mac.Field(Label, "last exit code"));
    }

    [Fact]
    public void Job_that_is_not_restarted_after_exit_0_is_started_by_kickstart()
    {
        _mac.Bootstrap(_mac.DefineScript(Label, "exit 0", ("KeepAlive", """{"SuccessfulExit": false}""")));
        _mac.AwaitState(Label, "not running");

        _mac.Do("kickstart", $"{_mac.Domain}/{Label}");

        _mac.AwaitRuns(Label, 2);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("""{"SuccessfulExit": false}""")]
    public void Failed_job_is_restarted_no_sooner_than_after_its_ThrottleInterval(string keepAlive)
    {
        // 24 s, 20 times faster.
        var path = _mac.DefineScript(Label, "exit 1", ("KeepAlive", keepAlive), ("ThrottleInterval", "24"));
        var time = Stopwatch.StartNew();
        _mac.Bootstrap(path);

        _mac.AwaitRuns(Label, 2);

        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(1.2), $"Two runs within {time.Elapsed.TotalSeconds:0.00} s");
    }

    [Fact]
    public void ThrottleInterval_defaults_to_ten_seconds()
    {
        _mac.Change("""{"timeScale": 0.1}""");
        var path = _mac.DefineScript(Label, "exit 1", ("KeepAlive", "true"));
        var time = Stopwatch.StartNew();
        _mac.Bootstrap(path);

        _mac.AwaitRuns(Label, 2);

        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(1), $"Two runs within {time.Elapsed.TotalSeconds:0.00} s");
    }

    [Fact]
    public void Job_without_RunAtLoad_and_KeepAlive_is_not_started()
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
