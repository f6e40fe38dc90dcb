using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Integration.Tests.Launchd;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Model;

/// <summary>A job of the simulated launchd.</summary>
internal sealed partial class LaunchdServiceUnderTest : ServiceUnderTest
{
    private readonly CoreAgent _agent;

    public LaunchdServiceUnderTest()
        : this(new CoreAgent())
    {
    }

    private LaunchdServiceUnderTest(CoreAgent agent)
        : base(agent.Host, new CliWrapProcessRunner(() => StartIn(agent)))
    {
        _agent = agent;
        agent.Launchd.Settings(new { timeScale = 0.02 });
        MakePlace();
    }

    public override bool LoadingStarts => true;

    public override IEnumerable<string> Copies
    {
        get
        {
            var state = Path.Combine(Host.StateHome, "hermes-gateway");
            return [Path.Combine(state, _agent.Name, "backups"), Path.Combine(state, ".originals", _agent.Name), Path.Combine(state, _agent.Name)];
        }
    }

    protected override string Root => _agent.PathOf("places");

    protected override ServiceInput Input => _agent.Input;

    private string Plist => Path.Combine(Host.Home, "Library", "LaunchAgents", _agent.Name + ".plist");

    private string DisabledServicesFile => Path.Combine(_agent.Launchd.State, $"disabled.{_agent.Host.UserId}.json");

    private string Domain => _agent.Domains[0];

    private string Target => $"{Domain}/{_agent.Name}";

    public override Snapshot TakeSnapshot()
    {
        var (exit, shown, _) = _agent.Run("print", Target);
        var loaded = exit == 0 ? shown : "";
        var process = PrintedProcess().Match(loaded) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        var state = PrintedState().Match(loaded).Groups[1].Value;
        var running = DefinitionMarks.Of(TextOf(process));
        var isLooping = process != 0 && (running is null || DefinitionMarks.Of(loaded)?.Definition == Broken);
        var text = File.Exists(Plist) ? File.ReadAllText(Plist) : null;
        return new Snapshot(
            text, false, DefinitionMarks.Of(loaded), running, process,
            // The file from which the simulator answers print-disabled.
            !File.Exists(DisabledServicesFile) || !Disabled().IsMatch(File.ReadAllText(DisabledServicesFile)),
            false, isLooping || (loaded.Length > 0 && state is not ("running" or "not running")), Stamps(text ?? "", loaded, TextOf(process)));
    }

    public override ValueTask DisposeAsync()
    {
        _agent.Dispose();
        return ValueTask.CompletedTask;
    }

    // launchd restarts a job with KeepAlive without end.
    protected override bool IsLooping(Snapshot snapshot) =>
        snapshot.Loaded is { } loaded && (loaded.Definition == Broken || !Exists(loaded.Place));

    protected override async Task<bool> ApplyOperatorActionAsync(HistoryAction action, Snapshot now)
    {
        switch (action)
        {
            case HistoryAction.EditByHand: return EditByHand(Plist, now);
            case HistoryAction.DeleteFile when now.Text is not null:
                File.Delete(Plist);
                return true;
            case HistoryAction.Disable when now.IsEnabled:
                _agent.Run("disable", Target);
                return true;
            case HistoryAction.StopByHand when now.ProcessId != 0:
                _agent.Run("stop", _agent.Name);
                return true;
            case HistoryAction.ReloadManager when now.Loaded is not null:
                // A reload is bootout and bootstrap; the operator has run the first only.
                _agent.Run("bootout", Target);
                await Manager.UntilAsync(() => TakeSnapshot().Loaded is null, "the job is unloaded");
                return true;
            default: return false;
        }
    }

    private static ProcessStartInfo StartIn(CoreAgent agent)
    {
        var start = new ProcessStartInfo();
        foreach (var (name, value) in agent.Launchd.Environment) start.Environment[name] = value;
        return start;
    }

    [GeneratedRegex(@":\s*true")]
    private static partial Regex Disabled();

    // In the output of "launchctl print", the fields of the job itself are indented by one tab.
    [GeneratedRegex(@"^\tpid = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedProcess();

    [GeneratedRegex(@"^\tstate = (.+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedState();
}
