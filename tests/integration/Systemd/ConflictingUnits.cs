using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>Masks, links and unit files of higher precedence, which prevent a deploy. Each is reported and not changed; where the
/// advice is a command that removes the conflict, the test runs it and deploys.</summary>
public class ConflictingUnits
{
    private const string Foreign = "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=default.target\n";

    public ConflictingUnits() => Requires.Systemd();

    [Fact]
    public async Task Runtime_mask_is_reported_and_the_advice_removes_it()
    {
        await using var service = new SystemdService();
        Manager.Run("mask", "--runtime", service.Unit);
        try
        {
            var finding = FailAndFind(service, DiagnosticCatalog.Masked);

            Assert.Matches($"is masked by /run/\\S*/{service.Unit} \\(a link to /dev/null\\): ", finding.Message);
            Assert.EndsWith($"unmask --runtime {service.Unit}", finding.Advice, StringComparison.Ordinal);
            RunAdviceAndDeploy(service, finding);
        }
        finally
        {
            Manager.Try("unmask", "--runtime", service.Unit);
        }
    }

    [Fact]
    public async Task Empty_unit_file_is_reported_as_a_mask_and_the_advice_removes_it()
    {
        await using var service = new SystemdService();
        WriteUnit(service.UnitPath, "");

        var finding = FailAndFind(service, DiagnosticCatalog.Masked);

        Assert.Contains($"is masked by {service.UnitPath} (an empty file): ", finding.Message, StringComparison.Ordinal);
        Assert.Equal("", await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken));
        RunAdviceAndDeploy(service, finding);
    }

    [Fact]
    public async Task Mask_at_the_path_of_the_unit_is_reported_and_the_advice_removes_it()
    {
        await using var service = new SystemdService();
        Manager.Run("mask", service.Unit);

        var finding = FailAndFind(service, DiagnosticCatalog.Masked);

        Assert.Contains($"is masked by {service.UnitPath} (a link to /dev/null): ", finding.Message, StringComparison.Ordinal);
        RunAdviceAndDeploy(service, finding);
    }

    [Fact]
    public async Task Mask_of_higher_precedence_is_reported_with_the_unit_that_it_hides()
    {
        await using var service = new SystemdService();
        service.Succeed(Operation.Deploy);
        var mask = PathOfHigherPrecedence(service);
        File.CreateSymbolicLink(mask, "/dev/null");
        Manager.Run("daemon-reload");
        try
        {
            var finding = FailAndFind(service, DiagnosticCatalog.Masked);

            Assert.Contains(
                $"is masked by {mask} (a link to /dev/null), which takes precedence over {service.UnitPath}: ",
                finding.Message, StringComparison.Ordinal);
            // "systemctl unmask" would succeed without removing a mask in this folder, so it is not the advice.
            Assert.Equal(ShellText.Quote(["ls", "-l", mask]), finding.Advice);
        }
        finally
        {
            File.Delete(mask);
        }
    }

    [Fact]
    public async Task Link_of_higher_precedence_is_reported_with_its_target_and_the_unit_that_it_hides()
    {
        await using var service = new SystemdService();
        service.Succeed(Operation.Deploy);
        var (shadow, target) = (PathOfHigherPrecedence(service), Path.Combine(service.Scratch, "elsewhere.service"));
        WriteUnit(target, Foreign);
        File.CreateSymbolicLink(shadow, target);
        Manager.Run("daemon-reload");
        try
        {
            var finding = FailAndFind(service, DiagnosticCatalog.Shadowed);

            Assert.Equal(
                $"the manager reads {shadow} (a link to {target}), which takes precedence over {service.UnitPath}.", finding.Message);
        }
        finally
        {
            File.Delete(shadow);
        }
    }

    [Fact]
    public async Task Link_to_a_moved_unit_is_reported_and_the_advice_removes_only_the_link()
    {
        await using var service = new SystemdService();
        var target = Path.Combine(service.Scratch, "elsewhere", service.Unit);
        WriteUnit(target, Foreign);
        Manager.Run("link", target);
        Manager.Run("enable", service.Unit);
        var there = FailAndFind(service, DiagnosticCatalog.DefinitionIsLink);
        Assert.Contains($"{service.UnitPath} is a link to {target}; ", there.Message, StringComparison.Ordinal);
        var moved = Path.Combine(service.Scratch, "moved.service");
        File.Move(target, moved);
        Manager.Run("daemon-reload");

        var gone = FailAndFind(service, DiagnosticCatalog.DefinitionIsLink);

        Assert.Contains($"{service.UnitPath} is a link to {target}, which is gone", gone.Message, StringComparison.Ordinal);
        Assert.EndsWith($" disable {service.Unit}", gone.Advice, StringComparison.Ordinal);
        Assert.Equal(target, new FileInfo(service.UnitPath).LinkTarget);
        RunAdviceAndDeploy(service, gone);
        Assert.Equal(Foreign, await File.ReadAllTextAsync(moved, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Unit_of_the_same_name_in_the_other_scope_is_a_warning_and_is_kept()
    {
        await using var service = new SystemdService();
        service.Succeed(Operation.Deploy);
        var other = Path.Combine(FolderOfTheOtherScope(service), service.Unit);
        WriteUnit(other, Foreign);
        try
        {
            foreach (var operation in new[] { Operation.Deploy, Operation.Status, Operation.Verify })
            {
                var report = service.Succeed(operation);

                var finding = Assert.Single(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.SameNameElsewhere);
                Assert.Equal(Severity.Warning, finding.Severity);
                Assert.Contains(other, finding.Message, StringComparison.Ordinal);
                // The unit is found on disk: no command asks the manager of the other scope.
                Assert.True(report.Outcome == Outcome.Unchanged && service.Runner.Verbs.All(verb => verb == "show"));
            }

            Assert.Equal(Foreign, await File.ReadAllTextAsync(other, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(other);
        }

        Assert.Empty(service.Succeed(Operation.Status).Findings);
    }

    [Fact]
    public async Task Mask_is_reported_with_the_command_unmask_and_is_never_removed()
    {
        await using var service = SystemdService.Deploy();
        service.Succeed(Operation.Uninstall);
        Manager.Run("mask", service.Unit);

        Assert.Equal(InstalledState.Foreign, service.Succeed(Operation.Status).After.Installed);
        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.Masked);

        Assert.Contains("unmask", report.Advice, StringComparison.Ordinal);
        Assert.Contains("unmask", service.Fail(Operation.Verify, DiagnosticCatalog.Masked).Advice, StringComparison.Ordinal);
        Assert.Contains("unmask", service.Succeed(Operation.Status).Advice, StringComparison.Ordinal);
        Assert.Equal("/dev/null", new FileInfo(service.UnitPath).LinkTarget);
    }

    [Fact]
    public async Task Link_at_the_path_of_the_unit_is_refused_and_kept()
    {
        await using var service = new SystemdService();
        var target = Path.Combine(service.Scratch, "managed-elsewhere.service");
        File.WriteAllText(target, "[Service]\nExecStart=/bin/sleep 1000\n");
        File.CreateSymbolicLink(service.UnitPath, target);

        var report = service.Fail(Operation.Deploy, DiagnosticCatalog.DefinitionIsLink);

        Assert.Contains(target, report.Findings[0].Message, StringComparison.Ordinal);
        service.Fail(Operation.Verify, DiagnosticCatalog.DefinitionIsLink);
        Assert.Equal(target, new FileInfo(service.UnitPath).LinkTarget);
    }

    [Fact]
    public async Task Unit_in_a_control_folder_is_reported_by_deploy_and_verify()
    {
        await using var service = SystemdService.Deploy();
        var folder = Directory.CreateDirectory(Path.Combine(service.SystemdFolder, Path.GetFileName(Path.GetDirectoryName(service.UnitPath)) + ".control")).FullName;
        var shadow = Path.Combine(folder, service.Unit);
        File.WriteAllText(shadow, "[Service]\nExecStart=/bin/sleep 1000\n");
        try
        {
            Manager.Run("daemon-reload");

            var report = service.Fail(Operation.Deploy, DiagnosticCatalog.Shadowed);

            Assert.Contains(shadow, report.Findings[0].Message, StringComparison.Ordinal);
            service.Fail(Operation.Verify, DiagnosticCatalog.Shadowed);
        }
        finally
        {
            File.Delete(shadow);
            Manager.Run("daemon-reload");
        }
    }

    // Without root rights, a scratch folder stands for the unit folder of the system scope.
    private static string FolderOfTheOtherScope(SystemdService service)
    {
        if (Environment.IsPrivilegedProcess)
            return Manager.Scope == ServiceScope.User ? "/etc/systemd/system" : "/etc/systemd/user";
        service.Host = service.Host.WithFacts(new SystemdHost { SystemUnitFolders = [service.Scratch] });
        return service.Scratch;
    }

    // A folder that precedes that of our unit in the search path of both scopes (systemd.unit(5), "Unit File Load Path").
    private static string PathOfHigherPrecedence(SystemdService service)
    {
        var own = Path.GetDirectoryName(service.UnitPath)!;
        return Path.Combine(Directory.CreateDirectory(own + ".control").FullName, service.Unit);
    }

    private static void WriteUnit(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        Manager.Run("daemon-reload");
    }

    private static Finding FailAndFind(SystemdService service, DiagnosticDescriptor expected)
    {
        service.Fail(Operation.Verify, expected);
        var report = service.Fail(Operation.Deploy, expected);
        Assert.DoesNotContain(service.Runner.Verbs, verb => verb is "daemon-reload" or "start" or "restart" or "enable");
        return Assert.Single(report.Findings, finding => finding.Severity == Severity.Error && finding.Descriptor == expected);
    }

    private static void RunAdviceAndDeploy(SystemdService service, Finding finding)
    {
        Manager.RunCommand("/bin/sh", "-c", finding.Advice!);
        Assert.False(RealPath.LinkTarget(service.UnitPath) is not null || File.Exists(service.UnitPath));
        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
    }
}
