using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Integration.Tests.Conformance;

/// <summary>The four defects that this project was started to fix:
/// install skipped a stale definition because the file existed;
/// start gave up on an unloaded job;
/// restart swallowed the failure and ran in the foreground;
/// status could not tell "not installed" from "installed but stale or unloaded".</summary>
public class OriginalDefects
{
    [Fact]
    public async Task Install_rewrites_and_loads_a_stale_definition_that_exists()
    {
        await using var service = ServiceUnderTest.New();
        service.Succeed(Operation.Install);
        var stale = service.DefinitionText;
        service.Input = service.Input with { Arguments = ["changed"] };

        var report = service.Succeed(Operation.Install);

        Assert.Equal((InstalledState.Stale, InstalledState.Current), (report.Before.Installed, report.After.Installed));
        Assert.Equal(LoadedState.Current, report.After.Loaded);
        Assert.NotEqual(stale, service.DefinitionText);
        Assert.Contains("changed", service.LoadedDefinition, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_loads_and_starts_a_service_that_is_not_loaded()
    {
        await using var service = ServiceUnderTest.Deploy();
        await service.StopByHandAsync();
        if (service.IsLoaded) await service.UnloadAsync();

        var report = service.Succeed(Operation.Start);

        Assert.True(report.After.AllCurrent);
        Assert.Equal(service.ProcessId, report.ProcessId);
    }

    [Fact, Trait("Os", "linux")]
    public async Task Restart_of_a_program_that_cannot_run_fails_and_starts_nothing_in_the_foreground()
    {
        await using var service = ServiceUnderTest.Deploy();
        service.WriteProgram("#!/nonexistent/interpreter\n");

        var report = service.Fail(Operation.Restart, DiagnosticCatalog.CrashLooping);

        Assert.Null(report.ProcessId);
        // The manager retries the start, and the forked process exists until the kernel refuses the exec.
        await Manager.UntilAsync(() => service.ProcessId is null, "the service has no process");
        Assert.DoesNotContain(service.Runner.Requests, request => request.Program == service.ProgramPath);
    }

    [Fact]
    public async Task Status_distinguishes_not_installed_stale_and_not_loaded()
    {
        await using var service = ServiceUnderTest.New();
        var missing = service.Succeed(Operation.Status);
        service.Succeed(Operation.Deploy);
        var good = service.Input;
        service.Input = good with { Arguments = ["changed"] };
        var stale = service.Succeed(Operation.Status);
        service.Input = good;
        await service.KeepFromLoadingAsync();
        var unloaded = service.Succeed(Operation.Status);

        Assert.Equal(["missing, no, no", "stale, stale, stale", "current, no, no"], new[] { missing, stale, unloaded }.Select(report => report.Layers()));
        foreach (var (report, code) in new[]
        {
            (missing, DiagnosticCatalog.NotInstalled), (stale, DiagnosticCatalog.InstalledStale), (unloaded, DiagnosticCatalog.NotLoaded),
        })
        {
            var finding = Assert.Single(report.Findings, finding => finding.Descriptor == code);
            Assert.Contains(service.DefinitionPath, finding.Message, StringComparison.Ordinal);
            Assert.Equal($"dotnet msbuild {ShellText(service.Input.Source)} -t:DeployGateway", finding.Advice);
            Assert.Equal(service.DefinitionPath, report.DefinitionPath);
            Assert.False(report.Changed);
        }
    }

    private static string ShellText(string path) => Core.Processes.ShellText.Quote([path]);
}
