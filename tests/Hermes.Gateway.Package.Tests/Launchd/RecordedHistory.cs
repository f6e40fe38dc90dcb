using System.Text.Json;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>Every operation leaves a record, which outlives the service and can be attached to a bug report.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class RecordedHistory(PackageFixture package)
{
    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public Task Is_shown_by_every_logger(string terminalLogger) => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync();
        (await agent.RunAsync("StopGateway")).Succeeded();

        var text = (await agent.RunAsync("GatewayHistory", $"-tl:{terminalLogger}")).Succeeded().Command.StandardOutput;

        Assert.Contains($"history of {agent.Label}: 2 on record", text, StringComparison.Ordinal);
        Assert.Matches("Z  deploy +changed ", text);
        Assert.Matches("Z  stop +changed ", text);
    });

    [Fact]
    public Task Has_all_operations_after_an_uninstall() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync();
        await agent.DeployAsync();
        await agent.DeployAsync();
        (await agent.RunAsync("GatewayStatus")).Succeeded();
        (await agent.RunAsync("VerifyGateway")).Succeeded();
        File.Delete(agent.Program);
        (await agent.RunAsync("DeployGateway")).FailedWith("HGW0009");
        (await agent.RunAsync("UninstallGateway")).Succeeded();
        var before = agent.Launchd.Calls.Count;

        var all = (await agent.RunAsync("GatewayHistory")).Succeeded().Services;
        var newest = (await agent.RunAsync("GatewayHistory", "-p:HermesGatewayHistoryCount=1")).Succeeded().Service;

        Assert.Equal(
            ["deploy changed 1", "deploy unchanged 2", "deploy failed 1", "uninstall changed 1"],
            all.Select(item => $"{item.Metadata["Verb"]} {item.Outcome} {item.Metadata["Count"]}"));
        Assert.All(all, item => Assert.Equal(agent.Label, item.Name));
        Assert.StartsWith("HGW0009: ", all[2].Metadata["Findings"], StringComparison.Ordinal);
        // A contract with automation, as the other results' metadata are.
        Assert.Equal(
            [
                "Began", "Count", "DurationMilliseconds", "Findings", "LastBegan", "Outcome", "Record", "Steps", "UserId", "Verb",
            ],
            newest.OwnMetadata.Order(StringComparer.Ordinal));
        Assert.Equal("uninstall", newest.Metadata["Verb"]);
        // Launchd was not asked.
        Assert.Equal(before, agent.Launchd.Calls.Count);

        using var first = JsonDocument.Parse(all[0].Metadata["Record"]);
        Assert.Equal(agent.Launchd.UserId, first.RootElement.GetProperty("user").GetUInt32());
        var report = first.RootElement.GetProperty("report");
        Assert.Equal(["write", "load", "start"], report.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("kind").GetString()));
        Assert.Contains(report.GetProperty("commands").EnumerateArray(), command =>
            command.GetProperty("command").GetString()!.Contains($"bootstrap {agent.Domain}", StringComparison.Ordinal)
            && command.GetProperty("exitCode").GetInt32() == 0);
        Assert.Equal(("missing", "current"), (Layer(report, "before"), Layer(report, "after")));
    });

    [Fact]
    public Task Is_exported_as_a_bundle_without_secrets() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        var secrets = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid().ToString("N")).ToArray();
        // The fourth is nobody's but the program's: only what stands around it tells what it is.
        var program = $"""
            #!/bin/sh
            echo "cannot log in with $API_TOKEN, $FROM_FILE or $2" >&2
            echo "db_password={secrets[3]} at http://me:{secrets[3]}@host/" >&2
            exit 3

            """;
        using var agent = new Agent(sandbox, project, program);
        agent.Launchd.Settings(new { timeScale = 0.05 });
        var file = Path.Combine(agent.Folder, "secrets.env");
        await File.WriteAllTextAsync(file, $"FROM_FILE={secrets[1]}\n");
        string[] options =
        [
            $"-p:HermesGatewayEnvironment=API_TOKEN={secrets[0]}",
            $"-p:HermesGatewayEnvironmentFile={file}",
            $"-p:HermesGatewayArguments=\"--token;{secrets[2]}\"",
            $"-p:HermesGatewayHealthCheck=http://me:{secrets[4]}@127.0.0.1:9/",
        ];
        (await agent.RunAsync("DeployGateway", options)).FailedWith("HGW4006");
        // So that the test is about something: they are there to be leaked.
        var plist = await File.ReadAllTextAsync(agent.Plist);
        Assert.All([secrets[0], secrets[2]], secret => Assert.Contains(secret, plist, StringComparison.Ordinal));
        var log = await File.ReadAllTextAsync(agent.ErrorLog);
        Assert.All(secrets[..4], secret => Assert.Contains(secret, log, StringComparison.Ordinal));
        var bundle = Path.Combine(agent.Folder, "evidence", "bundle.json");

        var run = (await agent.RunAsync("GatewayHistory", [.. options, $"-p:HermesGatewayBundleFile={bundle}"])).Succeeded();

        var text = await File.ReadAllTextAsync(bundle);
        var kept = await File.ReadAllTextAsync(Path.Combine(sandbox.StateHome, "hermes-gateway", ".history", $"{agent.Label}.jsonl"));
        Assert.Contains("cannot log in with (hidden), (hidden) or (hidden)", text, StringComparison.Ordinal);
        foreach (var secret in secrets)
            Assert.All([text, kept, run.Service.Metadata["Record"]], where => Assert.DoesNotContain(secret, where, StringComparison.Ordinal));
        using var document = JsonDocument.Parse(text);
        var service = Assert.Single(document.RootElement.GetProperty("services").EnumerateArray());
        Assert.Equal("HGW4006", service.GetProperty("lastFailure").GetProperty("report").GetProperty("findings")[0].GetProperty("code").GetString());
        Assert.StartsWith("Darwin Bootstrapper", service.GetProperty("managerVersion").GetString(), StringComparison.Ordinal);
        Assert.Equal("(removed)", service.GetProperty("definition").GetProperty("keys").GetProperty("Environment[API_TOKEN]").GetString());
        Assert.Contains(package.Version, document.RootElement.GetProperty("package").GetString(), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(bundle));
    });

    private static string? Layer(JsonElement report, string when) => report.GetProperty(when).GetProperty("installed").GetString();
}
