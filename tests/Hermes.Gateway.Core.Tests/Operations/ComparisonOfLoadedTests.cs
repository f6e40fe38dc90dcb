using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

public class ComparisonOfLoadedTests
{
    private static readonly DesiredService Wanted = Sample.Desired();
    private static readonly DesiredService Old = Sample.Desired(Sample.Definition() with { Revision = "r0" });

    [Fact]
    public void A_definition_that_the_manager_does_not_hold_is_not_loaded()
    {
        var comparison = Compare(Seen.NotLoaded());

        Assert.Equal(LoadedState.No, comparison.States.Loaded);
        Assert.Equal([("Definition", Layer.Loaded)], comparison.Drifts.Select(drift => (drift.Key, drift.Layer)));
    }

    [Fact]
    public void What_is_not_installed_is_not_expected_to_be_loaded()
    {
        var seen = Seen.AllCurrent(Wanted) with { Installed = Seen.Installed(InstalledKind.Missing), Loaded = Seen.NotLoaded() };
        Assert.DoesNotContain(Comparison.Of(Wanted, seen).Drifts, drift => drift.Layer == Layer.Loaded);
    }

    [Fact]
    public void An_edit_on_disk_without_a_reload_is_an_older_copy_in_memory()
    {
        var comparison = Compare(Seen.Loaded(Wanted) with { IsOlderThanDisk = true });

        Assert.Equal(LoadedState.Stale, comparison.States.Loaded);
        Assert.Equal(["Definition"], comparison.Drifts.Select(drift => drift.Key));
        Assert.False(comparison.LoadedDiffers);
    }

    [Fact]
    public void A_repaired_file_that_was_not_reloaded_differs_by_its_stamp()
    {
        var comparison = Compare(Seen.Loaded(Old));

        Assert.Equal(InstalledState.Current, comparison.States.Installed);
        Assert.Equal(LoadedState.Stale, comparison.States.Loaded);
        Assert.Equal([new Drift(Layer.Loaded, "Stamp", Wanted.Stamp.ToString(), Old.Stamp.ToString())], comparison.Drifts.AsEnumerable());
        Assert.True(comparison.LoadedDiffers);
    }

    [Fact]
    public void A_value_that_differs_in_memory_alone_is_told_by_its_key()
    {
        var keys = Wanted.LoadedKeys.SetItem("WorkingDirectory", "/elsewhere");
        var comparison = Compare(Seen.Loaded(Wanted) with { Keys = keys });

        Assert.Equal([new Drift(Layer.Loaded, "WorkingDirectory", "/opt/my", "/elsewhere")], comparison.Drifts.AsEnumerable());
        Assert.Equal(LoadedState.Stale, comparison.States.Loaded);
        Assert.True(comparison.LoadedDiffers);
    }

    [Fact]
    public void A_drop_in_that_is_not_loaded_yet_is_a_difference()
    {
        var comparison = Compare(Seen.Loaded(Wanted) with { PendingDropIns = ["/d/x.conf"] });

        Assert.Equal([("DropIn", "/d/x.conf")], comparison.Drifts.Select(drift => (drift.Key, drift.Expected!)));
        Assert.Equal(LoadedState.Stale, comparison.States.Loaded);
    }

    [Fact]
    public void A_loaded_drop_in_may_change_any_value_and_is_not_fought()
    {
        var comparison = Compare(Seen.Loaded(Wanted) with
        {
            DropIns = ["/d/x.conf"],
            Keys = Wanted.LoadedKeys.SetItem("WorkingDirectory", "/elsewhere"),
        });

        Assert.Empty(comparison.Drifts);
        Assert.Equal(LoadedState.Current, comparison.States.Loaded);
    }

    // Which values are the drop-in's is not known, and the process may have got the others from another file.
    [Fact]
    public void Beside_a_drop_in_a_file_that_was_another_one_when_it_was_loaded_is_a_difference()
    {
        var loaded = Seen.Loaded(Wanted) with { DropIns = ["/d/x.conf"] };

        Assert.False(Compare(loaded).LoadedDiffers);
        Assert.True(Compare(loaded with { IsOlderThanDisk = true }).LoadedDiffers);
        Assert.True(Comparison.Of(Wanted, Seen.AllCurrent(Wanted) with { Installed = Seen.Installed(Old, Wanted), Loaded = loaded }).LoadedDiffers);
    }

    [Fact]
    public void A_definition_without_our_stamp_in_memory_is_stale() =>
        Assert.Equal(LoadedState.Stale, Compare(Seen.Loaded(Wanted) with { Stamp = null }).States.Loaded);

    [Fact]
    public void An_unanswered_question_is_unknown_and_never_no()
    {
        var seen = Seen.AllCurrent(Wanted) with
        {
            Loaded = Seen.NotLoaded(Answer.Unknown), Running = Seen.NotRunning(Activity.Unknown), Enabled = Answer.Unknown,
        };
        var comparison = Comparison.Of(Wanted, seen);

        Assert.Equal(
            new LayerStates(InstalledState.Current, LoadedState.Unknown, RunningState.Unknown, Answer.Unknown),
            comparison.States);
        Assert.Empty(comparison.Drifts);
    }

    [Fact]
    public void A_deleted_file_whose_process_lives_on_is_missing_not_loaded_and_running()
    {
        // As systemd tells it: LoadState=not-found while ActiveState=active.
        var seen = Seen.AllCurrent(Wanted) with { Installed = Seen.Installed(InstalledKind.Missing), Loaded = Seen.NotLoaded() };
        var states = Comparison.Of(Wanted, seen).States;

        Assert.Equal((InstalledState.Missing, LoadedState.No, RunningState.Current), (states.Installed, states.Loaded, states.Running));
    }

    private static Comparison Compare(LoadedFacts loaded) =>
        Comparison.Of(Wanted, Seen.AllCurrent(Wanted) with { Loaded = loaded });
}
