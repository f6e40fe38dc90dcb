using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>A service whose layers all agree, and that would not survive a restart, or is older than its files.</summary>
public sealed class ProcessFindingsTests : IDisposable
{
    private const string Fingerprint = "0123456789abcdef";

    private readonly World _world = new();
    private readonly ServiceRequest _request;

    public ProcessFindingsTests()
    {
        var request = _world.Request();
        var environment = _world.At("my-gateway/secrets.env");
        File.WriteAllText(environment, "A=b\n");
        _request = request with { Definition = request.Definition with { EnvironmentFile = environment, WorkingDirectory = _world.At("work"), Revision = Fingerprint } };
        Directory.CreateDirectory(_request.Definition.WorkingDirectory);
        _world.Deployed(_request.Definition);
    }

    private ServiceDefinition Definition => _request.Definition;

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_service_without_any_of_it_is_well()
    {
        Assert.Empty(_world.Run(Operation.Status, _request).Findings);
        Assert.Equal(Outcome.Unchanged, _world.Run(Operation.Verify, _request).Outcome);
    }

    [Theory]
    [InlineData("program", "the program {0} is missing", "dotnet build ")]
    [InlineData("mode", "the program {0} is not executable", "dotnet build ")]
    [InlineData("folder", "the working directory {0} is missing", "mkdir -p ")]
    [InlineData("file", "the environment file {0} is missing", "ls -l ")]
    public void What_could_not_be_started_again_fails_a_verification_and_is_a_warning_of_a_status(
        string what, string expected, string advice)
    {
        var path = Break(what);

        var status = _world.Run(Operation.Status, _request);
        var verified = _world.Run(Operation.Verify, _request);

        Assert.True(verified.After.AllCurrent);
        Assert.Equal((Outcome.Unchanged, Outcome.Failed), (status.Outcome, verified.Outcome));
        Assert.Equal(("HGW4012", Severity.Warning), Assert.Single(status.Findings.Select(one => (one.Code, one.Severity))));
        Assert.Equal(("HGW4012", Severity.Error), Assert.Single(verified.Findings.Select(one => (one.Code, one.Severity))));
        Assert.Contains(string.Format(null, expected, path), verified.Findings[0].Message, StringComparison.Ordinal);
        Assert.Contains($"pid {verified.ProcessId}", verified.Findings[0].Message, StringComparison.Ordinal);
        Assert.StartsWith(advice, verified.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_told_before_what_follows_from_it_and_everything_is_told()
    {
        Break("program");
        // What the fingerprint of a missing program is.
        var request = _request with { Definition = Definition with { Revision = "" } };

        var verified = _world.Run(Operation.Verify, request);

        Assert.Equal(["HGW4012", "HGW4002", "HGW4005"], verified.Findings.Select(finding => finding.Code));
        Assert.StartsWith("dotnet build ", verified.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_process_it_is_not_told()
    {
        Break("program");
        _world.Service(_request).Stop();

        Assert.DoesNotContain(_world.Run(Operation.Status, _request).Findings, finding => finding.Code == "HGW4012");
    }

    [Fact]
    public void Of_a_definition_that_the_operator_overrides_the_override_counts()
    {
        Break("program");
        _world.Manager.Distort = seen => seen with
        {
            Loaded = seen.Loaded with { DropIns = ["/x.conf"], Keys = seen.Loaded.Keys.SetItem("Program", "/bin/sh") },
        };
        Assert.Empty(_world.Run(Operation.Status, _request).Findings);

        _world.Manager.Distort = seen => seen with
        {
            Loaded = seen.Loaded with { DropIns = ["/x.conf"], Keys = seen.Loaded.Keys.SetItem("Program", "/nowhere/app") },
        };
        Assert.Contains("/nowhere/app", Assert.Single(_world.Run(Operation.Status, _request).Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_of_an_old_definition_is_looked_for_where_that_one_has_it()
    {
        var moved = _request with { Definition = Definition with { Program = "/bin/sh", WorkingDirectory = "/" } };
        Break("program");

        var findings = _world.Run(Operation.Status, moved).Findings;

        Assert.Equal("HGW4002", findings[0].Code);
        var dead = Assert.Single(findings, finding => finding.Code == "HGW4012");
        Assert.Contains(Definition.Program, dead.Message, StringComparison.Ordinal);
        Assert.Equal(moved.DeployCommand, dead.Advice);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("1.2.3", true)]
    [InlineData(Fingerprint, false)]
    public void A_program_that_is_newer_than_the_process_is_told_unless_a_fingerprint_says_that_it_is_the_same(
        string revision, bool isTold)
    {
        var request = _request with { Definition = Definition with { Revision = revision } };
        _world.Deployed(request.Definition);
        StartedAgo(TimeSpan.FromHours(1));
        File.SetLastWriteTimeUtc(Definition.Program, Ago(TimeSpan.FromMinutes(5)));

        var status = _world.Run(Operation.Status, request);
        var verified = _world.Run(Operation.Verify, request);

        // It may be the same program all the same: nothing to fail for.
        Assert.Equal(Outcome.Unchanged, verified.Outcome);
        foreach (var report in new[] { status, verified })
            Assert.Equal(isTold, report.Findings.Any(finding => finding is { Code: "HGW4013", Severity: Severity.Warning }
                && finding.Message.Contains(Definition.Program, StringComparison.Ordinal)));
        if (isTold) Assert.Contains("-t:RestartGateway", status.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(-3599)]
    [InlineData(+3600)]
    public void A_program_of_an_earlier_time_of_the_same_moment_or_of_a_time_to_come_is_not_newer(int seconds)
    {
        var request = _request with { Definition = Definition with { Revision = "" } };
        _world.Deployed(request.Definition);
        StartedAgo(TimeSpan.FromHours(1));
        File.SetLastWriteTimeUtc(Definition.Program, Ago(TimeSpan.FromSeconds(-seconds)));

        Assert.Empty(_world.Run(Operation.Status, request).Findings);
    }

    [Theory]
    [InlineData("[Service]\nNice=5\n", true)]
    [InlineData("# a word of the operator\n", false)]
    public void A_definition_that_is_newer_than_the_process_is_told_for_what_the_stamp_does_not_cover(string text, bool isTold)
    {
        File.AppendAllText(_world.PathOf(_request), text);
        _world.Service(_request).Load();
        StartedAgo(TimeSpan.FromHours(1));
        File.SetLastWriteTimeUtc(_world.PathOf(_request), Ago(TimeSpan.FromMinutes(5)));

        var findings = _world.Run(Operation.Status, _request).Findings;

        Assert.Equal(isTold, findings.Any(finding => finding.Code == "HGW4013" && finding.Message.Contains("Nice", StringComparison.Ordinal)));
        Assert.Equal(isTold ? 1 : 0, findings.Length);
    }

    private string Break(string what)
    {
        switch (what)
        {
            case "program":
                File.Delete(Definition.Program);
                return Definition.Program;
            case "mode":
                File.SetUnixFileMode(Definition.Program, UnixFileMode.UserRead);
                return Definition.Program;
            case "folder":
                Directory.Delete(Definition.WorkingDirectory);
                return Definition.WorkingDirectory;
            default:
                File.Delete(Definition.EnvironmentFile!);
                return Definition.EnvironmentFile!;
        }
    }

    private void StartedAgo(TimeSpan time)
    {
        // The files of this test are of today, and the clock of its world stands still on another day.
        File.SetLastWriteTimeUtc(Definition.Program, Ago(TimeSpan.FromDays(1)));
        File.SetLastWriteTimeUtc(_world.PathOf(_request), Ago(TimeSpan.FromDays(1)));
        _world.Manager.Distort = seen => seen with { Running = seen.Running with { StartedAt = new DateTimeOffset(Ago(time)) } };
    }

    private DateTime Ago(TimeSpan time) => (_world.Clock.GetUtcNow() - time).UtcDateTime;
}
