using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>The four defects that this project was started to fix:
/// install skipped a stale definition because the file existed;
/// start gave up on an unloaded job;
/// restart swallowed the failure and ran in the foreground;
/// status could not tell "not installed" from "installed but stale or unloaded".</summary>
public class OriginalDefectsOnSystemd
{
    public OriginalDefectsOnSystemd() => Requires.Systemd();

    [Fact]
    public async Task Install_skipped_a_stale_definition_because_the_file_existed_and_now_rewrites_and_loads_it()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Install);
        service.Input = service.Input with { Arguments = ["changed"] };
        var stale = File.ReadAllText(service.UnitPath);

        var report = service.Succeed(Operation.Install);

        Assert.Equal((InstalledState.Stale, InstalledState.Current), (report.Before.Installed, report.After.Installed));
        Assert.Equal(LoadedState.Current, report.After.Loaded);
        Assert.NotEqual(stale, File.ReadAllText(service.UnitPath));
        Assert.Contains("changed", Manager.Property(service.Unit, "ExecStart"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_gave_up_on_an_unloaded_unit_and_now_loads_and_starts_it()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Install);
        var text = File.ReadAllText(service.UnitPath);
        File.Delete(service.UnitPath);
        Manager.Run("daemon-reload");
        File.WriteAllText(service.UnitPath, text);

        Assert.True(service.Succeed(Operation.Start).After.AllCurrent);
    }

    [Fact]
    public async Task Restart_swallowed_the_failure_and_ran_in_the_foreground_and_now_reports_it()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);
        service.WriteProgram("#!/nonexistent/interpreter\n");

        var report = service.Fail(Operation.Restart, DiagnosticCatalog.CrashLooping);

        Assert.Null(report.ProcessId);
        // systemd retries the start, and the forked process exists until the kernel refuses the exec.
        await Manager.UntilAsync(() => Manager.MainProcess(service.Unit) == 0, "the unit has no main process");
        Assert.DoesNotContain(service.Runner.Requests, request => request.Program == service.ProgramPath);
    }

    [Fact]
    public async Task Status_could_not_tell_not_installed_from_installed_but_stale_or_unloaded_and_now_does()
    {
        await using var service = new TestService();
        var missing = service.Succeed(Operation.Status);
        service.Succeed(Operation.Install);
        var good = service.Input;
        service.Input = good with { Arguments = ["changed"] };
        var stale = service.Succeed(Operation.Status);
        service.Input = good;
        // "systemctl show" loads any valid unit, so only an invalid one (LoadState=bad-setting) stays unloaded.
        var dropIn = Path.Combine(Directory.CreateDirectory(service.UnitPath + ".d").FullName, "broken.conf");
        File.WriteAllText(dropIn, "[Service]\nExecStart=\n");
        Manager.Run("daemon-reload");
        var unloaded = service.Succeed(Operation.Status);

        foreach (var (report, code) in new[]
        {
            (missing, DiagnosticCatalog.NotInstalled), (stale, DiagnosticCatalog.InstalledStale), (unloaded, DiagnosticCatalog.NotLoaded),
        })
        {
            var finding = Assert.Single(report.Findings, finding => finding.Descriptor == code);
            Assert.Contains(service.UnitPath, finding.Message, StringComparison.Ordinal);
            Assert.Contains("DeployGateway", finding.Advice, StringComparison.Ordinal);
            Assert.Equal(service.UnitPath, report.DefinitionPath);
            Assert.False(report.Changed);
        }

        Assert.Equal(LoadedState.No, unloaded.After.Loaded);
        Assert.Equal("bad-setting", Manager.Property(service.Unit, "LoadState"));
    }
}
