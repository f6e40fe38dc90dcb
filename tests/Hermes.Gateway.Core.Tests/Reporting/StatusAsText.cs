using System.Text.Json;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Reporting;

/// <summary>Formats the status of a service as text.</summary>
public sealed class StatusAsText : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Process_is_shown_with_uptime_restarts_and_last_exit()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Manager.Distort = seen => seen with
        {
            Running = seen.Running with
            {
                StartedAt = _world.Clock.GetUtcNow() - TimeSpan.FromSeconds(725), Restarts = 2, LastExit = "exit 203 (EXEC)",
            },
        };

        var report = _world.Run(Operation.Status, request);
        using var json = JsonDocument.Parse(ReportJson.Write(report));

        Assert.Contains($"  process     pid {report.ProcessId}, up 12 min 5 s, 2 automatic restarts", ReportText.Details(report));
        Assert.Contains("  last exit   exit 203 (EXEC)", ReportText.Details(report));
        Assert.Equal("2026-08-01T11:47:55Z", json.RootElement.GetProperty("startedAt").GetString());
        Assert.Equal(725, json.RootElement.GetProperty("uptimeSeconds").GetDouble());
        Assert.Equal(2, json.RootElement.GetProperty("restarts").GetInt32());
        Assert.Equal("exit 203 (EXEC)", json.RootElement.GetProperty("lastExit").GetString());
    }

    [Fact]
    public void Ended_process_has_no_uptime()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Service(request).Stop();
        _world.Manager.Distort = seen => seen with { Running = seen.Running with { StartedAt = _world.Clock.GetUtcNow() } };

        var report = _world.Run(Operation.Status, request);

        Assert.Null(report.StartedAt);
        Assert.Null(report.Uptime);
        Assert.DoesNotContain(ReportText.Details(report), line => line.StartsWith("  process ", StringComparison.Ordinal));
    }

    [Fact]
    public void Definition_with_thousands_of_foreign_keys_has_a_bounded_report()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        var others = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"X-Other{i}=hunter2\n"));
        var variables = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"Environment=OTHER{i}=hunter2\n"));
        File.AppendAllText(_world.PathOf(request), $"[Service]\n{others}{variables}");

        var report = _world.Run(Operation.Status, request);

        Assert.Equal(1001, report.Kept.Length);
        Assert.Matches("^… and [0-9]+ more$", report.Kept[^1]);
        var kept = Assert.Single(ReportText.Details(report), line => line.StartsWith("  kept ", StringComparison.Ordinal));
        Assert.Matches("… and [0-9]+ more$", kept);
        Assert.InRange(string.Join('\n', ReportText.Details(report)).Length, 500, 30_000);
        Assert.All(report.Findings, finding => Assert.InRange(finding.Message.Length, 1, 2000));
    }

    [Fact]
    public void Foreign_directives_and_drop_ins_are_shown_without_values()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        File.AppendAllText(_world.PathOf(request), "[Service]\nNice=5\nSetCredential=key:hunter2\n");
        _world.Manager.Distort = seen => seen with
        {
            Loaded = seen.Loaded with { DropIns = ["/etc/x.conf"], PendingDropIns = ["/etc/new.conf"] },
        };

        var report = _world.Run(Operation.Status, request);
        using var json = JsonDocument.Parse(ReportJson.Write(report));

        Assert.Contains("  kept        [Service] Nice, [Service] SetCredential", ReportText.Details(report));
        Assert.Contains("  drop-in     /etc/x.conf", ReportText.Details(report));
        Assert.Contains("  drop-in     /etc/new.conf", ReportText.Details(report));
        Assert.Equal(["/etc/x.conf", "/etc/new.conf"], json.RootElement.GetProperty("dropIns").EnumerateArray().Select(path => path.GetString()));
        Assert.DoesNotContain("hunter2", string.Join('\n', ReportText.Details(report)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Answer.Yes, "  ✓ enabled   yes: it starts by itself at login")]
    [InlineData(Answer.No, "  ✗ enabled   no: it does not start by itself at login")]
    [InlineData(Answer.Unknown, "  ? enabled   unknown: whether it starts by itself at login is not known")]
    public void Enabled_state_is_shown_with_its_meaning(Answer enabled, string expected)
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Manager.Distort = seen => seen with { Enabled = enabled };

        Assert.Contains(expected, ReportText.Details(_world.Run(Operation.Status, request)));
    }

    [Theory]
    [InlineData(Answer.Yes, "yes: it starts by itself at boot, without a login")]
    [InlineData(Answer.No, "yes: it starts by itself at login, not at boot")]
    [InlineData(Answer.Unknown, "yes: it starts by itself at login")]
    public void Enabled_service_is_shown_with_its_need_for_a_login(Answer withoutLogin, string expected)
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        _world.Manager.Distort = seen => seen with { StartsWithoutLogin = withoutLogin };

        Assert.Contains($"  ✓ enabled   {expected}", ReportText.Details(_world.Run(Operation.Status, request)));
    }

    [Fact]
    public void Log_is_shown_only_for_a_service_that_is_not_running()
    {
        var (good, down) = (_world.Request("good"), _world.Request("down"));
        _world.Deployed(good.Definition);
        _world.Deployed(down.Definition);
        _world.Service(down).Stop();

        var reports = _world.Run(Operation.Status, [good, down]);

        Assert.Empty(reports[0].Log);
        Assert.Contains("  log         the last words", ReportText.Details(reports[1]));
    }

    [Fact]
    public void Secret_in_a_log_is_hidden()
    {
        var request = _world.Request();
        request = request with { Definition = request.Definition with { Environment = Sample.Variables(("API_TOKEN", "hunter2-hunter2")) } };
        _world.Deployed(request.Definition);
        _world.Service(request).Stop();
        _world.Manager.LastWords = ["refused: hunter2-hunter2"];

        var report = _world.Run(Operation.Status, request);

        Assert.StartsWith("refused: ", Assert.Single(report.Log), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", ReportJson.Write(report), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", string.Join('\n', ReportText.Details(report)), StringComparison.Ordinal);
    }

    [Fact]
    public void Colours_in_a_log_are_removed()
    {
        var report = (_world.Run(Operation.Status, _world.Request())) with { Log = ["\x1b[31mfail\x1b[0m"] };

        Assert.Contains("  log         fail", ReportText.Details(report));
        Assert.DoesNotContain(ReportText.Details(report), line => line.Contains('\x1b'));
    }

    [Fact]
    public void Summary_states_whether_the_service_is_as_desired()
    {
        var request = _world.Request();
        var before = _world.Run(Operation.Status, request);
        _world.Deployed(request.Definition);
        var after = _world.Run(Operation.Status, request);

        Assert.StartsWith("status of my-gateway: not as it should be (fake, user scope, no process", ReportText.Summary(before), StringComparison.Ordinal);
        Assert.StartsWith($"status of my-gateway: everything as it should be (fake, user scope, pid {after.ProcessId}", ReportText.Summary(after), StringComparison.Ordinal);
    }
}
