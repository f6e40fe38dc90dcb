using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Host;

/// <summary>A service in system scope that runs as the account "nobody", which every machine has.</summary>
public sealed class ServiceWithoutAccess : IDisposable
{
    private const int Open = 0b111_101_101;
    private const int OwnersOnly = 0b111_000_000;

    private readonly World _world = new(isRoot: true);

    public ServiceWithoutAccess() => Allow(_world.At("."), Open);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Is_refused_before_any_change_when_the_program_is_in_a_closed_home()
    {
        var request = Request();
        Allow(_world.At("."), OwnersOnly);

        var report = _world.Run(Operation.Deploy, request);

        var finding = Assert.Single(report.Findings);
        Assert.Equal(("HGW2014", Severity.Error), (finding.Code, finding.Severity));
        var home = Path.GetDirectoryName(_world.At("x"))!;
        Assert.Equal(
            $"{home} (mode 0700, owner {Environment.UserName}) cannot be entered by nobody (HermesGatewayUser), "
            + $"so nobody cannot run {request.Definition.Program}.",
            finding.Message);
        Assert.Empty(_world.Manager.Applied);
        Assert.False(Directory.Exists(_world.Host.ConfigHome));
        Assert.Equal((Outcome.Failed, InstalledState.Missing), (report.Outcome, report.After.Installed));
    }

    [Fact]
    public void Is_deployed_when_the_account_has_access()
    {
        var request = Request();

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
        Assert.True(File.Exists(_world.PathOf(request)));
    }

    [Fact]
    public void Is_refused_when_code_beside_the_executable_or_in_the_first_argument_is_unreadable()
    {
        var request = Request();
        var code = request.Definition.Program + ".dll";
        File.WriteAllText(code, "");
        Allow(code, OwnersOnly);

        var beside = FindingOf(request);
        Assert.Contains($"{code} (mode 0700", beside.Message, StringComparison.Ordinal);
        Assert.EndsWith($"dotnet publish {request.Definition.Source} -o /opt/my-gateway", beside.Advice, StringComparison.Ordinal);

        File.Move(code, _world.At("app.dll"));
        var given = FindingOf(With(request, definition => definition with { Arguments = [_world.At("app.dll")] }));
        Assert.Contains(_world.At("app.dll"), given.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_not_advised_to_publish_a_program_that_is_not_a_dotnet_program()
    {
        var request = Request();
        Allow(request.Definition.Program, OwnersOnly);

        var finding = FindingOf(request);

        Assert.Contains("cannot be executed by nobody (HermesGatewayUser).", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("dotnet", finding.Advice, StringComparison.Ordinal);
        Assert.Contains("/opt/my-gateway", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_refused_when_the_working_directory_cannot_be_entered()
    {
        Directory.CreateDirectory(_world.At("data/inner"));
        Allow(_world.At("data"), OwnersOnly);

        var finding = FindingOf(With(Request(), definition => definition with { WorkingDirectory = _world.At("data/inner") }));

        Assert.Contains($"so nobody cannot work in {_world.At("data/inner")}", finding.Message, StringComparison.Ordinal);
        Assert.Contains("HermesGatewayWorkingDirectory", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_refused_for_an_unreadable_environment_file_only_where_the_service_reads_it()
    {
        var file = _world.At("secrets");
        File.WriteAllText(file, "");
        Allow(file, 0b110_000_000);
        var request = With(Request(), definition => definition with { EnvironmentFile = file });
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
        _world.Manager.Rules = new ManagerRules { ServiceReadsEnvironmentFile = true };

        var finding = FindingOf(request);

        Assert.Equal(($"ls -ld {file}", true), (finding.Advice, finding.Message.StartsWith(file, StringComparison.Ordinal)));
    }

    [Fact]
    public void Is_refused_with_the_command_that_creates_a_missing_account()
    {
        var request = With(Request(), definition => definition with { User = "no-such-account" });

        var report = _world.Run(Operation.Deploy, request);

        var finding = Assert.Single(report.Findings);
        Assert.Equal("HGW2015", finding.Code);
        Assert.Equal("sudo useradd --system --shell /usr/sbin/nologin no-such-account", finding.Advice);
        Assert.StartsWith(
            "sudo sysadminctl -addUser x", (_world.Host with { IsMacOS = true }).CommandForAccount("x"), StringComparison.Ordinal);
        Assert.False(File.Exists(_world.PathOf(request)));
    }

    [Theory]
    [InlineData("4000000001")]
    [InlineData("root")]
    [InlineData("0")]
    [InlineData(null)]
    public void Is_not_refused_for_root_and_for_a_user_id_without_an_entry(string? user)
    {
        var request = With(Request(), definition => definition with { User = user });
        Allow(_world.At("."), OwnersOnly);

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
    }

    [Fact]
    public void Is_not_refused_when_an_operator_changed_its_account()
    {
        var request = With(Request(), definition => definition with { User = "no-such-account" });
        _world.Manager.Distort = seen => seen with { HasOtherRights = true };

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
    }

    [Fact]
    public void Is_refused_only_by_verbs_that_start_it()
    {
        var request = Request();
        _world.Run(Operation.Deploy, request);
        Allow(_world.At("."), OwnersOnly);

        foreach (var operation in new[] { Operation.Status, Operation.Verify, Operation.Stop, Operation.Uninstall })
            Assert.DoesNotContain(
                _world.Run(operation, request).Findings,
                finding => finding.Descriptor == DiagnosticCatalog.AccountHasNoAccess);
        foreach (var operation in new[] { Operation.PlanDeploy, Operation.Install, Operation.Start, Operation.Restart })
            Assert.Equal("HGW2014", _world.Run(operation, request).Findings[0].Code);
    }

    [Fact]
    public void Is_reported_by_status_and_verify_when_access_was_removed_while_it_runs()
    {
        var request = Request();
        _world.Run(Operation.Deploy, request);
        Allow(_world.At("."), OwnersOnly);

        var (status, verified) = (_world.Run(Operation.Status, request), _world.Run(Operation.Verify, request));

        Assert.Equal(("HGW4012", Severity.Warning), Assert.Single(status.Findings.Select(one => (one.Code, one.Severity))));
        var finding = Assert.Single(verified.Findings);
        Assert.Equal(("HGW4012", Severity.Error), (finding.Code, finding.Severity));
        Assert.EndsWith($"so nobody cannot run {request.Definition.Program}.", finding.Message, StringComparison.Ordinal);
        Assert.Contains("/opt/my-gateway", finding.Advice, StringComparison.Ordinal);

        _world.Manager.Distort = seen => seen with { HasOtherRights = true };
        Assert.Empty(_world.Run(Operation.Status, request).Findings);
    }

    private static void Allow(string path, int mode) => File.SetUnixFileMode(path, (UnixFileMode)mode);

    private static ServiceRequest With(ServiceRequest request, Func<ServiceDefinition, ServiceDefinition> change) =>
        request with { Definition = change(request.Definition) };

    private ServiceRequest Request()
    {
        var request = _world.Request();
        Allow(request.Definition.Program, Open);
        Allow(request.Definition.WorkingDirectory, Open);
        return With(request, definition => definition with { Scope = ServiceScope.System, User = "nobody" });
    }

    private Finding FindingOf(ServiceRequest request) =>
        Assert.Single(_world.Run(Operation.Deploy, request).Findings, finding => finding.Code == "HGW2014");
}
