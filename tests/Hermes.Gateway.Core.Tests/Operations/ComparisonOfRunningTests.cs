using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

public class ComparisonOfRunningTests
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
    public void Without_a_process_the_managers_activity_tells(string activity, int restarts, RunningState state) =>
        Assert.Equal(state, Compare(Seen.NotRunning(Enum.Parse<Activity>(activity), restarts)).States.Running);

    [Fact]
    public void A_process_of_an_older_build_is_stale()
    {
        var comparison = Compare(Seen.Running(Old));

        Assert.Equal(RunningState.Stale, comparison.States.Running);
        Assert.Equal([new Drift(Layer.Running, "Stamp", Wanted.Stamp.ToString(), Old.Stamp.ToString())], comparison.Drifts.AsEnumerable());
    }

    [Fact]
    public void A_process_without_our_stamp_is_stale() => Assert.Equal(
        RunningState.Stale,
        Compare(Seen.Running(Wanted) with { Environment = ImmutableDictionary<string, string>.Empty.Add("PATH", "/bin") }).States.Running);

    [Fact]
    public void A_process_that_cannot_be_read_proves_nothing()
    {
        var comparison = Compare(Unreadable);

        Assert.Equal(RunningState.Unknown, comparison.States.Running);
        Assert.Empty(comparison.Drifts);
    }

    [Fact]
    public void A_start_known_by_its_cause_proves_a_process_that_cannot_be_read() => Assert.Equal(
        RunningState.Current, Compare(Unreadable, new VerifiedStart("i1", Wanted.Stamp.ToString())).States.Running);

    [Fact]
    public void The_proof_of_another_start_proves_nothing() => Assert.Equal(
        RunningState.Unknown, Compare(Unreadable, new VerifiedStart("i0", Wanted.Stamp.ToString())).States.Running);

    [Fact]
    public void The_proof_of_another_definition_proves_nothing() => Assert.Equal(
        RunningState.Unknown, Compare(Unreadable, new VerifiedStart("i1", Old.Stamp.ToString())).States.Running);

    [Fact]
    public void A_proof_does_not_hide_an_older_stamp_in_the_process() => Assert.Equal(
        RunningState.Stale, Compare(Seen.Running(Old), new VerifiedStart("i1", Wanted.Stamp.ToString())).States.Running);

    [Fact]
    public void A_changed_variable_in_the_process_is_told_by_its_name()
    {
        var running = Seen.Running(Wanted);
        var comparison = Compare(running with { Environment = running.Environment!.SetItem("MODE", "slow") });

        Assert.Equal([new Drift(Layer.Running, "Environment[MODE]", "fast", "slow")], comparison.Drifts.AsEnumerable());
        Assert.Equal(RunningState.Stale, comparison.States.Running);
    }

    [Fact]
    public void Further_variables_of_the_manager_are_no_difference()
    {
        var running = Seen.Running(Wanted);
        var comparison = Compare(running with { Environment = running.Environment!.Add("INVOCATION_ID", "x") });
        Assert.Equal(RunningState.Current, comparison.States.Running);
    }

    [Fact]
    public void Another_argument_in_the_process_is_a_difference()
    {
        var comparison = Compare(Seen.Running(Wanted) with { Command = "/opt/my/gateway run" });

        Assert.Equal([Comparison.CommandKey], comparison.Drifts.Select(drift => drift.Key));
        Assert.Equal(RunningState.Stale, comparison.States.Running);
    }

    [Fact]
    public void The_interpreter_of_a_script_is_no_difference() => Assert.Equal(
        RunningState.Current,
        Compare(Seen.Running(Wanted) with { Command = "/bin/sh /opt/my/gateway run two words" }).States.Running);

    [Fact]
    public void A_drop_in_that_changed_after_the_start_makes_the_process_stale()
    {
        var comparison = Compare(Seen.Running(Wanted) with { DropInsChangedSince = ["/d/x.conf"] });

        Assert.Equal([("DropIn", Layer.Running)], comparison.Drifts.Select(drift => (drift.Key, drift.Layer)));
        Assert.Equal(RunningState.Stale, comparison.States.Running);
    }

    [Theory]
    [InlineData("i1", "then", RunningState.Stale)]
    [InlineData("i1", "now", RunningState.Current)]
    // Not on record, or of another start: only times are left.
    [InlineData("i1", null, RunningState.Current)]
    [InlineData("i0", "then", RunningState.Current)]
    public void Drop_ins_that_were_others_at_a_start_on_record_make_the_process_stale(string start, string? overrides, RunningState state)
    {
        var seen = Seen.AllCurrent(Wanted) with { Loaded = Seen.Loaded(Wanted) with { DropInsMark = "now" } };

        Assert.Equal(state, Comparison.Of(Wanted, seen, new VerifiedStart(start, Wanted.Stamp.ToString(), overrides)).States.Running);
    }

    [Fact]
    public void A_drop_in_may_change_the_command_that_runs()
    {
        var seen = Seen.AllCurrent(Wanted) with
        {
            Loaded = Seen.Loaded(Wanted) with
            {
                DropIns = ["/d/x.conf"],
                Keys = Wanted.LoadedKeys.SetItem(Comparison.CommandKey, "/usr/bin/wrap /opt/my/gateway"),
            },
            Running = Seen.Running(Wanted) with { Command = "/usr/bin/wrap /opt/my/gateway" },
        };
        Assert.True(Comparison.Of(Wanted, seen).States.AllCurrent);
    }

    [Theory]
    [InlineData("held", false, RunningState.Current)]
    [InlineData("wanted", false, RunningState.Stale)]
    // An EnvironmentFile= of the operator's, say: then nothing is known of it.
    [InlineData("another", true, RunningState.Current)]
    public void Beside_a_drop_in_the_process_has_the_variables_that_the_manager_holds(string actual, bool hasOthers, RunningState state)
    {
        var running = Seen.Running(Wanted);
        var key = DefinitionKeys.Environment("MODE");
        var seen = Seen.AllCurrent(Wanted) with
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

        Assert.Equal(state, Comparison.Of(Wanted, seen).States.Running);
    }

    [Fact]
    public void Of_a_process_on_its_way_out_nothing_is_claimed() => Assert.Equal(
        RunningState.Unknown, Compare(Seen.Running(Wanted) with { Activity = Activity.Stopping }).States.Running);

    [Fact]
    public void What_an_environment_file_overrides_is_no_difference()
    {
        var wanted = Sample.Desired(Sample.Definition() with { EnvironmentFile = "/etc/my.env" });
        var running = Seen.Running(wanted);
        var seen = Seen.AllCurrent(wanted) with { Running = running with { Environment = running.Environment!.SetItem("MODE", "x") } };

        Assert.Equal(RunningState.Current, Comparison.Of(wanted, seen).States.Running);
    }

    private static RunningFacts Unreadable => Seen.Running(Wanted) with { Environment = null, Command = null };

    private static Comparison Compare(RunningFacts running, VerifiedStart? proof = null) =>
        Comparison.Of(Wanted, Seen.AllCurrent(Wanted) with { Running = running }, proof);
}
