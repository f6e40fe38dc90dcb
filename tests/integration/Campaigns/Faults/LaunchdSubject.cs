using System.Globalization;
using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Integration.Tests.Launchd;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Faults;

/// <summary>An agent of a simulated launchd.</summary>
internal sealed partial class LaunchdSubject : Subject
{
    private readonly CoreAgent _agent = new(program: ProgramText);

    // A crash loop is to be seen within the short deadlines of a campaign.
    public LaunchdSubject() => _agent.Launchd.Settings(new { timeScale = 0.05 });

    public override string ManagerName => "launchd";

    public override HostContext Host => _agent.Host;

    public override IReadOnlyList<(string Name, string Path)> Tools => [("launchctl", _agent.Launchd.Launchctl)];

    public override string Folder => _agent.PathOf("");

    public override string DefinitionPath => Path.Combine(_agent.Launchd.LaunchAgents, $"{_agent.Name}.plist");

    // The state folder is found as on a real machine: from the caller's variables.
    public override IReadOnlyDictionary<string, string?> Environment =>
        _agent.Launchd.Environment.Add("XDG_STATE_HOME", _agent.Host.StateHome);

    protected override ServiceInput Input => _agent.Input;

    /// <summary>launchd's own words for an error.</summary>
    public string TextOf(int code) => _agent.Run("error", $"{code}").Out.Trim();

    public override Sight Look()
    {
        var held = _agent.Domains.Select(domain => _agent.Run("print", $"{domain}/{_agent.Name}"))
            .Where(print => print.Exit == 0).Select(print => print.Out).ToList();
        var processes = Sight.ProcessesOf(_agent.Program);
        var named = held.Select(text => PrintedProcess().Match(text)).Where(match => match.Success)
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        var process = named.Where(processes.ContainsKey).Select(id => (int?)id).FirstOrDefault();
        return new Sight(
            ReadDefinition(),
            held.Count > 0,
            held.Select(Sight.ArgumentIn).FirstOrDefault(),
            process,
            process is { } id ? processes[id] : null,
            File.Exists(DefinitionPath),
            held.Exists(text => PrintedState().Match(text).Groups[1].Value is "SIGTERMed" or "SIGKILLed" or "xpcproxy"),
            string.Join(' ', processes.Keys.Except(named).Order()));
    }

    public override ValueTask DisposeAsync()
    {
        _agent.Dispose();
        return ValueTask.CompletedTask;
    }

    // Root fields have one tab.
    [GeneratedRegex(@"^\tpid = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedProcess();

    [GeneratedRegex(@"^\tstate = (.+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedState();
}
