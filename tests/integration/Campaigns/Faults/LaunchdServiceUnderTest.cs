using System.Globalization;
using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Integration.Tests.Launchd;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Faults;

/// <summary>An agent of the simulated launchd.</summary>
internal sealed partial class LaunchdServiceUnderTest : ServiceUnderTest
{
    private readonly CoreAgent _agent = new(program: ProgramText);

    // With a smaller time scale, launchd restarts a job quickly enough to observe a crash loop within the short timeouts.
    public LaunchdServiceUnderTest() => _agent.Launchd.Settings(new { timeScale = 0.05 });

    public override string ManagerName => "launchd";

    public override HostContext Host => _agent.Host;

    public override IReadOnlyList<(string Name, string Path)> Tools => [("launchctl", _agent.Launchd.Launchctl)];

    public override string Folder => _agent.PathOf("");

    public override string DefinitionPath => Path.Combine(_agent.Launchd.LaunchAgents, $"{_agent.Name}.plist");

    // The driver process finds the state folder by this variable.
    public override IReadOnlyDictionary<string, string?> Environment =>
        _agent.Launchd.Environment.Add("XDG_STATE_HOME", _agent.Host.StateHome);

    protected override ServiceInput Input => _agent.Input;

    /// <summary>The text of <c>launchctl error</c> for an exit status.</summary>
    public string TextOf(int code) => _agent.Run("error", $"{code}").Out.Trim();

    public override Snapshot TakeSnapshot()
    {
        var printed = _agent.Domains.Select(domain => _agent.Run("print", $"{domain}/{_agent.Name}"))
            .Where(print => print.Exit == 0).Select(print => print.Out).ToList();
        var processes = Snapshot.ProcessesOf(_agent.Program);
        var named = printed.Select(text => PrintedProcess().Match(text)).Where(match => match.Success)
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        var process = named.Where(processes.ContainsKey).Select(id => (int?)id).FirstOrDefault();
        return new Snapshot(
            ReadDefinition(),
            printed.Count > 0,
            printed.Select(Snapshot.ArgumentIn).FirstOrDefault(),
            process,
            process is { } id ? processes[id] : null,
            File.Exists(DefinitionPath),
            printed.Exists(text => PrintedState().Match(text).Groups[1].Value is "SIGTERMed" or "SIGKILLed" or "xpcproxy"),
            string.Join(' ', processes.Keys.Except(named).Order()));
    }

    public override ValueTask DisposeAsync()
    {
        _agent.Dispose();
        return ValueTask.CompletedTask;
    }

    // In the output of "launchctl print", the fields of the job itself are indented by one tab.
    [GeneratedRegex(@"^\tpid = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedProcess();

    [GeneratedRegex(@"^\tstate = (.+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedState();
}
