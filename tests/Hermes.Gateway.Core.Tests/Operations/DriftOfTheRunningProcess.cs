using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

public class DriftOfTheRunningProcess
{
    private static readonly DesiredService Wanted = Sample.Desired();
    private static readonly DesiredService Old = Sample.Desired(Sample.Definition() with { Revision = "r0" });

    [Theory]
    [InlineData(nameof(Activity.Unknown), 0, RunningState.Unknown)]
    [InlineData(nameof(Activity.Stopped), 0, RunningState.No)]
    [InlineData(nameof(Activity.Failed), 3, RunningState.No)]
    [InlineData(nameof(Activity.Starting), 0, RunningState.No)]
    [InlineData(nameof(Activity.WaitingToRestart), 0, RunningState.No)]
    [InlineData(nameof(Activity.WaitingToRestart), 1, RunningState.CrashLooping)]
    [InlineData(nameof(Activity.WaitingToRestart), 90, RunningState.CrashLooping)]
    public void State_without_a_process_follows_the_activity_that_the_manager_reports(string activity, int restarts, RunningState state) =>
        Assert.Equal(state, Compare(Seen.NotRunning(Enum.Parse<Activity>(activity), restarts)).States.Running);

    [Fact]
    public void Process_of_an_older_build_is_stale()
    {
        var comparison = Compare(Seen.Running(Old));

        Assert.Equal(RunningState.Stale, comparison.States.Running);
        Assert.Equal([new Drift(Layer.Running, "Stamp", Wanted.Stamp.ToString(), Old.Stamp.ToString())], comparison.Drifts.AsEnumerable());
    }

    [Fact]
    public void Process_without_a_stamp_is_stale() => Assert.Equal(
        RunningState.Stale,
        Compare(Seen.Running(Wanted) with { Environment = ImmutableDictionary<string, string>.Empty.Add("PATH", "/bin") }).States.Running);

    [Fact]
    public void Unreadable_process_is_unknown()
    {
        var comparison = Compare(Unreadable);

        Assert.Equal(RunningState.Unknown, comparison.States.Running);
        Assert.Empty(comparison.Drifts);
    }

    [Theory]
    [InlineData("i1", false, RunningState.Current)]
    [InlineData("i0", false, RunningState.Unknown)]
    [InlineData("i1", true, RunningState.Unknown)]
    public void Only_a_verified_start_of_the_same_process_and_definition_proves_an_unreadable_process(
        string invocation, bool isOfOldDefinition, RunningState state) => Assert.Equal(
        state, Compare(Unreadable, new VerifiedStart(invocation, (isOfOldDefinition ? Old : Wanted).Stamp.ToString())).States.Running);

    [Fact]
    public void Older_stamp_in_the_process_outweighs_a_verified_start() => Assert.Equal(
        RunningState.Stale, Compare(Seen.Running(Old), new VerifiedStart("i1", Wanted.Stamp.ToString())).States.Running);

    [Fact]
    public void Changed_variable_in_the_process_is_reported_by_its_name()
    {
        var running = Seen.Running(Wanted);
        var comparison = Compare(running with { Environment = running.Environment!.SetItem("MODE", "slow") });

        Assert.Equal([new Drift(Layer.Running, "Environment[MODE]", "fast", "slow")], comparison.Drifts.AsEnumerable());
        Assert.Equal(RunningState.Stale, comparison.States.Running);
    }

    [Fact]
    public void Additional_variables_of_the_manager_are_no_drift()
    {
        var running = Seen.Running(Wanted);
        var comparison = Compare(running with { Environment = running.Environment!.Add("INVOCATION_ID", "x") });
        Assert.Equal(RunningState.Current, comparison.States.Running);
    }

    [Fact]
    public void Different_argument_in_the_process_is_a_drift()
    {
        var comparison = Compare(Seen.Running(Wanted) with { Command = "/opt/my/gateway run" });

        Assert.Equal([Comparison.CommandKey], comparison.Drifts.Select(drift => drift.Key));
        Assert.Equal(RunningState.Stale, comparison.States.Running);
    }

    [Fact]
    public void Interpreter_of_a_script_is_no_drift() => Assert.Equal(
        RunningState.Current,
        Compare(Seen.Running(Wanted) with { Command = "/bin/sh /opt/my/gateway run two words" }).States.Running);

    [Fact]
    public void Drop_in_changed_after_the_start_makes_the_process_stale()
    {
        var comparison = Compare(Seen.Running(Wanted) with { DropInsChangedSince = ["/d/x.conf"] });

        Assert.Equal([("DropIn", Layer.Running)], comparison.Drifts.Select(drift => (drift.Key, drift.Layer)));
        Assert.Equal(RunningState.Stale, comparison.States.Running);
    }

    [Theory]
    [InlineData("i1", "then", RunningState.Stale)]
    [InlineData("i1", "now", RunningState.Current)]
    // Without a mark of the drop-ins, or with a verified start of another process, only file times can show a change.
    [InlineData("i1", null, RunningState.Current)]
    [InlineData("i0", "then", RunningState.Current)]
    public void Drop_ins_that_differ_from_those_of_the_verified_start_make_the_process_stale(string start, string? dropIns, RunningState state)
    {
        var observation = Seen.AllCurrent(Wanted) with { Loaded = Seen.Loaded(Wanted) with { DropInsMark = "now" } };

        Assert.Equal(state, Comparison.Of(Wanted, observation, new VerifiedStart(start, Wanted.Stamp.ToString(), dropIns)).States.Running);
    }

    [Fact]
    public void Command_changed_by_a_drop_in_is_no_drift()
    {
        var observation = Seen.AllCurrent(Wanted) with
        {
            Loaded = Seen.Loaded(Wanted) with
            {
                DropIns = ["/d/x.conf"],
                Keys = Wanted.LoadedKeys.SetItem(Comparison.CommandKey, "/usr/bin/wrap /opt/my/gateway"),
            },
            Running = Seen.Running(Wanted) with { Command = "/usr/bin/wrap /opt/my/gateway" },
        };
        Assert.True(Comparison.Of(Wanted, observation).States.AllCurrent);
    }

    [Theory]
    [InlineData("held", false, RunningState.Current)]
    [InlineData("wanted", false, RunningState.Stale)]
    // With an EnvironmentFile= in a drop-in, for example, the values of the process cannot be predicted.
    [InlineData("another", true, RunningState.Current)]
    public void Process_with_a_drop_in_is_compared_with_the_loaded_variables(string actual, bool hasOthers, RunningState state)
    {
        var running = Seen.Running(Wanted);
        var key = DefinitionKeys.Environment("MODE");
        var observation = Seen.AllCurrent(Wanted) with
        {
            Loaded = Seen.Loaded(Wanted) with
            {
                DropIns = ["/d/x.conf"], Keys = Wanted.LoadedKeys.SetItem(key, "held"), HasOtherVariables = hasOthers,
            },
            Running = running with
            {
                Environment = running.Environment!.SetItem("MODE", actual == "wanted" ? Wanted.Definition.Environment["MODE"] : actual),
            },
        };

        Assert.Equal(state, Comparison.Of(Wanted, observation).States.Running);
    }

    [Fact]
    public void Process_that_is_stopping_is_unknown() => Assert.Equal(
        RunningState.Unknown, Compare(Seen.Running(Wanted) with { Activity = Activity.Stopping }).States.Running);

    [Fact]
    public void Variable_overridden_by_an_environment_file_is_no_drift()
    {
        var wanted = Sample.Desired(Sample.Definition() with { EnvironmentFile = "/etc/my.env" });
        var running = Seen.Running(wanted);
        var observation = Seen.AllCurrent(wanted) with { Running = running with { Environment = running.Environment!.SetItem("MODE", "x") } };

        Assert.Equal(RunningState.Current, Comparison.Of(wanted, observation).States.Running);
    }

    private static RunningFacts Unreadable => Seen.Running(Wanted) with { Environment = null, Command = null };

    private static Comparison Compare(RunningFacts running, VerifiedStart? verifiedStart = null) =>
        Comparison.Of(Wanted, Seen.AllCurrent(Wanted) with { Running = running }, verifiedStart);
}
