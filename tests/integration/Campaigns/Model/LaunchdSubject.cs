using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Integration.Tests.Launchd;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Model;

/// <summary>On the simulated launchd.</summary>
internal sealed partial class LaunchdSubject : Subject
{
    private readonly CoreAgent _agent;

    public LaunchdSubject()
        : this(new CoreAgent())
    {
    }

    private LaunchdSubject(CoreAgent agent)
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

    private string Overrides => Path.Combine(_agent.Launchd.State, $"disabled.{_agent.Host.UserId}.json");

    private string Domain => _agent.Domains[0];

    private string Target => $"{Domain}/{_agent.Name}";

    public override Look Look()
    {
        var (exit, shown, _) = _agent.Run("print", Target);
        var held = exit == 0 ? shown : "";
        var process = PrintedProcess().Match(held) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        var state = PrintedState().Match(held).Groups[1].Value;
        var running = Trace.Of(TextOf(process));
        var isLooping = process != 0 && (running is null || Trace.Of(held)?.Definition == Broken);
        var text = File.Exists(Plist) ? File.ReadAllText(Plist) : null;
        return new Look(
            text, false, Trace.Of(held), running, process,
            // The answer of print-disabled comes from there.
            !File.Exists(Overrides) || !Disabled().IsMatch(File.ReadAllText(Overrides)),
            false, isLooping || (held.Length > 0 && state is not ("running" or "not running")), Stamps(text ?? "", held, TextOf(process)));
    }

    public override ValueTask DisposeAsync()
    {
        _agent.Dispose();
        return ValueTask.CompletedTask;
    }

    // What is to be kept alive is tried for ever.
    protected override bool IsLooping(Look look) =>
        look.Held is { } held && (held.Definition == Broken || !Exists(held.Place));

    protected override async Task<bool> OperateAsync(Act act, Look now)
    {
        switch (act)
        {
            case Act.EditByHand: return EditByHand(Plist, now);
            case Act.DeleteFile when now.Text is not null:
                File.Delete(Plist);
                return true;
            case Act.Disable when now.IsEnabled:
                _agent.Run("disable", Target);
                return true;
            case Act.StopByHand when now.ProcessId != 0:
                _agent.Run("stop", _agent.Name);
                return true;
            case Act.ReloadManager when now.Held is not null:
                // Here that takes two commands, and the operator forgot the second.
                _agent.Run("bootout", Target);
                await Manager.UntilAsync(() => Look().Held is null, "unloaded");
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

    // Root fields have one tab.
    [GeneratedRegex(@"^\tpid = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedProcess();

    [GeneratedRegex(@"^\tstate = (.+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedState();
}
