using System.Globalization;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Model;

/// <summary>The service of one random history, on one service manager.</summary>
internal abstract class ServiceUnderTest(HostContext host, IProcessRunner runner) : IAsyncDisposable
{
    /// <summary>The definition whose program ends at once.</summary>
    public const string Broken = "definition-broken";

    /// <summary>Runs until SIGTERM; with the argument of <see cref="Broken"/> it exits at once.</summary>
    protected const string Program = """
        #!/bin/sh
        if [ "$1" = definition-broken ]; then echo broken >&2; exit 3; fi
        trap 'exit 0' TERM
        while :; do sleep 0.5; done

        """;

    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(20);

    private int _place;
    private int _build;

    public FaultyRunner Runner { get; } = new(runner);

    /// <summary>The definition that the next build deploys.</summary>
    public DefinitionMarks Wanted => new(
        PlaceName, Definition, Definition.Replace("definition", "mode", StringComparison.Ordinal), $"build-{_build}", Extra: false);

    /// <summary>Whether the service manager starts a service when it loads the definition (launchd, RunAtLoad).</summary>
    public abstract bool LoadingStarts { get; }

    /// <summary>The folders with backups of definitions and with the journal entry of an operation in progress.</summary>
    public abstract IEnumerable<string> Copies { get; }

    protected HostContext Host { get; } = host;

    /// <summary>The folder that contains the project's folder, whatever its name is at the moment.</summary>
    protected abstract string Root { get; }

    protected abstract ServiceInput Input { get; }

    private string Definition { get; set; } = "definition-first";

    private string PlaceName => string.Create(CultureInfo.InvariantCulture, $"place-{_place}");

    /// <summary>Whether the project folder that a definition names exists.</summary>
    public bool Exists(string place) => Directory.Exists(Path.Combine(Root, place));

    public ServiceReport Run(Operation operation)
    {
        var place = Path.Combine(Root, PlaceName);
        var input = Input with
        {
            Program = Path.Combine(place, "app.sh"),
            Source = Path.Combine(place, "App.csproj"),
            Arguments = [Definition],
            Environment = [$"MODE={Wanted.Mode}"],
            Revision = Wanted.Build,
            // On a busy machine, the exit of a process is observed late.
            StabilitySeconds = Definition == Broken ? "1" : "0.1",
            TimeoutSeconds = "10",
        };
        var (requests, problems) = RequestReader.Read([input], Host);
        Assert.Empty(problems);
        return Assert.Single(new GatewayServices(Host, Runner, TimeProvider.System).Run(operation, requests, TestContext.Current.CancellationToken));
    }

    /// <summary>Takes a step that is not an operation. Returns false if it does not apply to the current state or to this service
    /// manager.</summary>
    public async Task<bool> ApplyAsync(HistoryStep step, Snapshot now)
    {
        switch (step.Action)
        {
            case HistoryAction.ChooseFirstDefinition: Definition = "definition-first"; return true;
            case HistoryAction.ChooseSecondDefinition: Definition = "definition-second"; return true;
            case HistoryAction.ChooseBrokenDefinition: Definition = Broken; return true;
            case HistoryAction.Rebuild: _build++; return true;
            case HistoryAction.MoveProject:
                var from = Path.Combine(Root, PlaceName);
                _place++;
                Directory.Move(from, Path.Combine(Root, PlaceName));
                return true;
            case HistoryAction.CommandFails or HistoryAction.CommandFalselyFails:
                Runner.Arm(step.Number, isDone: step.Action == HistoryAction.CommandFalselyFails);
                return true;
            case HistoryAction.Kill:
                if (now.ProcessId == 0 || now.IsChanging) return false;
                Manager.RunCommand("kill", "-KILL", $"{now.ProcessId}");
                await Manager.UntilAsync(() => !ProcessEntry.IsAlive(now.ProcessId), "the killed process is gone");
                return true;
            default: return await ApplyOperatorActionAsync(step.Action, now);
        }
    }

    /// <summary>Takes snapshots until the service manager has nothing in progress, or is in a restart loop.</summary>
    public async Task<Snapshot> TakeSettledSnapshotAsync()
    {
        var until = DateTime.UtcNow + LongestSettling;
        while (true)
        {
            var snapshot = TakeSnapshot();
            if (!snapshot.IsChanging || IsLooping(snapshot) || DateTime.UtcNow > until) return snapshot;
            await Task.Delay(20);
        }
    }

    /// <summary>Reads the state of the service without the code under test.</summary>
    public abstract Snapshot TakeSnapshot();

    /// <summary>All processes of the program, also those that the service manager did not start.</summary>
    public IReadOnlyList<int> Processes() =>
    [
        .. ProcessEntry.Roots(ProcessEntry.Ids().Where(id =>
            ProcessEntry.Read(id, "cmdline") is { } line
            && line.Contains(Root, StringComparison.Ordinal) && line.Contains("/app.sh", StringComparison.Ordinal))),
    ];

    public abstract ValueTask DisposeAsync();

    protected abstract Task<bool> ApplyOperatorActionAsync(HistoryAction action, Snapshot now);

    /// <summary>Whether the service manager restarts the service without end in that state.</summary>
    protected abstract bool IsLooping(Snapshot snapshot);

    /// <summary>Creates the project folder with the program.</summary>
    protected void MakePlace()
    {
        var place = Directory.CreateDirectory(Path.Combine(Root, PlaceName)).FullName;
        File.WriteAllText(Path.Combine(place, "App.csproj"), "<Project />");
        File.WriteAllText(Path.Combine(place, "app.sh"), Program);
        File.SetUnixFileMode(Path.Combine(place, "app.sh"), (UnixFileMode)0b111_101_101);
    }

    /// <summary>The arguments and environment of a process, one to a line; empty for process 0.</summary>
    protected static string TextOf(int processId) =>
        processId == 0 ? "" : $"{ProcessEntry.Read(processId, "cmdline")}\n{ProcessEntry.Read(processId, "environ")}".Replace('\0', '\n');

    /// <summary>The distinct stamps in the texts of the layers.</summary>
    protected static string Stamps(params string[] layers) =>
        string.Join(' ', layers.Select(DefinitionMarks.StampIn).Where(stamp => stamp.Length > 0).Distinct());

    /// <summary>Edits the definition on disk as an operator would; returns false if it is missing or already edited.</summary>
    protected static bool EditByHand(string path, Snapshot now)
    {
        if (now.Disk is not { } disk || disk.Mode == DefinitionMarks.ByHand) return false;
        File.WriteAllText(path, now.Text!.Replace(disk.Mode, DefinitionMarks.ByHand, StringComparison.Ordinal));
        return true;
    }
}
