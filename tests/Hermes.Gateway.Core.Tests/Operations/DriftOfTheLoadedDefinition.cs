using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

public class DriftOfTheLoadedDefinition
{
    private static readonly DesiredService Wanted = Sample.Desired();
    private static readonly DesiredService Old = Sample.Desired(Sample.Definition() with { Revision = "r0" });

    [Fact]
    public void Definition_unknown_to_the_manager_is_reported_as_not_loaded()
    {
        var comparison = Compare(Seen.NotLoaded());

        Assert.Equal(LoadedState.No, comparison.States.Loaded);
        Assert.Equal([("Definition", Layer.Loaded)], comparison.Drifts.Select(drift => (drift.Key, drift.Layer)));
    }

    [Fact]
    public void Missing_definition_is_not_expected_to_be_loaded()
    {
        var observation = Seen.AllCurrent(Wanted) with { Installed = Seen.Installed(InstalledKind.Missing), Loaded = Seen.NotLoaded() };
        Assert.DoesNotContain(Comparison.Of(Wanted, observation).Drifts, drift => drift.Layer == Layer.Loaded);
    }

    [Fact]
    public void File_edited_without_a_reload_makes_the_loaded_definition_stale()
    {
        var comparison = Compare(Seen.Loaded(Wanted) with { IsOlderThanDisk = true });

        Assert.Equal(LoadedState.Stale, comparison.States.Loaded);
        Assert.Equal(["Definition"], comparison.Drifts.Select(drift => drift.Key));
        Assert.False(comparison.LoadedDiffers);
    }

    [Fact]
    public void Repaired_file_without_a_reload_is_a_drift_of_the_stamp()
    {
        var comparison = Compare(Seen.Loaded(Old));

        Assert.Equal(InstalledState.Current, comparison.States.Installed);
        Assert.Equal(LoadedState.Stale, comparison.States.Loaded);
        Assert.Equal([new Drift(Layer.Loaded, "Stamp", Wanted.Stamp.ToString(), Old.Stamp.ToString())], comparison.Drifts.AsEnumerable());
        Assert.True(comparison.LoadedDiffers);
    }

    [Fact]
    public void Value_that_differs_only_in_memory_is_reported_by_its_key()
    {
        var keys = Wanted.LoadedKeys.SetItem("WorkingDirectory", "/elsewhere");
        var comparison = Compare(Seen.Loaded(Wanted) with { Keys = keys });

        Assert.Equal([new Drift(Layer.Loaded, "WorkingDirectory", "/opt/my", "/elsewhere")], comparison.Drifts.AsEnumerable());
        Assert.Equal(LoadedState.Stale, comparison.States.Loaded);
        Assert.True(comparison.LoadedDiffers);
    }

    [Fact]
    public void Drop_in_that_is_not_loaded_is_a_drift()
    {
        var comparison = Compare(Seen.Loaded(Wanted) with { PendingDropIns = ["/d/x.conf"] });

        Assert.Equal([("DropIn", "/d/x.conf")], comparison.Drifts.Select(drift => (drift.Key, drift.Expected!)));
        Assert.Equal(LoadedState.Stale, comparison.States.Loaded);
    }

    [Fact]
    public void Value_changed_by_a_loaded_drop_in_is_no_drift()
    {
        var comparison = Compare(Seen.Loaded(Wanted) with
        {
            DropIns = ["/d/x.conf"],
            Keys = Wanted.LoadedKeys.SetItem("WorkingDirectory", "/elsewhere"),
        });

        Assert.Empty(comparison.Drifts);
        Assert.Equal(LoadedState.Current, comparison.States.Loaded);
    }

    // The manager does not report which values come from the drop-in, and the process may have the others from an older file.
    [Fact]
    public void File_changed_since_it_was_loaded_with_a_drop_in_makes_the_loaded_definition_differ()
    {
        var loaded = Seen.Loaded(Wanted) with { DropIns = ["/d/x.conf"] };

        Assert.False(Compare(loaded).LoadedDiffers);
        Assert.True(Compare(loaded with { IsOlderThanDisk = true }).LoadedDiffers);
        Assert.True(Comparison.Of(Wanted, Seen.AllCurrent(Wanted) with { Installed = Seen.Installed(Old, Wanted), Loaded = loaded }).LoadedDiffers);
    }

    [Fact]
    public void Loaded_definition_without_its_stamp_variable_is_stale() =>
        Assert.Equal(LoadedState.Stale, Compare(Seen.Loaded(Wanted) with { Stamp = null }).States.Loaded);

    [Fact]
    public void Unanswered_query_is_unknown_and_never_no()
    {
        var observation = Seen.AllCurrent(Wanted) with
        {
            Loaded = Seen.NotLoaded(Answer.Unknown), Running = Seen.NotRunning(Activity.Unknown), Enabled = Answer.Unknown,
        };
        var comparison = Comparison.Of(Wanted, observation);

        Assert.Equal(
            new LayerStates(InstalledState.Current, LoadedState.Unknown, RunningState.Unknown, Answer.Unknown),
            comparison.States);
        Assert.Empty(comparison.Drifts);
    }

    [Fact]
    public void Deleted_file_of_a_living_process_is_missing_not_loaded_and_running()
    {
        // systemd reports this as LoadState=not-found with ActiveState=active.
        var observation = Seen.AllCurrent(Wanted) with { Installed = Seen.Installed(InstalledKind.Missing), Loaded = Seen.NotLoaded() };
        var states = Comparison.Of(Wanted, observation).States;

        Assert.Equal((InstalledState.Missing, LoadedState.No, RunningState.Current), (states.Installed, states.Loaded, states.Running));
    }

    private static Comparison Compare(LoadedFacts loaded) =>
        Comparison.Of(Wanted, Seen.AllCurrent(Wanted) with { Loaded = loaded });
}
