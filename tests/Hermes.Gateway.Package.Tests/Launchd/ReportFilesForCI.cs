using System.Text.Json;
using System.Xml.Linq;
using Hermes.Gateway.Package.Tests.Infra;
using Hermes.Gateway.Package.Tests.Scenarios;
using Microsoft.Build.Logging.StructuredLogger;
using Task = System.Threading.Tasks.Task;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>A pipeline deploys and verifies, and collects the files that the build leaves.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class ReportFilesForCI(PackageFixture package)
{
    private const string Report = "-p:HermesGatewayReportFile=out é/a report.json";

    private static readonly string[] Files =
        [Report, "-p:HermesGatewaySummaryFile=out é/summary.md", "-p:HermesGatewayJUnitFile=out é/%241.junit.xml"];

    private static readonly string[] Good = ["release skipped", "definition pass", "loaded pass", "process pass", "enabled pass", "ownership pass"];

    [Theory]
    [InlineData("-m")]
    [InlineData("-mt")]
    public Task Pass_after_a_deploy_and_fail_after_an_unload(string option) => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        var files = FilesBeside(project);

        await agent.DeployAsync([option, .. Files]);
        Assert.Equal(("deploy", "changed"), ReadReport(files, out var rows));
        Assert.Equal([.. Good, "stability pass", "health skipped"], rows);
        Assert.Equal(("0", "0"), ReadJUnit(files));

        (await agent.RunAsync("VerifyGateway", [option, .. Files])).Succeeded();
        Assert.Equal(("verify", "unchanged"), ReadReport(files, out rows));
        Assert.Equal([.. Good, "stability pass", "health skipped"], rows);

        agent.Launchd.Run("bootout", agent.Target);
        await Agent.UntilAsync(() => !agent.IsLoaded, "unloaded");
        Assert.NotEqual(0, (await agent.RunAsync("VerifyGateway", [option, .. Files])).ExitCode);
        Assert.Equal(("verify", "failed"), ReadReport(files, out rows));
        Assert.Equal(["definition pass", "loaded fail", "process fail"], rows.Skip(1).Take(3));
        Assert.Equal(("2", "0"), ReadJUnit(files));

        var summary = await File.ReadAllLinesAsync(Path.Combine(files, "summary.md"));
        Assert.Equal(
            ["### Hermes.Gateway: deploy changed", "### Hermes.Gateway: verify unchanged", "### Hermes.Gateway: verify failed"],
            summary.Where(line => line.StartsWith('#')));
        Assert.Equal(3, summary.Count(line => line.StartsWith($"| {agent.Label} | ", StringComparison.Ordinal)));
        Assert.Contains(summary, line => line.StartsWith("- **HGW4003** (error) ", StringComparison.Ordinal));
        Assert.Equal(["$1.junit.xml", "a report.json", "summary.md"], Directory.GetFiles(files).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Directory.Delete(files, recursive: true);
    });

    [Fact]
    public Task Include_the_GitHub_step_summary_without_secrets() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        var files = FilesBeside(project);
        var step = agent.Variables["GITHUB_STEP_SUMMARY"] = Path.Combine(agent.Folder, "step.md");

        await agent.DeployAsync("-p:HermesGatewayEnvironment=API_TOKEN=hunter1");
        await agent.RunAsync("VerifyGateway", ["-p:HermesGatewayEnvironment=API_TOKEN=hunter2", .. Files]);
        var verified = await agent.RunAsync("VerifyGateway", "-p:HermesGatewayEnvironment=API_TOKEN=hunter2");

        verified.FailedWith("HGW4002", "HGW4005");
        Assert.Contains("Environment[API_TOKEN]", await File.ReadAllTextAsync(Path.Combine(files, "a report.json")), StringComparison.Ordinal);
        // Not the one whose summary went elsewhere.
        Assert.Equal(2, (await File.ReadAllLinesAsync(step!)).Count(line => line.StartsWith('#')));
        foreach (var file in Directory.GetFiles(files).Append(step!))
            Assert.DoesNotContain("hunter", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Directory.Delete(files, recursive: true);
    });

    [Fact]
    public Task Are_a_warning_only_when_they_cannot_be_written() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);

        // The name of a file where a folder is needed.
        var run = await agent.DeployAsync($"-p:HermesGatewayReportFile={Path.GetFileName(project)}/report.json");

        Assert.Equal("changed", run.Service.Outcome);
        Assert.Equal("HGW1007", Assert.Single(run.Nodes<Warning>()).Code);
    });

    [Fact]
    public Task Are_written_once_for_a_multi_targeted_project() => package.InSandboxAsync(async sandbox =>
    {
        var project = MultiTargetedProject.Write(
            sandbox, "net10.0;netstandard2.0", service: null,
            "<HermesGatewayTargetFramework>net10.0</HermesGatewayTargetFramework><HermesGatewaySummaryFile>out é/summary.md</HermesGatewaySummaryFile>");
        sandbox.Dotnet("restore", project).Succeeded();
        using var agent = new Agent(sandbox, project);

        await agent.DeployAsync(Report);

        Assert.Equal(("deploy", "changed"), ReadReport(FilesBeside(project), out _));
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(FilesBeside(project), "summary.md")), line => line.StartsWith('#'));
    });

    private static string FilesBeside(string project) => Path.Combine(Path.GetDirectoryName(project)!, "out é");

    /// <summary>Verb and outcome of the report, which must be as the schema in the package says; and its only service's rows.</summary>
    private (string? Verb, string? Outcome) ReadReport(string folder, out IReadOnlyList<string> rows)
    {
        var json = File.ReadAllText(Path.Combine(folder, "a report.json"));
        Assert.Empty(ReportSchema.Read(Path.Combine(package.Extracted, "docs", "report.schema.json")).Violations(json));
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        rows = [.. Assert.Single(root.GetProperty("services").EnumerateArray()).GetProperty("checks").EnumerateArray()
            .Select(row => $"{row.GetProperty("name").GetString()} {row.GetProperty("result").GetString()}")];
        return (root.GetProperty("verb").GetString(), root.GetProperty("outcome").GetString());
    }

    private static (string Failures, string Errors) ReadJUnit(string folder)
    {
        var root = XDocument.Load(Path.Combine(folder, "$1.junit.xml")).Root!;
        Assert.Equal(8, Assert.Single(root.Elements("testsuite")).Elements("testcase").Count());
        return (root.Attribute("failures")!.Value, root.Attribute("errors")!.Value);
    }
}
