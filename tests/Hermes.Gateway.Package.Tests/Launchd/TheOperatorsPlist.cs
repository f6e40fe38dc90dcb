using System.Xml.Linq;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>The definition file is where an operator says more, and where other tools have written before us.</summary>
[Collection(LaunchdCollection.Name)]
public sealed class TheOperatorsPlist(PackageFixture package)
{
    [Fact]
    public Task Keeps_its_own_keys_in_a_repair() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync("-p:HermesGatewayArguments=old");
        await EditAsync(agent, dict =>
        {
            dict.Add(new XElement("key", "Nice"), new XElement("integer", 5));
            dict.Add(new XComment(" because of the archive "), new XElement("key", "SoftResourceLimits"),
                new XElement("dict", new XElement("key", "NumberOfFiles"), new XElement("integer", 4096)));
            Value(dict, "EnvironmentVariables").Add(new XElement("key", "TZ"), new XElement("string", "Europe/Berlin & back"));
            Value(dict, "ExitTimeOut").Value = "7";
        });

        var run = await agent.DeployAsync("-p:HermesGatewayArguments=new");

        var dict = XDocument.Load(agent.Plist).Root!.Element("dict")!;
        Assert.Equal("5", Value(dict, "Nice").Value);
        Assert.Equal("4096", Value(Value(dict, "SoftResourceLimits"), "NumberOfFiles").Value);
        Assert.Equal("Europe/Berlin & back", Value(Value(dict, "EnvironmentVariables"), "TZ").Value);
        Assert.Equal("7", Value(dict, "ExitTimeOut").Value);
        Assert.Contains(dict.Nodes().OfType<XComment>(), comment => comment.Value.Contains("because of the archive", StringComparison.Ordinal));
        Assert.Contains("HGW2010", run.Service.Metadata["Findings"], StringComparison.Ordinal);
        Assert.Contains("TZ=Europe/Berlin & back", await File.ReadAllTextAsync($"/proc/{run.Service.ProcessId}/environ"), StringComparison.Ordinal);
        Assert.Equal("7", agent.Printed("exit timeout"));

        // What was kept is no drift.
        Assert.Equal("unchanged", (await agent.DeployAsync("-p:HermesGatewayArguments=new")).Service.Outcome);
    });

    [Fact]
    public Task Saved_again_in_another_order_and_with_comments_is_no_drift() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        var first = await agent.DeployAsync();
        await EditAsync(agent, dict =>
        {
            var pairs = dict.Elements("key").Select(key => (key, value: key.ElementsAfterSelf().First())).Reverse().ToList();
            dict.RemoveNodes();
            foreach (var (key, value) in pairs) dict.Add(new XComment($" about {key.Value} "), key, "\n\n      ", value);
        });
        var before = agent.Launchd.Calls.Count;

        var again = await agent.DeployAsync();

        Assert.Equal(("unchanged", first.Service.ProcessId), (again.Service.Outcome, again.Service.ProcessId));
        Assert.Empty(agent.ChangesSince(before));
    });

    [Fact]
    public Task With_a_variable_that_was_not_loaded_is_loaded() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        await agent.DeployAsync();
        await EditAsync(agent, dict =>
            Value(dict, "EnvironmentVariables").Add(new XElement("key", "TZ"), new XElement("string", "Asia/Tokyo")));

        var run = await agent.DeployAsync();

        Assert.Contains("an older copy", run.Service.Metadata["Differences"], StringComparison.Ordinal);
        Assert.Contains("TZ=Asia/Tokyo", await File.ReadAllTextAsync($"/proc/{run.Service.ProcessId}/environ"), StringComparison.Ordinal);
    });

    [Fact]
    public Task That_is_none_is_not_overwritten() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project);
        const string text = "<plist><dict><key>Label</key><string>a & b</string></dict></plist>";
        await File.WriteAllTextAsync(agent.Plist, text);

        (await agent.RunAsync("DeployGateway")).FailedWith("HGW2009");

        Assert.Equal(text, await File.ReadAllTextAsync(agent.Plist));
    });

    [Fact]
    public Task Of_the_python_gateway_is_adopted_with_a_backup() => package.WithBuiltWorkerAsync(async (sandbox, project) =>
    {
        using var agent = new Agent(sandbox, project) { Label = "ai.hermes.gateway" };
        var python = Path.Combine(agent.Folder, "python.sh");
        ProgramFile.Write(python, Agent.Lives);
        var text = PythonsDefinition(agent, python);
        await File.WriteAllTextAsync(agent.Plist, text);
        Assert.Equal(0, agent.Launchd.Run("bootstrap", agent.Domain, agent.Plist).Exit);
        await Agent.UntilAsync(() => agent.ProcessId is not null, "the Python gateway runs");
        var before = agent.ProcessId!.Value;

        var status = (await agent.RunAsync("GatewayStatus", "-p:HermesGatewayName=hermes-gateway")).Succeeded();
        Assert.Equal("stale, stale, stale", status.Service.Layers);
        var run = (await agent.RunAsync("DeployGateway", "-p:HermesGatewayName=hermes-gateway")).Succeeded();

        Assert.Equal(agent.Plist, run.Service.Metadata["DefinitionPath"]);
        Assert.Contains("HGW2006", run.Service.Metadata["Findings"], StringComparison.Ordinal);
        Assert.False(Directory.Exists($"/proc/{before}"));
        Assert.Equal(["/bin/sh", agent.Program], agent.CommandLine);
        var originals = Directory.GetFiles(sandbox.PathOf("home", "state", "hermes-gateway", ".originals", "hermes-gateway"));
        Assert.Equal(text, await File.ReadAllTextAsync(Assert.Single(originals)));
        var kept = XDocument.Load(agent.Plist).Root!.Element("dict")!;
        Assert.Equal("30", Value(kept, "ThrottleInterval").Value);
        Assert.Equal("/usr/bin:/bin", Value(Value(kept, "EnvironmentVariables"), "PATH").Value);
        (await agent.RunAsync("UninstallGateway", "-p:HermesGatewayName=hermes-gateway")).Succeeded();
    });

    // The keys that `hermes gateway install` has written for years.
    private static string PythonsDefinition(Agent agent, string python) => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">
        <dict>
            <key>Label</key>
            <string>ai.hermes.gateway</string>
            <key>ProgramArguments</key>
            <array>
                <string>{python}</string>
                <string>-m</string>
                <string>hermes_cli.main</string>
                <string>gateway</string>
                <string>run</string>
            </array>
            <key>WorkingDirectory</key>
            <string>{agent.Folder}</string>
            <key>EnvironmentVariables</key>
            <dict>
                <key>PATH</key>
                <string>/usr/bin:/bin</string>
                <key>HERMES_HOME</key>
                <string>{agent.Folder}</string>
            </dict>
            <key>RunAtLoad</key>
            <true/>
            <key>KeepAlive</key>
            <true/>
            <key>ThrottleInterval</key>
            <integer>30</integer>
            <key>StandardOutPath</key>
            <string>{agent.Folder}/gateway.log</string>
            <key>StandardErrorPath</key>
            <string>{agent.Folder}/gateway.error.log</string>
        </dict>
        </plist>

        """;

    private static async Task EditAsync(Agent agent, Action<XElement> edit)
    {
        var document = XDocument.Load(agent.Plist);
        edit(document.Root!.Element("dict")!);
        await File.WriteAllTextAsync(agent.Plist, $"{document.Declaration}\n{document}\n");
    }

    private static XElement Value(XElement dict, string key) =>
        dict.Elements("key").Single(element => element.Value == key).ElementsAfterSelf().First();
}
