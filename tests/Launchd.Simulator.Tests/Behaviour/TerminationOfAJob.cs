using System.Diagnostics;

namespace Launchd.Simulator.Tests.Behaviour;

/// <summary>How a job ends: SIGTERM, then SIGKILL after its ExitTimeOut, with all its descendants.</summary>
public sealed class TerminationOfAJob : IDisposable
{
    private const string Label = "dev.example.agent";
    private readonly Mac _mac = new();

    private string Ready => Path.Combine(_mac.Home, "ready");

    private string Stubborn => $"trap '' TERM; echo ready > {Ready}; exec sleep 300";

    [Fact]
    public void Job_that_ignores_SIGTERM_is_printed_as_SIGTERMed_until_it_is_killed()
    {
        // 60 s, 20 times faster.
        _mac.Bootstrap(_mac.DefineScript(Label, Stubborn, ("RunAtLoad", "true"), ("ExitTimeOut", "60")));
        _mac.AwaitLines(Ready, 1);
        var pid = _mac.AwaitPid(Label);
        var time = Stopwatch.StartNew();

        _mac.Bootout(Label);
        var states = new List<string?>();
        Mac.Await("the label is free", () => _mac.Run("print", $"{_mac.Domain}/{Label}"), print =>
        {
            if (print.Exit == 0)
                states.Add(Mac.ReadField(print.Out, "state"));

            return print.Exit != 0;
        });

        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(3), $"Gone after {time.Elapsed.TotalSeconds:0.00} s");
        Assert.NotEmpty(states);
        Assert.All(states, state => Assert.Equal("SIGTERMed", state));
        Mac.AwaitEnd(pid);
    }

    [Fact]
    public void ExitTimeOut_is_limited_to_a_minute_in_the_gui_domain()
    {
        // An hour would be 72 s here; a minute is 1.2 s.
        _mac.Change("""{"timeScale": 0.02}""");
        _mac.Bootstrap(_mac.DefineScript(Label, Stubborn, ("RunAtLoad", "true"), ("ExitTimeOut", "3600")));
        _mac.AwaitLines(Ready, 1);
        var pid = _mac.AwaitPid(Label);

        _mac.Bootout(Label);

        _mac.AwaitGone(Label);
        Mac.AwaitEnd(pid);
    }

    [Fact]
    public void Job_that_exits_at_SIGTERM_is_not_killed()
    {
        var log = Path.Combine(_mac.Home, "last-words");
        _mac.Change("""{"timeScale": 1}""");
        _mac.Bootstrap(_mac.DefineScript(
            Label,
            $"trap 'echo bye > {log}; exit 0' TERM; echo ready > {log}; while :; do sleep 0.1; done",
            ("RunAtLoad", "true")));
        _mac.AwaitLines(log, 1);

        _mac.Bootout(Label);

        _mac.AwaitGone(Label);
        Assert.Equal(["bye"], File.ReadAllLines(log));
    }

    [Fact]
    public void Child_processes_are_killed_even_in_sessions_of_their_own()
    {
        var log = Path.Combine(_mac.Home, "children");
        _mac.Bootstrap(_mac.DefineScript(
            Label,
            $"""
            sleep 300 & echo $! >> {log}
            (setsid sleep 300 || exec perl -e 'use POSIX; setsid; exec qw(sleep 300)') 2> /dev/null & echo $! >> {log}
            wait
            """,
            ("RunAtLoad", "true")));
        var children = _mac.AwaitLines(log, 2).Select(int.Parse).Append(_mac.AwaitPid(Label)).ToArray();
        Assert.All(children, child => Assert.True(Processes.IsAlive(child)));

        _mac.Bootout(Label);

        Assert.All(children, Mac.AwaitEnd);
        _mac.AwaitGone(Label);
    }

    [Fact]
    public void Stop_ends_the_process_and_keeps_the_job_loaded()
    {
        _mac.Bootstrap(_mac.DefineScript(Label, "exec sleep 300", ("RunAtLoad", "true")));
        var pid = _mac.AwaitPid(Label);

        _mac.Do("stop", Label);

        Mac.AwaitEnd(pid);
        _mac.AwaitState(Label, "not running");
        Assert.Equal("Terminated: 15", _mac.Field(Label, "last terminating signal"));
    }

    [Fact]
    public void Label_stays_listed_for_the_configured_time_after_its_process_ended()
    {
        _mac.Change("""{"bootoutSeconds": 1}""");
        _mac.Bootstrap(_mac.DefineScript(Label, "exec sleep 300", ("RunAtLoad", "true")));
        var pid = _mac.AwaitPid(Label);
        var time = Stopwatch.StartNew();

        _mac.Bootout(Label);
        Mac.AwaitEnd(pid);
        _mac.AwaitGone(Label);

        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(1), $"Gone after {time.Elapsed.TotalSeconds:0.00} s");
    }

    public void Dispose() => _mac.Dispose();
}
