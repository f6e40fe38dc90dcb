using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

public class DriftOfTheInstalledDefinition
{
    private static readonly DesiredService Wanted = Sample.Desired();

    [Fact]
    public void Agreeing_layers_have_no_drift()
    {
        var comparison = Comparison.Of(Wanted, Seen.AllCurrent(Wanted));

        Assert.Empty(comparison.Drifts);
        Assert.True(comparison.States.AllCurrent);
        Assert.Equal(Answer.Yes, comparison.States.Enabled);
        Assert.Equal(Ownership.Ours, comparison.Ownership);
        Assert.False(comparison.LoadedDiffers);
    }

    [Fact]
    public void Absent_file_is_reported_as_missing()
    {
        var comparison = Compare(Seen.Installed(InstalledKind.Missing));

        Assert.Equal(InstalledState.Missing, comparison.States.Installed);
        Assert.Contains(comparison.Drifts, drift => drift is { Layer: Layer.Installed, Key: "Definition", Actual: null });
        Assert.Equal(Ownership.None, comparison.Ownership);
    }

    [Fact]
    public void Link_is_reported_as_foreign() =>
        Assert.Equal(InstalledState.Foreign, Compare(Seen.Installed(InstalledKind.Linked)).States.Installed);

    [Fact]
    public void Unreadable_file_is_not_reported_as_missing() =>
        Assert.Equal(InstalledState.Unreadable, Compare(Seen.Installed(InstalledKind.Unreadable)).States.Installed);

    [Fact]
    public void Moved_project_folder_drifts_in_program_source_and_working_directory()
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
    public void One_changed_key_is_one_drift_of_the_definition(string key, ServiceDefinition installed)
    {
        var comparison = CompareWith(installed);

        Assert.Equal([key], KeysAt(comparison, Layer.Installed));
        Assert.Equal(InstalledState.Stale, comparison.States.Installed);
        Assert.Equal(LoadedState.Stale, comparison.States.Loaded);
        Assert.Equal(RunningState.Stale, comparison.States.Running);
    }

    [Fact]
    public void Layers_that_agree_with_a_stale_file_have_no_drift_of_their_own()
    {
        var comparison = CompareWith(Sample.Definition() with { WorkingDirectory = "/elsewhere" });

        // The loaded definition and the process agree with the file on disk: only the file differs from the desired layer.
        Assert.All(comparison.Drifts, drift => Assert.Equal(Layer.Installed, drift.Layer));
    }

    [Fact]
    public void Rebuilt_program_is_a_drift_of_the_revision()
    {
        var comparison = CompareWith(Sample.Definition() with { Revision = "r0" });
        Assert.Contains(new Drift(Layer.Installed, "Revision", "r1", "r0"), comparison.Drifts);
    }

    [Fact]
    public void Stamp_that_does_not_match_its_own_definition_is_a_drift()
    {
        var text = Seen.Installed(Wanted, Wanted).Text!.Replace(Wanted.Stamp.Hash, "0123456789abcdef", StringComparison.Ordinal);
        var comparison = Compare(Seen.Installed(text, Wanted));

        Assert.Equal(["Stamp"], KeysAt(comparison, Layer.Installed));
        Assert.Equal(InstalledState.Stale, comparison.States.Installed);
    }

    [Fact]
    public void Comments_blank_lines_order_and_foreign_keys_are_no_drift()
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
