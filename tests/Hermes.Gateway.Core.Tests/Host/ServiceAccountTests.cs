using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Host;

/// <summary>A service in system scope that is to run as an account which every machine has and nobody uses.</summary>
public sealed class ServiceAccountTests : IDisposable
{
    private const int Open = 0b111_101_101;
    private const int OwnersOnly = 0b111_000_000;

    private readonly World _world = new(isRoot: true);

    public ServiceAccountTests() => Allow(_world.At("."), Open);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_program_in_a_closed_home_is_refused_before_anything_is_written()
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
    public void What_is_open_is_deployed()
    {
        var request = Request();

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
        Assert.True(File.Exists(_world.PathOf(request)));
    }

    [Fact]
    public void The_code_beside_an_executable_and_in_its_first_argument_must_be_readable()
    {
        var request = Request();
        var code = request.Definition.Program + ".dll";
        File.WriteAllText(code, "");
        Allow(code, OwnersOnly);

        var beside = Refusal(request);
        Assert.Contains($"{code} (mode 0700", beside.Message, StringComparison.Ordinal);
        Assert.EndsWith($"dotnet publish {request.Definition.Source} -o /opt/my-gateway", beside.Advice, StringComparison.Ordinal);

        File.Move(code, _world.At("app.dll"));
        var given = Refusal(With(request, definition => definition with { Arguments = [_world.At("app.dll")] }));
        Assert.Contains(_world.At("app.dll"), given.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_no_dotnet_program_is_not_told_to_be_published()
    {
        var request = Request();
        Allow(request.Definition.Program, OwnersOnly);

        var finding = Refusal(request);

        Assert.Contains("cannot be executed by nobody (HermesGatewayUser).", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("dotnet", finding.Advice, StringComparison.Ordinal);
        Assert.Contains("/opt/my-gateway", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_working_directory_must_be_enterable()
    {
        Directory.CreateDirectory(_world.At("data/inner"));
        Allow(_world.At("data"), OwnersOnly);

        var finding = Refusal(With(Request(), definition => definition with { WorkingDirectory = _world.At("data/inner") }));

        Assert.Contains($"so nobody cannot work in {_world.At("data/inner")}", finding.Message, StringComparison.Ordinal);
        Assert.Contains("HermesGatewayWorkingDirectory", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_file_counts_only_where_the_service_reads_it()
    {
        var file = _world.At("secrets");
        File.WriteAllText(file, "");
        Allow(file, 0b110_000_000);
        var request = With(Request(), definition => definition with { EnvironmentFile = file });
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
        _world.Manager.Rules = new ManagerRules { ServiceReadsEnvironmentFile = true };

        var finding = Refusal(request);

        Assert.Equal(($"ls -ld {file}", true), (finding.Advice, finding.Message.StartsWith(file, StringComparison.Ordinal)));
    }

    [Fact]
    public void An_account_that_does_not_exist_is_refused_with_the_command_that_makes_it()
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
    public void A_number_without_an_entry_and_root_are_not_judged(string? user)
    {
        var request = With(Request(), definition => definition with { User = user });
        Allow(_world.At("."), OwnersOnly);

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
    }

    [Fact]
    public void Rights_that_an_operator_chose_are_not_judged()
    {
        var request = With(Request(), definition => definition with { User = "no-such-account" });
        _world.Manager.Distort = seen => seen with { HasOtherRights = true };

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Deploy, request).Outcome);
    }

    [Fact]
    public void What_starts_nothing_is_not_refused()
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
    public void A_service_whose_home_was_closed_while_it_runs_could_not_be_started_again()
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

    private Finding Refusal(ServiceRequest request) =>
        Assert.Single(_world.Run(Operation.Deploy, request).Findings, finding => finding.Code == "HGW2014");
}
