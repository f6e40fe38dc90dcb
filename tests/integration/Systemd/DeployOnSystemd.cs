using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>Installs and deploys whose effect only systemd has.</summary>
public class DeployOnSystemd
{
    public DeployOnSystemd() => Requires.Systemd();

    [Fact]
    public async Task Install_writes_loads_and_enables_the_unit_without_starting_it()
    {
        await using var service = new SystemdService();

        var report = service.Succeed(Operation.Install);

        Assert.Equal(new LayerStates(InstalledState.Current, LoadedState.Current, RunningState.No, Answer.Yes), report.After);
        Assert.Equal(0, Manager.MainProcess(service.Unit));
    }

    [Fact]
    public async Task Deploy_of_three_services_reloads_and_starts_once_and_succeeds_for_two_when_one_fails()
    {
        await using var first = new SystemdService();
        await using var broken = new SystemdService("#!/nonexistent/interpreter\n");
        await using var last = new SystemdService();
        var (requests, problems) = RequestReader.Read([first.Input, broken.Input, last.Input], HostContext.Resolve(_ => null));
        Assert.Empty(problems);

        var reports = new GatewayServices(first.Host, first.Runner, TimeProvider.System)
            .Run(Operation.Deploy, requests, TestContext.Current.CancellationToken);

        Assert.Equal([Outcome.Changed, Outcome.Failed, Outcome.Changed], reports.Select(report => report.Outcome));
        Assert.Single(first.Runner.Verbs, verb => verb == "daemon-reload");
        Assert.Single(first.Runner.Verbs, verb => verb == "start");
        Assert.NotEqual(0, Manager.MainProcess(last.Unit));
    }

    [Fact]
    public async Task Handwritten_unit_is_adopted_with_a_backup_and_its_foreign_directives()
    {
        await using var service = new SystemdService();
        const string handWritten = "[Unit]\nDescription=mine\n[Service]\nExecStart=/bin/sleep 1000\nEnvironment=TOKEN_FILE=/x\nNice=3\n";
        File.WriteAllText(service.UnitPath, handWritten);
        Manager.Run("daemon-reload");
        Manager.Run("start", service.Unit);

        var report = service.Succeed(Operation.Deploy);

        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.Adopted);
        var process = Manager.MainProcess(service.Unit);
        Assert.Equal(service.ProgramPath, Manager.Arguments(process)[1]);
        Assert.Equal("/x", Manager.Variable(process, "TOKEN_FILE"));
        Assert.Equal("3", Manager.Property(service.Unit, "Nice"));
        Assert.Equal(handWritten, File.ReadAllText(Assert.Single(Directory.GetFiles(service.Originals))));
    }
}
