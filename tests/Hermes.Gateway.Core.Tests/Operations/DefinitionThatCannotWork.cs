using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Admitting;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>A definition that cannot work never replaces a working one.</summary>
public sealed class DefinitionThatCannotWork : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Missing_program_is_reported_and_the_working_service_is_left_alone()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        var before = File.ReadAllText(_world.PathOf(request));

        var report = _world.Run(Operation.Deploy, With(request, request.Definition with { Program = "/nowhere/gateway" }));

        Assert.Equal(("HGW0009", Severity.Error), (report.Findings[0].Code, report.Findings[0].Severity));
        Assert.Contains("HermesGatewayProgram", report.Findings[0].Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(_world.PathOf(request)));
        Assert.Empty(_world.Manager.Applied);
        Assert.Equal(InstalledState.Stale, report.After.Installed);
    }

    [Fact]
    public void All_findings_are_reported_in_one_run()
    {
        var request = _world.Request();
        File.SetUnixFileMode(request.Definition.Program, UnixFileMode.UserRead);

        var report = _world.Run(Operation.Deploy, With(request, request.Definition with
        {
            WorkingDirectory = "/nowhere", EnvironmentFile = "/nowhere/env",
        }));

        Assert.Equal(
            [DiagnosticCatalog.ProgramNotExecutable, DiagnosticCatalog.WorkingDirectoryUnusable, DiagnosticCatalog.EnvironmentFileUnusable],
            report.Findings.Select(finding => finding.Descriptor));
        Assert.All(report.Findings, finding => Assert.NotNull(finding.Advice));
    }

    [Fact]
    public void System_scope_can_be_changed_only_by_root()
    {
        var request = _world.Request();
        var definition = request.Definition with { Scope = ServiceScope.System };
        var problems = Preflight.Check(Operation.Stop, With(request, definition), _world.Host).ToList();

        Assert.Equal([DiagnosticCatalog.NotRoot], problems.Select(problem => problem.Descriptor));
        Assert.Equal($"sudo {request.DeployCommand}", problems[0].Advice);
        Assert.Empty(Preflight.Check(Operation.Stop, With(request, definition), _world.Host with { UserId = 0 }));
        Assert.Empty(Preflight.Check(Operation.Status, With(request, definition), _world.Host));
    }

    [Fact]
    public void Root_leaves_no_file_in_the_home_of_another_user()
    {
        Requires.Root();
        using var world = new World(isRoot: true);
        var request = world.Request();
        FileOwner.GiveToNobody(world.At("."));
        var before = Directory.GetFileSystemEntries(world.At("."), "*", SearchOption.AllDirectories);

        foreach (var operation in new[] { Operation.Deploy, Operation.Install, Operation.Start, Operation.Restart, Operation.Stop, Operation.Uninstall })
        {
            var report = world.Run(operation, request);
            Assert.Equal((Outcome.Failed, "HGW1016"), (report.Outcome, report.Findings[0].Code));
        }

        // Status is allowed, and so is a service in system scope.
        Assert.DoesNotContain(world.Run(Operation.Status, request).Findings, finding => finding.Code == "HGW1016");
        Assert.Equal(before, Directory.GetFileSystemEntries(world.At("."), "*", SearchOption.AllDirectories));
        Assert.Empty(Preflight.Check(Operation.Stop, With(request, request.Definition with { Scope = ServiceScope.System }), world.Host));
    }

    [Fact]
    public void Secret_in_a_world_readable_definition_is_a_warning()
    {
        var request = _world.Request();
        File.WriteAllText(_world.At("token"), "");
        var definition = request.Definition with
        {
            Environment = Sample.Variables(("API_TOKEN", "hunter22"), ("TOKEN_FILE", _world.At("token")), ("MODE", "fast"), ("PASSWORD", "")),
        };

        var deployed = _world.Run(Operation.Deploy, With(request, definition));
        var again = _world.Run(Operation.Deploy, With(request, definition));

        var warning = Assert.Single(deployed.Findings, finding => finding.Code == "HGW0022");
        Assert.Equal(Severity.Warning, warning.Severity);
        Assert.StartsWith("API_TOKEN in HermesGatewayEnvironment", warning.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", warning.ToString(), StringComparison.Ordinal);
        // The warning is given once, when the definition is written.
        Assert.Equal(Outcome.Changed, deployed.Outcome);
        Assert.DoesNotContain(again.Findings, finding => finding.Code == "HGW0022");
    }

    [Fact]
    public void Stop_and_uninstall_need_no_program()
    {
        var request = _world.Request();
        _world.Deployed(request.Definition);
        File.Delete(request.Definition.Program);

        Assert.Equal(Outcome.Changed, _world.Run(Operation.Stop, request).Outcome);
        Assert.Equal(Outcome.Changed, _world.Run(Operation.Uninstall, request).Outcome);
    }

    private static ServiceRequest With(ServiceRequest request, ServiceDefinition definition) =>
        request with { Definition = definition };
}
