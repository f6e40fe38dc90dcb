using System.Xml.Linq;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>A definition that an operator has edited, or another tool has written.</summary>
public class PlistEditedByAnOperator
{
    [Fact]
    public void Foreign_keys_are_kept_by_a_repair()
    {
        using var agent = new CoreAgent();
        agent.Deploy("old");
        Edit(agent, dict =>
        {
            dict.Add(new XElement("key", "Nice"), new XElement("integer", 5));
            dict.Add(new XComment(" because of the archive "), new XElement("key", "SoftResourceLimits"),
                new XElement("dict", new XElement("key", "NumberOfFiles"), new XElement("integer", 4096)));
            Value(dict, "EnvironmentVariables").Add(new XElement("key", "TZ"), new XElement("string", "Europe/Berlin & back"));
            Value(dict, "ExitTimeOut").Value = "7";
        });

        var run = agent.Deploy("new");

        var dict = XDocument.Load(agent.Plist).Root!.Element("dict")!;
        Assert.Equal("5", Value(dict, "Nice").Value);
        Assert.Equal("4096", Value(Value(dict, "SoftResourceLimits"), "NumberOfFiles").Value);
        Assert.Equal("Europe/Berlin & back", Value(Value(dict, "EnvironmentVariables"), "TZ").Value);
        Assert.Equal("7", Value(dict, "ExitTimeOut").Value);
        Assert.Contains(dict.Nodes().OfType<XComment>(), comment => comment.Value.Contains("because of the archive", StringComparison.Ordinal));
        Assert.Contains("HGW2010", run.FindingsText(), StringComparison.Ordinal);
        Assert.Contains("TZ=Europe/Berlin & back", File.ReadAllText($"/proc/{run.ProcessId}/environ"), StringComparison.Ordinal);
        Assert.Equal("7", agent.Printed("exit timeout"));

        // What was kept is no drift.
        Assert.Equal(Outcome.Unchanged, agent.Deploy("new").Outcome);
    }

    [Fact]
    public void Other_order_and_comments_are_no_drift()
    {
        using var agent = new CoreAgent();
        var first = agent.Deploy();
        Edit(agent, dict =>
        {
            var pairs = dict.Elements("key").Select(key => (key, value: key.ElementsAfterSelf().First())).Reverse().ToList();
            dict.RemoveNodes();
            foreach (var (key, value) in pairs) dict.Add(new XComment($" about {key.Value} "), key, "\n\n      ", value);
        });
        var before = agent.Launchd.Calls.Count;

        var again = agent.Deploy();

        Assert.Equal((Outcome.Unchanged, first.ProcessId), (again.Outcome, again.ProcessId));
        Assert.Empty(agent.ChangesSince(before));
    }

    [Fact]
    public void Foreign_variable_that_was_not_loaded_is_loaded()
    {
        using var agent = new CoreAgent();
        agent.Deploy();
        Edit(agent, dict =>
            Value(dict, "EnvironmentVariables").Add(new XElement("key", "TZ"), new XElement("string", "Asia/Tokyo")));

        var run = agent.Deploy();

        Assert.Contains("an older copy", run.DifferencesText(), StringComparison.Ordinal);
        Assert.Contains("TZ=Asia/Tokyo", File.ReadAllText($"/proc/{run.ProcessId}/environ"), StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_plist_is_not_overwritten()
    {
        using var agent = new CoreAgent();
        const string text = "<plist><dict><key>Label</key><string>a & b</string></dict></plist>";
        File.WriteAllText(agent.Plist, text);

        agent.Try(Operation.Deploy).FailedWith("HGW2009");

        Assert.Equal(text, File.ReadAllText(agent.Plist));
    }

    [Fact]
    public async Task Plist_of_the_Python_gateway_is_replaced_and_a_backup_is_kept()
    {
        using var agent = new CoreAgent();
        const string label = "ai.hermes.gateway";
        var plist = Path.Combine(agent.Launchd.LaunchAgents, $"{label}.plist");
        var python = agent.PathOf("python.sh");
        ProgramFile.Write(python, ServiceUnderTest.LongRunningProgram);
        Directory.CreateDirectory(agent.PathOf("python-home"));
        var text = PythonsDefinition(agent.PathOf("python-home"), python);
        File.WriteAllText(plist, text);
        Assert.Equal(0, agent.Launchd.Run("bootstrap", agent.GuiDomain, plist).Exit);
        await Manager.UntilAsync(() => Running() is not null, "the Python gateway runs");
        var before = Running()!;

        var status = agent.Try(Operation.Status, change: input => input with { Name = "hermes-gateway" }).Succeeded();
        Assert.Equal("stale, stale, stale", status.Layers());
        var run = agent.Try(Operation.Deploy, change: input => input with { Name = "hermes-gateway" }).Succeeded();

        Assert.Equal(plist, run.DefinitionPath);
        Assert.Contains("HGW2006", run.FindingsText(), StringComparison.Ordinal);
        Assert.False(Directory.Exists($"/proc/{before}"));
        Assert.Equal(["/bin/sh", agent.ProgramPath], CoreAgent.CommandLineOf(run.ProcessId!.Value));
        var originals = Directory.GetFiles(Path.Combine(agent.Host.StateHome, "hermes-gateway", ".originals", "hermes-gateway"));
        Assert.Equal(text, File.ReadAllText(Assert.Single(originals)));
        var kept = XDocument.Load(plist).Root!.Element("dict")!;
        Assert.Equal("30", Value(kept, "ThrottleInterval").Value);
        Assert.Equal("/usr/bin:/bin", Value(Value(kept, "EnvironmentVariables"), "PATH").Value);
        agent.Try(Operation.Uninstall, change: input => input with { Name = "hermes-gateway" }).Succeeded();

        string? Running() => agent.Launchd.Run("print", $"{agent.GuiDomain}/{label}").Out.Split('\n')
            .FirstOrDefault(line => line.StartsWith("\tpid = ", StringComparison.Ordinal))?[7..];
    }

    // The keys that `hermes gateway install` has written for years.
    private static string PythonsDefinition(string folder, string python) => $"""
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
            <string>{folder}</string>
            <key>EnvironmentVariables</key>
            <dict>
                <key>PATH</key>
                <string>/usr/bin:/bin</string>
                <key>HERMES_HOME</key>
                <string>{folder}</string>
            </dict>
            <key>RunAtLoad</key>
            <true/>
            <key>KeepAlive</key>
            <true/>
            <key>ThrottleInterval</key>
            <integer>30</integer>
            <key>StandardOutPath</key>
            <string>{folder}/gateway.log</string>
            <key>StandardErrorPath</key>
            <string>{folder}/gateway.error.log</string>
        </dict>
        </plist>

        """;

    private static void Edit(CoreAgent agent, Action<XElement> edit)
    {
        var document = XDocument.Load(agent.Plist);
        edit(document.Root!.Element("dict")!);
        File.WriteAllText(agent.Plist, $"{document.Declaration}\n{document}\n");
    }

    private static XElement Value(XElement dict, string key) =>
        dict.Elements("key").Single(element => element.Value == key).ElementsAfterSelf().First();
}
