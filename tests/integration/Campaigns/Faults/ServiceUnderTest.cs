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

/// <summary>The service of a fault or crash matrix, on one service manager.</summary>
internal abstract class ServiceUnderTest : IAsyncDisposable
{
    /// <summary>Runs until SIGTERM; with the argument <c>argument-die</c> it exits at once.</summary>
    protected const string ProgramText =
        "#!/bin/sh\n[ \"$1\" != argument-die ] || exit 3\ntrap 'exit 0' TERM\nwhile :; do sleep 0.05; done\n";

    private const double Ample = 30;

    public abstract string ManagerName { get; }

    public abstract HostContext Host { get; }

    /// <summary>The tools of the service manager. The first is the one whose path is an input (SystemctlPath, LaunchctlPath).</summary>
    public abstract IReadOnlyList<(string Name, string Path)> Tools { get; }

    public abstract string Folder { get; }

    public abstract string DefinitionPath { get; }

    /// <summary>The variables that a process needs to reach the service manager.</summary>
    public abstract IReadOnlyDictionary<string, string?> Environment { get; }

    public string StateFolder => Path.Combine(Host.StateFolder(ServiceScope.User), Input.Name);

    /// <summary>The journal entry, which exists during an operation and after an interrupted one.</summary>
    public string JournalEntryPath => Path.Combine(StateFolder, "under-way.json");

    protected abstract ServiceInput Input { get; }

    /// <summary>Reads the state of the service without the code under test.</summary>
    public abstract Snapshot TakeSnapshot();

    public abstract ValueTask DisposeAsync();

    /// <summary>The input of a build of the definition with that argument.</summary>
    public ServiceInput InputFor(string argument, double timeout = Ample) => Input with
    {
        Arguments = [$"argument-{argument}"],
        TimeoutSeconds = timeout.ToString(CultureInfo.InvariantCulture),
        // On a busy machine, the exit of a process is observed late.
        StabilitySeconds = argument == "die" ? "1" : "0.1",
        Revision = "r1",
    };

    /// <summary>Runs an operation through the public API.</summary>
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

    /// <summary>Brings the service into the state in which a case starts, with operations: so they must also succeed in every state
    /// that a fault or a crash has left.</summary>
    public async Task<Snapshot> PrepareAsync(OperationCase operationCase)
    {
        if (operationCase.From is { } from)
        {
            Succeed(Operation.Deploy, from);
            if (operationCase.IsStopped) Succeed(Operation.Stop, from);
        }
        else
        {
            Succeed(Operation.Uninstall, operationCase.Wanted);
        }

        var snapshot = TakeSnapshot();
        if (snapshot.IsChanging) snapshot = await TakeSettledSnapshotAsync(snapshot);
        Assert.Equal(
            (operationCase.From, operationCase.IsStopped ? null : operationCase.From, "", false),
            (snapshot.OnDisk, snapshot.Running, snapshot.StrayProcesses, File.Exists(JournalEntryPath)));
        return snapshot;
    }

    /// <summary>Takes snapshots until two agree and the service manager has nothing in progress.</summary>
    /// <param name="last">An earlier snapshot; null for none.</param>
    public async Task<Snapshot> TakeSettledSnapshotAsync(Snapshot? last = null)
    {
        await Manager.UntilAsync(
            () =>
            {
                var now = TakeSnapshot();
                var isSettled = now.WithoutCrashLoop == last?.WithoutCrashLoop && !now.WithoutCrashLoop.IsChanging;
                last = now;
                return isSettled;
            },
            "two snapshots agree");
        return last!;
    }

    /// <summary>Whether a backup or the journal entry has a copy of a definition.</summary>
    public bool HasCopyOf(string text)
    {
        var backups = Path.Combine(StateFolder, "backups");
        return (Directory.Exists(backups) && Directory.GetFiles(backups).Any(file => File.ReadAllText(file) == text))
            || (File.Exists(JournalEntryPath) && Core.Operations.JournalEntry.TryParse(File.ReadAllText(JournalEntryPath))?.LastGood?.Text == text);
    }

    protected string? ReadDefinition() => File.Exists(DefinitionPath) ? File.ReadAllText(DefinitionPath) : null;

    private void Succeed(Operation operation, string argument)
    {
        var report = Run(operation, InputFor(argument));
        Assert.True(
            report.Outcome is Outcome.Changed or Outcome.Unchanged,
            $"a fault-free {operation.Verb} does not succeed: {string.Join('\n', ReportText.Details(report))}");
    }
}
