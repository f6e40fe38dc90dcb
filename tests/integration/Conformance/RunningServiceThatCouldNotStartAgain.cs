using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;

namespace Hermes.Gateway.Integration.Tests.Conformance;

/// <summary>A service runs and has no drift, and something that its next start needs is gone.</summary>
public class RunningServiceThatCouldNotStartAgain
{
    [Theory]
    [InlineData("program")]
    [InlineData("folder")]
    [InlineData("environment")]
    public async Task Missing_file_is_reported_by_status_and_verify_while_the_process_runs(string missing)
    {
        await using var service = ServiceUnderTest.New();
        var folder = Directory.CreateDirectory(Path.Combine(service.Scratch, "data")).FullName;
        var environment = Path.Combine(service.Scratch, "secrets.env");
        await File.WriteAllTextAsync(environment, "A=b\n", TestContext.Current.CancellationToken);
        // With an explicit revision, the deleted program does not change the fingerprint, which would be drift.
        service.Input = service.Input with { Revision = "r1", WorkingDirectory = folder, EnvironmentFile = environment };
        var deployed = service.Succeed(Operation.Deploy);
        Assert.NotNull(deployed.StartedAt);
        var path = missing switch { "program" => service.ProgramPath, "folder" => folder, _ => environment };
        if (missing == "folder") Directory.Delete(path);
        else File.Delete(path);

        var verified = service.Fail(Operation.Verify, DiagnosticCatalog.DeadDefinition);
        var status = service.Succeed(Operation.Status);

        Assert.Equal("current, current, current", verified.Layers());
        Assert.Equal(deployed.ProcessId, service.ProcessId);
        var finding = Assert.Single(status.Findings);
        Assert.Equal((DiagnosticCatalog.DeadDefinition, Severity.Warning), (finding.Descriptor, finding.Severity));
        Assert.Contains(path, finding.Message, StringComparison.Ordinal);
    }
}
