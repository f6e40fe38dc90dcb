using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Host;

/// <summary>A service in system scope whose files other accounts can change.</summary>
public sealed class CodeWritableByOthers : IDisposable
{
    private const int Open = 0b111_101_101;
    private const int OpenToAll = 0b111_111_111;
    private const uint Stranger = 54321;

    private readonly World _world = new(isRoot: true);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Is_reported_only_by_verbs_that_start_the_service()
    {
        Requires.Root();
        var request = Request();
        Give(request.Definition.Program, Stranger);
        Allow(request.Definition.Program, OpenToAll);

        foreach (var operation in new[] { Operation.PlanDeploy, Operation.Deploy, Operation.Install, Operation.Start, Operation.Restart })
        {
            var finding = _world.Run(operation, request).Findings.Single(one => one.Code == "HGW2017");
            Assert.Equal(Severity.Warning, finding.Severity);
            Assert.Equal(
                $"accounts other than root can change what my-gateway runs: the program {request.Definition.Program} "
                + "(mode 0777, owner 54321): it belongs to user id 54321.",
                finding.Message);
            Assert.Equal(
                $"sudo chown root: {request.Definition.Program} && sudo chmod go-w {request.Definition.Program}", finding.Advice);
        }

        foreach (var operation in new[] { Operation.Status, Operation.Verify, Operation.Stop, Operation.Uninstall })
            Assert.DoesNotContain(_world.Run(operation, request).Findings, one => one.Code == "HGW2017");
    }

    [Fact]
    public void Is_not_reported_for_files_of_root_and_of_the_services_account()
    {
        Requires.Root();
        var request = With(Request(), definition => definition with { User = "nobody" });
        Assert.DoesNotContain(_world.Run(Operation.PlanDeploy, request).Findings, one => one.Code == "HGW2017");

        Give(request.Definition.Program, Accounts.Find("nobody")!.UserId);

        Assert.DoesNotContain(_world.Run(Operation.PlanDeploy, request).Findings, one => one.Code == "HGW2017");
        foreach (var root in new[] { null, "root", "0" })
            Assert.StartsWith(
                "accounts other than root can change ",
                WritableCode.Find(request.Definition with { User = root }, null, _world.Host)?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_reported_with_the_first_path_and_the_number_of_others()
    {
        Requires.Root();
        var request = Request();
        var definition = request.Definition with { EnvironmentFile = _world.At("secrets"), User = "nobody" };
        File.WriteAllText(_world.At("secrets"), "");
        File.WriteAllText(definition.Program + ".dll", "");
        File.WriteAllText(_world.At("check"), "");
        foreach (var path in new[] { _world.At("secrets"), definition.Program + ".dll" }) Allow(path, OpenToAll);
        Give(_world.At("check"), Stranger);

        var finding = WritableCode.Find(definition, new HealthCheck.Exec(_world.At("check")), _world.Host)!;

        Assert.Equal(
            $"accounts other than root and nobody can change what my-gateway runs: the code {definition.Program}.dll (mode 0777, owner root): "
            + "everyone can write to it; and 2 more.",
            finding.Message);
        Assert.Equal($"sudo chmod go-w {definition.Program}.dll", finding.Advice);
    }

    [Fact]
    public void Is_reported_with_the_advice_to_copy_it_out_of_a_folder_of_another_account()
    {
        Requires.Root();
        var request = Request();
        Give(request.Definition.WorkingDirectory, Stranger);

        var finding = WritableCode.Find(request.Definition, null, _world.Host)!;

        Assert.Contains(
            $"{request.Definition.WorkingDirectory} (mode 0755, owner 54321), a folder on the way to the program {request.Definition.Program}: ",
            finding.Message, StringComparison.Ordinal);
        Assert.Equal(
            "copy the program to a folder that belongs to root, such as /opt/my-gateway (sudo cp), and set HermesGatewayProgram to the copy",
            finding.Advice);
    }

    [Fact]
    public void Is_reported_with_a_symbolic_link_of_another_account()
    {
        Requires.Root();
        var request = Request();
        File.CreateSymbolicLink(_world.At("current"), request.Definition.Program);
        Give(_world.At("current"), Stranger);

        var finding = WritableCode.Find(request.Definition with { Program = _world.At("current") }, null, _world.Host)!;

        Assert.Contains("a link on the way to the program", finding.Message, StringComparison.Ordinal);
        Assert.Equal($"sudo chown -h root: {_world.At("current")}", finding.Advice);
    }

    [Fact]
    public void Is_reported_for_root_in_user_scope_and_not_for_another_user()
    {
        Requires.Root();
        var definition = Request().Definition with { Scope = ServiceScope.User };
        Allow(definition.Program, OpenToAll);

        Assert.NotNull(WritableCode.Find(definition, null, _world.Host));
        Assert.Null(WritableCode.Find(definition, null, _world.Host with { UserId = Stranger }));
    }

    private static void Allow(string path, int mode) => File.SetUnixFileMode(path, (UnixFileMode)mode);

    private static void Give(string path, uint user) => FileOwner.Give(path, user, 0);

    private static ServiceRequest With(ServiceRequest request, Func<ServiceDefinition, ServiceDefinition> change) =>
        request with { Definition = change(request.Definition) };

    private ServiceRequest Request()
    {
        var request = _world.Request();
        foreach (var path in new[] { _world.At("."), request.Definition.Program, request.Definition.WorkingDirectory }) Allow(path, Open);
        return With(request, definition => definition with { Scope = ServiceScope.System });
    }
}
