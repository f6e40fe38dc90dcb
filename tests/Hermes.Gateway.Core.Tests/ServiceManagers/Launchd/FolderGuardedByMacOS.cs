using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

public sealed class FolderGuardedByMacOS : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("/home/me/Documents/app/bin/gateway", "/home/me/Documents")]
    [InlineData("/home/me/documents/app", "/home/me/Documents")]
    [InlineData("/home/me/Desktop", "/home/me/Desktop")]
    [InlineData("/home/me/Downloads/gateway", "/home/me/Downloads")]
    [InlineData("/home/me/Library/Mobile Documents/x", "/home/me/Library/Mobile Documents")]
    [InlineData("/Users/other/Desktop/gateway", "/Users/other/Desktop")]
    [InlineData("/Volumes/Stick/gateway", "/Volumes/Stick")]
    [InlineData("/home/me/DocumentsOld/gateway", null)]
    [InlineData("/home/me/src/Documents/gateway", null)]
    [InlineData("/home/me/Library/Logs/x", null)]
    [InlineData("/home/other/Documents/gateway", null)]
    [InlineData("/Volumes", null)]
    public void Is_recognized_by_its_path(string path, string? expected) => Assert.Equal(expected, GuardedFolder.Of(path, "/home/me"));

    [Fact]
    public void Is_reported_as_a_warning_by_a_successful_deploy_on_launchd()
    {
        _world.Manager.Warnings = Launchd.FindWarnings;

        var report = _world.Run(Operation.Deploy, Guarded());

        Assert.Equal(Outcome.Changed, report.Outcome);
        var finding = Assert.Single(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.GuardedFolder);
        Assert.Equal(("HGW2013", Severity.Warning), (finding.Code, finding.Severity));
        Assert.Contains(_world.At("./Documents/gateway"), finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_not_reported_by_other_verbs_and_managers_or_for_other_folders()
    {
        Assert.DoesNotContain(_world.Run(Operation.Deploy, Guarded()).Findings, IsIt);
        _world.Manager.Warnings = Launchd.FindWarnings;
        foreach (var operation in new[] { Operation.Status, Operation.Verify, Operation.Stop, Operation.Uninstall })
            Assert.DoesNotContain(_world.Run(operation, Guarded()).Findings, IsIt);
        Assert.DoesNotContain(_world.Run(Operation.Deploy, _world.Request()).Findings, IsIt);
    }

    private LaunchdManager Launchd =>
        new(_world.Host, _world.Runner, ServiceScope.User, "/bin/launchctl");

    private static bool IsIt(Finding finding) => finding.Descriptor == DiagnosticCatalog.GuardedFolder;

    private ServiceRequest Guarded()
    {
        var request = _world.Request();
        var program = Path.Combine(_world.Host.Home, "Documents", "gateway");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        File.Copy(request.Definition.Program, program, overwrite: true);
        return request with { Definition = request.Definition with { Program = program } };
    }
}
