using System.Collections.Immutable;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Reporting;

public sealed class TableOfSeveralServices : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Several_services_have_a_table_then_details_of_failures_then_a_summary()
    {
        var requests = Requests("good", "a-longer-name", "last");
        _world.Service(requests[1]).OnStart = OnStart.Fails;

        var reports = _world.Run(Operation.Deploy, requests);
        var lines = ReportTable.Lines(reports).ToList();

        Assert.Equal("deploy of 3 services", lines[0]);
        Assert.Equal(["name", "installed", "loaded", "running", "enabled", "pid", "health", "outcome"], Words(lines[1]));
        Assert.Equal(["✓", "good", "current", "current", "current", "yes", $"{reports[0].ProcessId}", "-", "changed"], Words(lines[2]));
        Assert.Equal(["✗", "a-longer-name", "current", "current", "no", "yes", "-", "-", "failed"], Words(lines[3]));
        Assert.Equal(["✓", "last", "current", "current", "current", "yes", $"{reports[2].ProcessId}", "-", "changed"], Words(lines[4]));
        // The columns are aligned.
        Assert.All(lines[2..5], line => Assert.Equal(lines[1].IndexOf("loaded", StringComparison.Ordinal), line.IndexOf("current", 30, StringComparison.Ordinal)));
        Assert.Equal(["", .. ReportText.Details(reports[1]), ""], lines[5..^1]);
        Assert.Equal("3 services: 2 good, 1 failed: a-longer-name", lines[^1]);
    }

    [Fact]
    public void Summary_of_a_status_names_services_that_are_not_good()
    {
        var requests = Requests("one", "two", "three");
        _world.Deployed(requests[1].Definition);

        var reports = _world.Run(Operation.Status, requests);

        Assert.Equal("3 services: 1 good, 2 not good: one three", ReportTable.Summary(reports));
        Assert.Equal(["✗ not good", "✓ good", "✗ not good"], ReportTable.Lines(reports).Skip(2).Take(3).Select(line => $"{line[2]} {line[line.LastIndexOf("  ", StringComparison.Ordinal)..].Trim()}"));
        Assert.DoesNotContain(ReportText.Summary(reports[1]), ReportTable.Lines(reports));
    }

    [Fact]
    public void Summary_of_a_plan_names_services_to_be_changed_and_failed_ones()
    {
        var requests = Requests("new", "done", "broken");
        _world.Deployed(requests[1].Definition);
        Directory.CreateDirectory(_world.PathOf(requests[2]));

        var reports = _world.Run(Operation.PlanDeploy, requests);

        Assert.Equal("3 services: 1 with nothing to do, 1 to be changed: new, 1 failed: broken", ReportTable.Summary(reports));
    }

    [Fact]
    public void Successful_services_have_no_details()
    {
        var reports = _world.Run(Operation.Deploy, Requests("one", "two"));

        Assert.Equal(["deploy of 2 services", "", "2 services: 2 good"], ReportTable.Lines(reports).Where(line => !line.StartsWith(' ')));
    }

    [Fact]
    public void Single_service_has_details_unless_it_was_changed_without_a_problem()
    {
        var request = _world.Request();
        var deployed = _world.Run(Operation.Deploy, request);
        Assert.Equal([ReportText.Summary(deployed)], ReportTable.Lines([deployed]));

        var status = _world.Run(Operation.Status, request);
        Assert.Equal(ReportText.Details(status), ReportTable.Lines([status]));

        _world.Service(request).OnStart = OnStart.Fails;
        var failed = _world.Run(Operation.Restart, request);
        Assert.Equal(ReportText.Details(failed), ReportTable.Lines([failed]));
    }

    private ImmutableArray<ServiceRequest> Requests(params string[] names) => [.. names.Select(name => _world.Request(name))];

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
