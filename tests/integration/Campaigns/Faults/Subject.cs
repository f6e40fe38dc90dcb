using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Faults;

/// <summary>One service under some manager, put into a state, run a verb on, and looked at.</summary>
internal abstract class Subject : IAsyncDisposable
{
    /// <summary>Lives until it is told to end, unless it is told to die at once.</summary>
    protected const string ProgramText =
        "#!/bin/sh\n[ \"$1\" != argument-die ] || exit 3\ntrap 'exit 0' TERM\nwhile :; do sleep 0.05; done\n";

    private const double Ample = 30;

    public abstract string ManagerName { get; }

    public abstract HostContext Host { get; }

    /// <summary>The manager's own tools, by name; the one that a definition can name comes first.</summary>
    public abstract IReadOnlyList<(string Name, string Path)> Tools { get; }

    public abstract string Folder { get; }

    public abstract string DefinitionPath { get; }

    /// <summary>What processes that use the manager need in their environment.</summary>
    public abstract IReadOnlyDictionary<string, string?> Environment { get; }

    public string StateFolder => Path.Combine(Host.StateFolder(ServiceScope.User), Input.Name);

    /// <summary>There while an operation is under way, and after one that was cut short.</summary>
    public string Note => Path.Combine(StateFolder, "under-way.json");

    protected abstract ServiceInput Input { get; }

    /// <summary>Looks at it once.</summary>
    public abstract Sight Look();

    public abstract ValueTask DisposeAsync();

    /// <summary>What the build wants: the definition with that argument.</summary>
    public ServiceInput Wanting(string argument, double timeout = Ample) => Input with
    {
        Arguments = [$"argument-{argument}"],
        TimeoutSeconds = timeout.ToString(CultureInfo.InvariantCulture),
        // On a busy machine, what dies at once takes its time to do so.
        StabilitySeconds = argument == "die" ? "1" : "0.1",
        Revision = "r1",
    };

    /// <summary>Runs one verb through the front door.</summary>
    public ServiceReport Run(Operation operation, ServiceInput input, HostContext? host = null)
    {
        var (requests, problems) = RequestReader.Read([input], HostContext.Resolve(_ => null));
        Assert.Empty(problems);
        var runner = new CliWrapProcessRunner(() =>
        {
            var start = new ProcessStartInfo();
            foreach (var (name, value) in Environment) start.Environment[name] = value;
            return start;
        });
        var services = new GatewayServices(host ?? Host, runner, TimeProvider.System);
        return Assert.Single(services.Run(operation, requests, TestContext.Current.CancellationToken));
    }

    /// <summary>Puts it into the state that a scenario starts from, whatever state it is in: so it also shows that every
    /// state that a fault or a crash leaves can be left.</summary>
    public async Task<Sight> PrepareAsync(Scenario scenario)
    {
        if (scenario.From is { } from)
        {
            Succeed(Operation.Deploy, from);
            if (scenario.IsStopped) Succeed(Operation.Stop, from);
        }
        else
        {
            Succeed(Operation.Uninstall, scenario.Wanted);
        }

        var sight = Look();
        if (sight.IsChanging) sight = await LookSettledAsync(sight);
        Assert.Equal(
            (scenario.From, scenario.IsStopped ? null : scenario.From, "", false),
            (sight.OnDisk, sight.Running, sight.Strays, File.Exists(Note)));
        return sight;
    }

    /// <summary>Looks until the manager is not at work on it any more and two looks agree.</summary>
    /// <param name="last">The look before; null for none.</param>
    public async Task<Sight> LookSettledAsync(Sight? last = null)
    {
        await Manager.UntilAsync(
            () =>
            {
                var now = Look();
                var isSettled = now.Lasting == last?.Lasting && !now.Lasting.IsChanging;
                last = now;
                return isSettled;
            },
            "settled");
        return last!;
    }

    /// <summary>Whether a definition is kept somewhere: in a copy, or in the note of what is under way.</summary>
    public bool Keeps(string text)
    {
        var backups = Path.Combine(StateFolder, "backups");
        return (Directory.Exists(backups) && Directory.GetFiles(backups).Any(file => File.ReadAllText(file) == text))
            || (File.Exists(Note) && Core.Operations.JournalEntry.TryParse(File.ReadAllText(Note))?.LastGood?.Text == text);
    }

    protected string? ReadDefinition() => File.Exists(DefinitionPath) ? File.ReadAllText(DefinitionPath) : null;

    private void Succeed(Operation operation, string argument)
    {
        var report = Run(operation, Wanting(argument));
        Assert.True(
            report.Outcome is Outcome.Changed or Outcome.Unchanged,
            $"a fault-free {operation.Verb} does not succeed: {string.Join('\n', ReportText.Details(report))}");
    }
}
