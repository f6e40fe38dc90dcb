using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>Unit files of others that are in the way: each is named, left as it is, and the advice, when followed, does
/// what it says.</summary>
public class UnitsThatAreNamed
{
    private const string Foreign = "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=default.target\n";

    public UnitsThatAreNamed() => Requires.Systemd();

    [Fact]
    public async Task A_mask_for_this_boot_is_named_and_the_advice_lifts_it()
    {
        await using var service = new TestService();
        Manager.Run("mask", "--runtime", service.Unit);
        try
        {
            var finding = Refused(service, DiagnosticCatalog.Masked);

            Assert.Matches($"is masked by /run/\\S*/{service.Unit} \\(a link to /dev/null\\): ", finding.Message);
            Assert.EndsWith($"unmask --runtime {service.Unit}", finding.Advice, StringComparison.Ordinal);
            Follow(service, finding);
        }
        finally
        {
            Manager.Try("unmask", "--runtime", service.Unit);
        }
    }

    [Fact]
    public async Task An_empty_unit_is_a_mask_and_the_advice_lifts_it()
    {
        await using var service = new TestService();
        Place(service.UnitPath, "");

        var finding = Refused(service, DiagnosticCatalog.Masked);

        Assert.Contains($"is masked by {service.UnitPath} (an empty file): ", finding.Message, StringComparison.Ordinal);
        Assert.Equal("", await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken));
        Follow(service, finding);
    }

    [Fact]
    public async Task A_mask_in_our_own_place_is_named_and_the_advice_lifts_it()
    {
        await using var service = new TestService();
        Manager.Run("mask", service.Unit);

        var finding = Refused(service, DiagnosticCatalog.Masked);

        Assert.Contains($"is masked by {service.UnitPath} (a link to /dev/null): ", finding.Message, StringComparison.Ordinal);
        Follow(service, finding);
    }

    [Fact]
    public async Task A_mask_above_our_unit_is_named_with_what_it_hides()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);
        var mask = Above(service);
        File.CreateSymbolicLink(mask, "/dev/null");
        Manager.Run("daemon-reload");
        try
        {
            var finding = Refused(service, DiagnosticCatalog.Masked);

            Assert.Contains(
                $"is masked by {mask} (a link to /dev/null), which takes precedence over {service.UnitPath}: ",
                finding.Message, StringComparison.Ordinal);
            // "unmask" succeeds there, and does nothing.
            Assert.Equal(ShellText.Quote(["ls", "-l", mask]), finding.Advice);
        }
        finally
        {
            File.Delete(mask);
        }
    }

    [Fact]
    public async Task A_link_above_our_unit_is_named_with_both_files_and_its_target()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);
        var (shadow, target) = (Above(service), Path.Combine(service.Scratch, "elsewhere.service"));
        Place(target, Foreign);
        File.CreateSymbolicLink(shadow, target);
        Manager.Run("daemon-reload");
        try
        {
            var finding = Refused(service, DiagnosticCatalog.Shadowed);

            Assert.Equal(
                $"the manager reads {shadow} (a link to {target}), which takes precedence over {service.UnitPath}.", finding.Message);
        }
        finally
        {
            File.Delete(shadow);
        }
    }

    [Fact]
    public async Task A_linked_unit_is_named_and_when_its_target_moved_the_advice_removes_the_link_alone()
    {
        await using var service = new TestService();
        var target = Path.Combine(service.Scratch, "elsewhere", service.Unit);
        Place(target, Foreign);
        Manager.Run("link", target);
        Manager.Run("enable", service.Unit);
        var there = Refused(service, DiagnosticCatalog.DefinitionIsLink);
        Assert.Contains($"{service.UnitPath} is a link to {target}; ", there.Message, StringComparison.Ordinal);
        var moved = Path.Combine(service.Scratch, "moved.service");
        File.Move(target, moved);
        Manager.Run("daemon-reload");

        var gone = Refused(service, DiagnosticCatalog.DefinitionIsLink);

        Assert.Contains($"{service.UnitPath} is a link to {target}, which is gone", gone.Message, StringComparison.Ordinal);
        Assert.EndsWith($" disable {service.Unit}", gone.Advice, StringComparison.Ordinal);
        Assert.Equal(target, new FileInfo(service.UnitPath).LinkTarget);
        Follow(service, gone);
        Assert.Equal(Foreign, await File.ReadAllTextAsync(moved, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_unit_of_the_same_name_in_the_other_scope_is_named_and_left_alone()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);
        var other = Path.Combine(FolderOfTheOtherScope(service), service.Unit);
        Place(other, Foreign);
        try
        {
            foreach (var operation in new[] { Operation.Deploy, Operation.Status, Operation.Verify })
            {
                var report = service.Succeed(operation);

                var finding = Assert.Single(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.SameNameElsewhere);
                Assert.Equal(Severity.Warning, finding.Severity);
                Assert.Contains(other, finding.Message, StringComparison.Ordinal);
                // Nobody is asked for it.
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

    // Only root may write to the real one.
    private static string FolderOfTheOtherScope(TestService service)
    {
        if (Environment.IsPrivilegedProcess)
            return Manager.Scope == ServiceScope.User ? "/etc/systemd/system" : "/etc/systemd/user";
        service.Host = service.Host.WithFacts(new SystemdHost { SystemUnitFolders = [service.Scratch] });
        return service.Scratch;
    }

    // Before our own folder, in both scopes.
    private static string Above(TestService service)
    {
        var own = Path.GetDirectoryName(service.UnitPath)!;
        return Path.Combine(Directory.CreateDirectory(own + ".control").FullName, service.Unit);
    }

    private static void Place(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        Manager.Run("daemon-reload");
    }

    private static Finding Refused(TestService service, DiagnosticDescriptor expected)
    {
        service.Fail(Operation.Verify, expected);
        var report = service.Fail(Operation.Deploy, expected);
        Assert.DoesNotContain(service.Runner.Verbs, verb => verb is "daemon-reload" or "start" or "restart" or "enable");
        return Assert.Single(report.Findings, finding => finding.Severity == Severity.Error && finding.Descriptor == expected);
    }

    private static void Follow(TestService service, Finding finding)
    {
        Manager.RunCommand("/bin/sh", "-c", finding.Advice!);
        Assert.False(RealPath.LinkTarget(service.UnitPath) is not null || File.Exists(service.UnitPath));
        Assert.True(service.Succeed(Operation.Deploy).After.AllCurrent);
    }
}
