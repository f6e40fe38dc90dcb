using System.Globalization;
using System.Text.Json;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Robustness.Faults;
using Hermes.Gateway.Integration.Tests.Robustness.Model;

namespace Hermes.Gateway.Integration.Tests.Robustness;

/// <summary>The service of a campaign: a <see cref="ServiceUnderTest"/> whose whole state can be read in a <see cref="Snapshot"/>,
/// without the code under test, and which an operator, a developer or a fault can change.</summary>
internal abstract class ObservedService : IAsyncDisposable
{
    /// <summary>The definition whose program ends at once.</summary>
    public const string Broken = "definition-broken";

    /// <summary>Runs until SIGTERM; with the argument of <see cref="Broken"/> it exits at once.</summary>
    protected const string Program =
        "#!/bin/sh\n[ \"$1\" != definition-broken ] || exit 3\ntrap 'exit 0' TERM\nwhile :; do sleep 0.2; done\n";

    private const double Ample = 30;

    private readonly ServiceUnderTest _service;
    private int _place;
    private int _build;

    protected ObservedService(ServiceUnderTest service)
    {
        _service = service;
        Runner = new FaultyRunner(service.Runner);
        _service.MoveProject(PlaceName);
    }

    /// <summary>Creates a service on the service manager under test.</summary>
    /// <param name="isFast">Whether a crash loop ends quickly: with the defaults of our units (ten starts, 3 s apart) it would take
    /// too long for thousands of steps.</param>
    public static ObservedService New(bool isFast)
    {
        if (ServiceUnderTest.IsOnLaunchd) return new ObservedAgent(isFast);
        Requires.Systemd();
        return new ObservedUnit(isFast);
    }

    public FaultyRunner Runner { get; }

    public HostContext Host => _service.Host;

    public string Scratch => _service.Scratch;

    public string DefinitionPath => _service.DefinitionPath;

    /// <summary>The name of the service manager.</summary>
    public abstract string ManagerName { get; }

    /// <summary>The tools of the service manager. The first is the one whose path is an input, <see cref="ToolProperty"/>.</summary>
    public abstract IReadOnlyList<(string Name, string Path)> Tools { get; }

    /// <summary>The property with the path of the first tool.</summary>
    public abstract string ToolProperty { get; }

    /// <summary>The variables that a process needs to reach the service manager and to find the state folder.</summary>
    public abstract IReadOnlyDictionary<string, string?> Environment { get; }

    /// <summary>Whether the service manager starts a service when it loads the definition (launchd, RunAtLoad).</summary>
    public abstract bool LoadingStarts { get; }

    /// <summary>The definition that the next build of a history deploys.</summary>
    public DefinitionMarks Wanted => new(
        PlaceName, Definition, Definition.Replace("definition", "mode", StringComparison.Ordinal), $"build-{_build}", Extra: false);

    /// <summary>The journal entry, which exists during an operation and after an interrupted one.</summary>
    public string JournalEntryPath => Path.Combine(StateFolder, "under-way.json");

    private string StateFolder => Path.Combine(Host.StateFolder(ServiceScope.User), _service.Name);

    private string Definition { get; set; } = "definition-first";

    private string PlaceName => string.Create(CultureInfo.InvariantCulture, $"place-{_place}");

    /// <summary>Whether the project folder that a definition names exists.</summary>
    public bool Exists(string place) => Directory.Exists(Path.Combine(Scratch, place));

    /// <summary>The input of a build of that definition.</summary>
    public ServiceInput InputFor(string definition, double timeout = Ample) => _service.Input with
    {
        Arguments = [definition],
        TimeoutSeconds = timeout.ToString(CultureInfo.InvariantCulture),
        // On a busy machine, the exit of a process is observed late.
        StabilitySeconds = definition == Broken ? "1" : "0.1",
        Revision = "r1",
    };

    /// <summary>Runs an operation with the input of a build of <see cref="Wanted"/>.</summary>
    public ServiceReport Run(Operation operation) =>
        Run(operation, InputFor(Definition, timeout: 10) with { Environment = [$"MODE={Wanted.Mode}"], Revision = Wanted.Build });

    /// <summary>Runs an operation through the public API.</summary>
    public ServiceReport Run(Operation operation, ServiceInput input, HostContext? host = null)
    {
        var (requests, problems) = RequestReader.Read([input], Host);
        Assert.Empty(problems);
        var services = new GatewayServices(host ?? Host, Runner, TimeProvider.System);
        return Assert.Single(services.Run(operation, requests, TestContext.Current.CancellationToken));
    }

    /// <summary>Brings the service into the state in which a case starts, with operations: so they must also succeed in every state
    /// that a fault or a crash has left.</summary>
    public async Task<Snapshot> PrepareAsync(OperationCase operationCase)
    {
        if (operationCase.From is { } from)
        {
            Run(Operation.Deploy, InputFor(from)).Succeeded();
            if (operationCase.IsStopped) Run(Operation.Stop, InputFor(from)).Succeeded();
        }
        else
        {
            Run(Operation.Uninstall, InputFor(operationCase.Wanted)).Succeeded();
        }

        var snapshot = TakeSnapshot();
        if (snapshot.IsChanging) snapshot = await TakeAgreeingSnapshotAsync(snapshot);
        Assert.Equal(
            (operationCase.From, operationCase.IsStopped ? null : operationCase.From, "", false),
            (snapshot.OnDisk, snapshot.Process?.Definition, snapshot.StrayProcesses, File.Exists(JournalEntryPath)));
        return snapshot;
    }

    /// <summary>Takes a step of a history that is not an operation. Returns false if it does not apply to the current state or to this
    /// service manager.</summary>
    public async Task<bool> ApplyAsync(HistoryStep step, Snapshot now)
    {
        switch (step.Action)
        {
            case HistoryAction.ChooseFirstDefinition: Definition = "definition-first"; return true;
            case HistoryAction.ChooseSecondDefinition: Definition = "definition-second"; return true;
            case HistoryAction.ChooseBrokenDefinition: Definition = Broken; return true;
            case HistoryAction.Rebuild: _build++; return true;
            case HistoryAction.MoveProject:
                _place++;
                _service.MoveProject(PlaceName);
                return true;
            case HistoryAction.CommandFails or HistoryAction.CommandFalselyFails:
                Runner.Arm(step.Number, isDone: step.Action == HistoryAction.CommandFalselyFails);
                return true;
            case HistoryAction.Kill:
                if (now.ProcessId == 0 || now.IsChanging) return false;
                Manager.RunCommand("kill", "-KILL", $"{now.ProcessId}");
                await Manager.UntilAsync(() => !ProcessEntry.IsAlive(now.ProcessId), "the killed process is gone");
                return true;
            case HistoryAction.EditByHand:
                if (now.Disk is not { } disk || disk.Mode == DefinitionMarks.ByHand) return false;
                File.WriteAllText(DefinitionPath, now.Text!.Replace(disk.Mode, DefinitionMarks.ByHand, StringComparison.Ordinal));
                return true;
            case HistoryAction.DeleteFile:
                if (now.Text is not null) File.Delete(DefinitionPath);
                return now.Text is not null;
            default: return await ApplyOperatorActionAsync(step.Action, now);
        }
    }

    /// <summary>Takes snapshots until the service manager has nothing in progress, or is in a restart loop.</summary>
    public async Task<Snapshot> TakeSettledSnapshotAsync()
    {
        var until = DateTime.UtcNow + TimeSpan.FromSeconds(20);
        while (true)
        {
            var snapshot = TakeSnapshot();
            if (!snapshot.IsChanging || IsLooping(snapshot) || DateTime.UtcNow > until) return snapshot;
            await Task.Delay(20);
        }
    }

    /// <summary>Takes snapshots until two agree and the service manager has nothing in progress but a crash loop.</summary>
    /// <param name="last">An earlier snapshot; null for none.</param>
    public async Task<Snapshot> TakeAgreeingSnapshotAsync(Snapshot? last = null)
    {
        await Manager.UntilAsync(
            () =>
            {
                var now = TakeSnapshot();
                var agrees = now.WithoutCrashLoop == last?.WithoutCrashLoop && !now.WithoutCrashLoop.IsChanging;
                last = now;
                return agrees;
            },
            "two snapshots agree");
        return last!;
    }

    /// <summary>Reads the state of the service without the code under test.</summary>
    public abstract Snapshot TakeSnapshot();

    /// <summary>All processes of the program, also those that the service manager did not start.</summary>
    public IReadOnlyList<int> Processes() =>
    [
        .. ProcessEntry.Roots(ProcessEntry.Ids().Where(id =>
            ProcessEntry.Read(id, "cmdline")?.Split('\0') is ["/bin/sh", var script, _, ..]
            && script.StartsWith(Scratch, StringComparison.Ordinal) && script.EndsWith("/app.sh", StringComparison.Ordinal))),
    ];

    /// <summary>Whether a definition is on disk, or a backup or the journal entry has a copy of it.</summary>
    public bool Keeps(string text, Snapshot now) => now.Text == text
        || new[] { Path.Combine(StateFolder, "backups"), Path.Combine(Path.GetDirectoryName(StateFolder)!, ".originals", _service.Name), StateFolder }
            .Where(Directory.Exists).SelectMany(Directory.GetFiles).Select(File.ReadAllText)
            .Any(copy => copy == text || copy.Contains(JsonEncodedText.Encode(text).ToString(), StringComparison.Ordinal));

    public virtual ValueTask DisposeAsync() => _service.DisposeAsync();

    protected abstract Task<bool> ApplyOperatorActionAsync(HistoryAction action, Snapshot now);

    /// <summary>Whether the service manager restarts the service without end in that state.</summary>
    protected abstract bool IsLooping(Snapshot snapshot);

    /// <summary>The arguments and environment of a process, one to a line; empty for process 0.</summary>
    protected static string TextOf(int processId) =>
        processId == 0 ? "" : $"{ProcessEntry.Read(processId, "cmdline")}\n{ProcessEntry.Read(processId, "environ")}".Replace('\0', '\n');

    /// <summary>The distinct stamps in the texts of the layers.</summary>
    protected static string Stamps(params string[] layers) =>
        string.Join(' ', layers.Select(DefinitionMarks.StampIn).Where(stamp => stamp.Length > 0).Distinct());
}
