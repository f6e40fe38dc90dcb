using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

public class ComparisonOfInstalledTests
{
    private static readonly DesiredService Wanted = Sample.Desired();

    [Fact]
    public void When_all_layers_agree_nothing_has_drifted()
    {
        var comparison = Comparison.Of(Wanted, Seen.AllCurrent(Wanted));

        Assert.Empty(comparison.Drifts);
        Assert.True(comparison.States.AllCurrent);
        Assert.Equal(Answer.Yes, comparison.States.Enabled);
        Assert.Equal(Ownership.Ours, comparison.Ownership);
        Assert.False(comparison.LoadedDiffers);
    }

    [Fact]
    public void A_missing_file_is_missing()
    {
        var comparison = Compare(Seen.Installed(InstalledKind.Missing));

        Assert.Equal(InstalledState.Missing, comparison.States.Installed);
        Assert.Contains(comparison.Drifts, drift => drift is { Layer: Layer.Installed, Key: "Definition", Actual: null });
        Assert.Equal(Ownership.None, comparison.Ownership);
    }

    [Fact]
    public void A_link_is_foreign() =>
        Assert.Equal(InstalledState.Foreign, Compare(Seen.Installed(InstalledKind.Linked)).States.Installed);

    [Fact]
    public void An_unreadable_file_is_unreadable_and_not_missing() =>
        Assert.Equal(InstalledState.Unreadable, Compare(Seen.Installed(InstalledKind.Unreadable)).States.Installed);

    [Fact]
    public void A_moved_project_folder_differs_in_program_source_and_working_directory()
    {
        var old = Sample.Definition() with
        {
            Program = "/old/my/gateway", WorkingDirectory = "/old/my", Source = "/old/src/Gateway.csproj",
        };
        var comparison = CompareWith(old, sourceExists: false);

        Assert.Equal(["Program", "Source", "WorkingDirectory"], KeysAt(comparison, Layer.Installed));
        Assert.Equal(InstalledState.Stale, comparison.States.Installed);
        Assert.Contains(new Drift(Layer.Installed, "Program", "/opt/my/gateway", "/old/my/gateway"), comparison.Drifts);
    }

    public static TheoryData<string, ServiceDefinition> Changes => new()
    {
        { "WorkingDirectory", Sample.Definition() with { WorkingDirectory = "/elsewhere" } },
        { "Arguments", Sample.Definition() with { Arguments = ["run"] } },
        { "Environment[MODE]", Sample.Definition() with { Environment = Sample.Variables(("MODE", "slow")) } },
        { "Environment[MODE]", Sample.Definition() with { Environment = Sample.Variables() } },
        { "Environment[OLD]", Sample.Definition() with { Environment = Sample.Variables(("MODE", "fast"), ("OLD", "1")) } },
        { "EnvironmentFile", Sample.Definition() with { EnvironmentFile = "/etc/secrets" } },
        { "Restart", Sample.Definition() with { Restart = RestartPolicy.Always } },
        { "SystemdType", Sample.Definition() with { ManagerOptions = new SystemdOptions(SystemdServiceType.Notify) } },
        { "Description", Sample.Definition() with { Description = "another" } },
        { "Revision", Sample.Definition() with { Revision = "r0" } },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void One_change_is_one_difference_at_the_definition(string key, ServiceDefinition installed)
    {
        var comparison = CompareWith(installed);

        Assert.Equal([key], KeysAt(comparison, Layer.Installed));
        Assert.Equal(InstalledState.Stale, comparison.States.Installed);
        Assert.Equal(LoadedState.Stale, comparison.States.Loaded);
        Assert.Equal(RunningState.Stale, comparison.States.Running);
    }

    [Fact]
    public void What_lies_below_a_stale_file_but_matches_it_is_told_once()
    {
        var comparison = CompareWith(Sample.Definition() with { WorkingDirectory = "/elsewhere" });

        // Memory and process are as the file on disk says: only the file has to be repaired first.
        Assert.All(comparison.Drifts, drift => Assert.Equal(Layer.Installed, drift.Layer));
    }

    [Fact]
    public void A_rebuild_is_a_difference_of_the_revision()
    {
        var comparison = CompareWith(Sample.Definition() with { Revision = "r0" });
        Assert.Contains(new Drift(Layer.Installed, "Revision", "r1", "r0"), comparison.Drifts);
    }

    [Fact]
    public void A_stamp_that_does_not_fit_its_own_definition_is_a_difference()
    {
        var text = Seen.Installed(Wanted, Wanted).Text!.Replace(Wanted.Stamp.Hash, "0123456789abcdef", StringComparison.Ordinal);
        var comparison = Compare(Seen.Installed(text, Wanted));

        Assert.Equal(["Stamp"], KeysAt(comparison, Layer.Installed));
        Assert.Equal(InstalledState.Stale, comparison.States.Installed);
    }

    [Fact]
    public void Comments_blank_lines_order_and_foreign_directives_are_no_difference()
    {
        var lines = Seen.Installed(Wanted, Wanted).Text!.Split('\n').ToList();
        lines.InsertRange(lines.IndexOf("[Service]") + 1, ["", "  # mine", "LimitNOFILE = 4096", "Nice=5"]);
        lines.AddRange(["[X-Mine]", "Note=1"]);
        var comparison = Compare(Seen.Installed(string.Join("\r\n", lines), Wanted));

        Assert.Empty(comparison.Drifts);
        Assert.Equal(InstalledState.Current, comparison.States.Installed);
    }

    private static Comparison CompareWith(ServiceDefinition installed, bool sourceExists = true) =>
        Comparison.Of(Wanted, Seen.From(Sample.Desired(installed), Wanted, sourceExists));

    private static Comparison Compare(InstalledFacts installed) =>
        Comparison.Of(Wanted, Seen.AllCurrent(Wanted) with { Installed = installed });

    private static IEnumerable<string> KeysAt(Comparison comparison, Layer layer) =>
        comparison.Drifts.Where(drift => drift.Layer == layer).Select(drift => drift.Key).Order(StringComparer.Ordinal);
}
