using System.Globalization;
using System.Text.RegularExpressions;
using Hermes.Gateway.Integration.Tests.Launchd;
using Hermes.Gateway.Integration.Tests.Robustness.Model;

namespace Hermes.Gateway.Integration.Tests.Robustness;

/// <summary>An agent of the simulated launchd.</summary>
internal sealed partial class ObservedAgent : ObservedService
{
    private readonly CoreAgent _agent;

    public ObservedAgent(bool isFast)
        : this(new CoreAgent(program: Program)) => _agent.Launchd.Settings(new { timeScale = isFast ? 0.02 : 0.05 });

    private ObservedAgent(CoreAgent agent)
        : base(agent) => _agent = agent;

    public override string ManagerName => "launchd";

    public override IReadOnlyList<(string Name, string Path)> Tools => [("launchctl", _agent.Launchd.Launchctl)];

    public override string ToolProperty => "LaunchctlPath";

    public override IReadOnlyDictionary<string, string?> Environment => _agent.Launchd.Environment.Add("XDG_STATE_HOME", Host.StateHome);

    public override bool LoadingStarts => true;

    private string DisabledServicesFile => Path.Combine(_agent.Launchd.State, $"disabled.{_agent.Host.UserId}.json");

    /// <summary>The text of <c>launchctl error</c> for an exit status.</summary>
    public string TextOfStatus(int code) => _agent.Run("error", $"{code}").Out.Trim();

    public override Snapshot TakeSnapshot()
    {
        var printed = _agent.Domains.Select(domain => _agent.Run("print", $"{domain}/{_agent.Name}"))
            .Where(print => print.Exit == 0).Select(print => print.Out).ToList();
        var named = printed.Select(text => PrintedProcess().Match(text)).Where(match => match.Success)
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        var (loaded, process) = (printed.FirstOrDefault() ?? "", named.FirstOrDefault());
        var running = DefinitionMarks.Of(TextOf(process));
        var isLooping = process != 0 && (running is null || DefinitionMarks.Of(loaded)?.Definition == Broken);
        var text = File.Exists(DefinitionPath) ? File.ReadAllText(DefinitionPath) : null;
        return new Snapshot(
            text, false, printed.Count > 0, DefinitionMarks.Of(loaded), running, process,
            // The file from which the simulator answers print-disabled.
            !File.Exists(DisabledServicesFile) || !Disabled().IsMatch(File.ReadAllText(DisabledServicesFile)),
            false, isLooping || printed.Exists(text => PrintedState().Match(text).Groups[1].Value is not ("running" or "not running")),
            Stamps(text ?? "", loaded, TextOf(process)), string.Join(' ', Processes().Except(named).Order()));
    }

    // launchd restarts a job with KeepAlive without end.
    protected override bool IsLooping(Snapshot snapshot) =>
        snapshot.Loaded is { } loaded && (loaded.Definition == Broken || !Exists(loaded.Place));

    protected override async Task<bool> ApplyOperatorActionAsync(HistoryAction action, Snapshot now)
    {
        switch (action)
        {
            case HistoryAction.Disable when now.IsEnabled:
                _agent.Run("disable", _agent.GuiTarget);
                return true;
            case HistoryAction.StopByHand when now.ProcessId != 0:
                _agent.Run("stop", _agent.Name);
                return true;
            case HistoryAction.ReloadManager when now.Loaded is not null:
                // A reload is bootout and bootstrap; the operator has run the first only.
                await _agent.UnloadAsync();
                return true;
            default: return false;
        }
    }

    [GeneratedRegex(@":\s*true")]
    private static partial Regex Disabled();

    // In the output of "launchctl print", the fields of the job itself are indented by one tab.
    [GeneratedRegex(@"^\tpid = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedProcess();

    [GeneratedRegex(@"^\tstate = (.+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedState();
}
