using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Robustness;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>Each verb is run once for 100 services, or for 1,000 in a long campaign.</summary>
public sealed class ManyServicesInOneOperation(ITestOutputHelper output) : IDisposable
{
    private readonly int _count = Campaign.Size(100, 1000);
    private readonly string _prefix = $"hgw-many-{Guid.NewGuid():N}"[..18];
    private readonly string _scratch = Directory.CreateTempSubdirectory("hgw many ").FullName;
    private readonly HostContext _host = HostContext.Resolve(Environment.GetEnvironmentVariable);
    private readonly RecordingRunner _runner = new(ImmutableDictionary<string, string?>.Empty);
    private readonly List<string> _figures = [];

    [Fact]
    public void Are_deployed_repaired_and_removed_and_three_failures_do_not_affect_the_others()
    {
        Requires.Systemd();
        File.WriteAllText(Path.Combine(_scratch, "App.csproj"), "<Project />");

        AssertAll(Run(Operation.Deploy, Inputs("1000000")), Outcome.Changed);
        Assert.Equal(1, CountVerb("daemon-reload"));
        Assert.Equal(1, CountVerb("start"));

        AssertAll(Run(Operation.Deploy, Inputs("1000000")), Outcome.Unchanged);
        Assert.Equal(["show"], _runner.Verbs);
        AssertAll(Run(Operation.Status, Inputs("1000000")), Outcome.Unchanged);
        Assert.Equal(["show"], _runner.Verbs);

        AssertAll(Run(Operation.Deploy, Inputs("1000001")), Outcome.Changed);
        Assert.Equal(1, CountVerb("daemon-reload"));
        Assert.Equal(1, CountVerb("restart"));

        // Three services fail: a masked unit, a program that exits at once, and a unit of another project.
        var (masked, looping, foreign) = (3, _count / 2, _count - 1);
        Mask(masked);
        WriteForeign(foreign);
        var inputs = Inputs("1000002");
        // Long enough to observe the exit on a busy machine.
        inputs = inputs.SetItem(
            looping, inputs[looping] with { Arguments = ["0.05"], Restart = "always", StabilitySeconds = "2" });

        var reports = Run(Operation.Deploy, inputs);

        var failed = reports.Index().Where(pair => pair.Item.Outcome is Outcome.Failed or Outcome.RolledBack).ToList();
        Assert.Equal([masked, looping, foreign], failed.Select(pair => pair.Index));
        Assert.Equal(DiagnosticCatalog.Masked, failed[0].Item.Findings[0].Descriptor);
        Assert.Equal(DiagnosticCatalog.CrashLooping, failed[1].Item.Findings[0].Descriptor);
        Assert.Equal(DiagnosticCatalog.OwnedByOther, failed[2].Item.Findings[0].Descriptor);
        AssertAll([.. reports.Except(failed.Select(pair => pair.Item))], Outcome.Changed);
        // One for the repair, one for the rollback of the service that fails.
        Assert.Equal(2, CountVerb("daemon-reload"));

        Unmask(masked);
        File.Delete(PathOf(foreign));
        Manager.Run("daemon-reload");
        AssertAll(Run(Operation.Deploy, Inputs("1000002")));
        AssertAll(Run(Operation.Uninstall, Inputs("1000002")), Outcome.Changed);
        Assert.Equal(1, CountVerb("stop"));
        Assert.Equal(1, CountVerb("daemon-reload"));

        Assert.Empty(Directory.GetFileSystemEntries(Folder, _prefix + "*", SearchOption.AllDirectories));
        Assert.Empty(Manager.Run("list-units", "--all", "--no-legend", "--plain", _prefix + "*"));
        // A file for each scope: eng/test.sh may run both scopes at the same time.
        var name = Manager.Scope == ServiceScope.System ? "many-at-once-system" : "many-at-once-user";
        Campaign.Report(name, $"{_count} services: {string.Join(", ", _figures)}", output);
    }

    public void Dispose()
    {
        if (Directory.Exists(Folder))
        {
            Manager.Try("stop", "--no-block", _prefix + "*");
            foreach (var left in Directory.GetFiles(Folder, _prefix + "*", SearchOption.AllDirectories)) File.Delete(left);
            Manager.Try("daemon-reload");
            Manager.Try("reset-failed", _prefix + "*");
        }

        var state = _host.StateFolder(Manager.Scope);
        foreach (var folder in new[] { state, Path.Combine(state, ".originals") }.Where(Directory.Exists))
            foreach (var left in Directory.GetDirectories(folder, _prefix + "*")) Directory.Delete(left, recursive: true);
        foreach (var folder in new[] { ".locks", ".history" }.Select(name => Path.Combine(state, name)).Where(Directory.Exists))
            foreach (var left in Directory.GetFiles(folder, _prefix + "*")) File.Delete(left);
        Directory.Delete(_scratch, recursive: true);
    }

    private string Folder => Manager.Scope == ServiceScope.System
        ? "/etc/systemd/system"
        : Path.Combine(_host.ConfigHome, "systemd", "user");

    private string UnitOf(int i) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}-{i}.service");

    private string PathOf(int i) => Path.Combine(Folder, UnitOf(i));

    private ImmutableArray<ServiceInput> Inputs(string argument) =>
    [
        .. Enumerable.Range(0, _count).Select(i => new ServiceInput
        {
            Name = UnitOf(i)[..^".service".Length],
            Program = "/bin/sleep",
            Arguments = [argument],
            WorkingDirectory = "/",
            Source = Path.Combine(_scratch, "App.csproj"),
            Revision = "r1",
            Scope = Manager.Scope == ServiceScope.System ? "system" : "user",
            StabilitySeconds = "0.3",
            TimeoutSeconds = "120",
        }),
    ];

    private ImmutableArray<ServiceReport> Run(Operation operation, ImmutableArray<ServiceInput> inputs)
    {
        var (requests, problems) = RequestReader.Read(inputs, _host);
        Assert.Empty(problems);
        _runner.Clear();
        var start = Stopwatch.GetTimestamp();
        var reports = new GatewayServices(_host, _runner, TimeProvider.System)
            .Run(operation, requests, TestContext.Current.CancellationToken);
        _figures.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{operation.Verb} {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s in {_runner.Requests.Count} commands"));
        return [.. reports];
    }

    private static void AssertAll(ImmutableArray<ServiceReport> reports, Outcome? expected = null) => Assert.All(reports, report =>
        Assert.True(
            expected is null ? report.Outcome is Outcome.Changed or Outcome.Unchanged : report.Outcome == expected,
            string.Join('\n', ReportText.Details(report))));

    private int CountVerb(string verb) => _runner.Verbs.Count(one => one == verb);

    private void Mask(int i)
    {
        File.Delete(PathOf(i));
        Manager.Run("mask", UnitOf(i));
    }

    private void Unmask(int i) => Manager.Run("unmask", UnitOf(i));

    // The unit file as a deploy of another project writes it.
    private void WriteForeign(int i)
    {
        var text = File.ReadAllText(PathOf(i));
        File.WriteAllText(PathOf(i), text.Replace("App.csproj", "Other.csproj", StringComparison.Ordinal));
    }
}
