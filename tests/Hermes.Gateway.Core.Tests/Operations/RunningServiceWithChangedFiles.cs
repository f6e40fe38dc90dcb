using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>A running service whose layers are current, but which could not start again or is older than its files.</summary>
public sealed class RunningServiceWithChangedFiles : IDisposable
{
    private const string Fingerprint = "0123456789abcdef";

    private readonly World _world = new();
    private readonly ServiceRequest _request;

    public RunningServiceWithChangedFiles()
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
    public void Service_with_unchanged_files_has_no_findings()
    {
        Assert.Empty(_world.Run(Operation.Status, _request).Findings);
        Assert.Equal(Outcome.Unchanged, _world.Run(Operation.Verify, _request).Outcome);
    }

    [Theory]
    [InlineData("program", "the program {0} is missing", "dotnet build ")]
    [InlineData("mode", "the program {0} is not executable", "dotnet build ")]
    [InlineData("folder", "the working directory {0} is missing", "mkdir -p ")]
    [InlineData("file", "the environment file {0} is missing", "ls -l ")]
    public void Missing_file_fails_verify_and_is_a_warning_of_status(
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
    public void Missing_program_is_reported_before_its_consequences()
    {
        Break("program");
        // The fingerprint of a missing program is empty.
        var request = _request with { Definition = Definition with { Revision = "" } };

        var verified = _world.Run(Operation.Verify, request);

        Assert.Equal(["HGW4012", "HGW4002", "HGW4005"], verified.Findings.Select(finding => finding.Code));
        Assert.StartsWith("dotnet build ", verified.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_program_of_a_stopped_service_is_not_reported()
    {
        Break("program");
        _world.Service(_request).Stop();

        Assert.DoesNotContain(_world.Run(Operation.Status, _request).Findings, finding => finding.Code == "HGW4012");
    }

    [Fact]
    public void Program_set_by_a_drop_in_is_checked_instead_of_that_in_the_definition()
    {
        Break("program");
        _world.Manager.Distort = observation => observation with
        {
            Loaded = observation.Loaded with { DropIns = ["/x.conf"], Keys = observation.Loaded.Keys.SetItem("Program", "/bin/sh") },
        };
        Assert.Empty(_world.Run(Operation.Status, _request).Findings);

        _world.Manager.Distort = observation => observation with
        {
            Loaded = observation.Loaded with { DropIns = ["/x.conf"], Keys = observation.Loaded.Keys.SetItem("Program", "/nowhere/app") },
        };
        Assert.Contains("/nowhere/app", Assert.Single(_world.Run(Operation.Status, _request).Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Program_of_an_old_definition_is_checked_at_its_old_path()
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
    public void Program_newer_than_its_process_is_reported_unless_the_fingerprint_matches(
        string revision, bool isReported)
    {
        var request = _request with { Definition = Definition with { Revision = revision } };
        _world.Deployed(request.Definition);
        StartedAgo(TimeSpan.FromHours(1));
        File.SetLastWriteTimeUtc(Definition.Program, Ago(TimeSpan.FromMinutes(5)));

        var status = _world.Run(Operation.Status, request);
        var verified = _world.Run(Operation.Verify, request);

        // The newer file may be the same program, so that verify does not fail.
        Assert.Equal(Outcome.Unchanged, verified.Outcome);
        foreach (var report in new[] { status, verified })
            Assert.Equal(isReported, report.Findings.Any(finding => finding is { Code: "HGW4013", Severity: Severity.Warning }
                && finding.Message.Contains(Definition.Program, StringComparison.Ordinal)));
        if (isReported) Assert.Contains("-t:RestartGateway", status.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(-3599)]
    [InlineData(+3600)]
    public void Program_from_the_moment_of_the_start_or_from_the_future_is_not_reported_as_newer(int seconds)
    {
        var request = _request with { Definition = Definition with { Revision = "" } };
        _world.Deployed(request.Definition);
        StartedAgo(TimeSpan.FromHours(1));
        File.SetLastWriteTimeUtc(Definition.Program, Ago(TimeSpan.FromSeconds(-seconds)));

        Assert.Empty(_world.Run(Operation.Status, request).Findings);
    }

    [Theory]
    [InlineData("[Service]\nNice=5\n", true)]
    [InlineData("# a comment of the operator\n", false)]
    public void Definition_newer_than_its_process_is_reported_only_for_foreign_keys(string text, bool isReported)
    {
        File.AppendAllText(_world.PathOf(_request), text);
        _world.Service(_request).Load();
        StartedAgo(TimeSpan.FromHours(1));
        File.SetLastWriteTimeUtc(_world.PathOf(_request), Ago(TimeSpan.FromMinutes(5)));

        var findings = _world.Run(Operation.Status, _request).Findings;

        Assert.Equal(isReported, findings.Any(finding => finding.Code == "HGW4013" && finding.Message.Contains("Nice", StringComparison.Ordinal)));
        Assert.Equal(isReported ? 1 : 0, findings.Length);
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
        // The files have today's time, and the clock of the world stands still on another day.
        File.SetLastWriteTimeUtc(Definition.Program, Ago(TimeSpan.FromDays(1)));
        File.SetLastWriteTimeUtc(_world.PathOf(_request), Ago(TimeSpan.FromDays(1)));
        _world.Manager.Distort = observation => observation with { Running = observation.Running with { StartedAt = new DateTimeOffset(Ago(time)) } };
    }

    private DateTime Ago(TimeSpan time) => (_world.Clock.GetUtcNow() - time).UtcDateTime;
}
