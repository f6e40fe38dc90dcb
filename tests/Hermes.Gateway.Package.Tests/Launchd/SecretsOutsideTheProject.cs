using System.IO.Compression;
using System.Text;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>Secrets that MSBuild was not given in this build are in no byte that the build leaves behind: those of an
/// environment file, of an operator, of the program's own words, and of an earlier build.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class SecretsOutsideTheProject(PackageFixture package)
{
    private static readonly string[] Reports =
    [
        "-p:HermesGatewayReportFile=evidence/report.json", "-p:HermesGatewayJUnitFile=evidence/report.junit.xml",
        "-p:HermesGatewaySummaryFile=evidence/summary.md",
    ];

    [Fact]
    public Task Are_in_no_byte_that_a_build_leaves() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        var (file, operators, words, old, address) = (NewSecret(), NewSecret(), NewSecret(), NewSecret(), NewSecret());
        using var agent = new Agent(sandbox, project, $"""
            #!/bin/sh
            if [ "$1" = die ]; then
                echo "cannot log in with $FROM_FILE, $THEIR_TOKEN or $API_TOKEN; db_password={words} at http://me:{words}@host/" >&2
                exit 3
            fi
            trap 'exit 0' TERM
            while :; do sleep 0.05; done

            """);
        agent.Launchd.Settings(new { timeScale = 0.05 });
        var variables = Path.Combine(agent.Folder, "secrets.env");
        await File.WriteAllTextAsync(variables, $"FROM_FILE={file}\n");
        string[] options = [$"-p:HermesGatewayEnvironmentFile={variables}", .. Reports];
        // The only build that is given one of them.
        await agent.DeployAsync(
            [.. options, $"-p:HermesGatewayEnvironment=\"API_TOKEN={old};DB_URL=postgres://u:{address}@h/db\"", $"-p:HermesGatewayArguments=\"--header;Authorization: Bearer {address}\""]);
        var plist = await File.ReadAllTextAsync(agent.Plist);
        await File.WriteAllTextAsync(agent.Plist, plist.Replace(
            "<key>API_TOKEN</key>", $"<key>THEIR_TOKEN</key>\n\t\t<string>{operators}</string>\n\t\t<key>API_TOKEN</key>", StringComparison.Ordinal));
        Directory.Delete(EvidenceOf(project), recursive: true);

        string[] current = [.. options, "-p:HermesGatewayEnvironment=API_TOKEN=another"];
        var runs = new List<BuildRun>
        {
            await agent.RunAsync("PlanGateway", [.. current, "-v:diag"]),
            await agent.RunAsync("GatewayStatus", current),
            await agent.RunAsync("VerifyGateway", current),
            (await agent.RunAsync("DeployGateway", [.. current, "-p:HermesGatewayArguments=live", "-v:diag"])).Succeeded(),
            await agent.RunAsync("DeployGateway", [.. current, "-p:HermesGatewayArguments=die", Agent.ProofOfLife, "-v:diag"]),
        };
        Assert.Equal("rolled-back", runs[^1].Service.Outcome);
        runs.Add(await agent.RunAsync(
            "DeployGateway", [.. current, "-p:HermesGatewayArguments=die", "-p:HermesGatewayRollback=false", Agent.ProofOfLife]));
        Assert.Equal("failed", runs[^1].Service.Outcome);
        runs.Add(await agent.RunAsync("GatewayStatus", current));
        runs.Add(await agent.RunAsync("GatewayHistory", [.. current, "-p:HermesGatewayBundleFile=evidence/bundle.json"]));

        // So that the test is about something: all of them are there to be leaked.
        Assert.Contains(operators, await File.ReadAllTextAsync(agent.Plist), StringComparison.Ordinal);
        var log = await File.ReadAllTextAsync(agent.ErrorLog);
        Assert.All([file, operators, words], secret => Assert.Contains(secret, log, StringComparison.Ordinal));
        var left = Directory.GetFiles(EvidenceOf(project))
            .Append(Path.Combine(sandbox.StateHome, "hermes-gateway", ".history", $"{agent.Label}.jsonl")).ToList();
        Assert.Equal(5, left.Count);
        var texts = left.Select(path => (path, File.ReadAllText(path)))
            .Concat(runs.Select(run => (run.Binlog, Unpacked(run.Binlog))))
            .Concat(runs.Select(run => (run.Binlog + ": output", run.Command.StandardOutput + run.Command.StandardError)));
        foreach (var (where, text) in texts)
            foreach (var (what, secret) in new[] { ("the file's", file), ("the operator's", operators), ("the program's", words), ("the old one", old), ("the old address", address) })
                Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{what} is in {where}: {Around(text, secret)}");
        Assert.All(runs, run => Assert.Contains(agent.Label, Unpacked(run.Binlog), StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(sandbox.StateHome, "hermes-gateway", agent.Label, "under-way.json")));
        Directory.Delete(EvidenceOf(project), recursive: true);
    });

    private static string EvidenceOf(string project) => Path.Combine(Path.GetDirectoryName(project)!, "evidence");

    private static string NewSecret() => Guid.NewGuid().ToString("N");

    private static string Around(string text, string secret)
    {
        var at = text.IndexOf(secret, StringComparison.Ordinal);
        return text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 100)];
    }

    // All of its bytes, one character each.
    private static string Unpacked(string binlog)
    {
        using var file = new GZipStream(File.OpenRead(binlog), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return Encoding.Latin1.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
