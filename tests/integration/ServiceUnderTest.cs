using System.Collections.Immutable;
using System.Diagnostics;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Launchd;
using Hermes.Gateway.Integration.Tests.Systemd;

namespace Hermes.Gateway.Integration.Tests;

/// <summary>A service with a random name and a project in a scratch folder. Operations go through the public API; everything else
/// asks the service manager and <c>/proc</c>, without the code under test. Disposing removes the service.</summary>
internal abstract class ServiceUnderTest : IAsyncDisposable
{
    /// <summary>A shell script that runs until SIGTERM.</summary>
    public const string LongRunningProgram = "#!/bin/sh\ntrap 'exit 0' TERM\nwhile :; do sleep 0.1; done\n";

    /// <summary>A script as <see cref="LongRunningProgram"/> that exits at once with the argument <c>die</c>.</summary>
    public const string ProgramThatCanDie =
        "#!/bin/sh\nif [ \"$1\" = die ]; then echo 'exit as requested' >&2; exit 3; fi\ntrap 'exit 0' TERM\nwhile :; do sleep 0.1; done\n";

    /// <summary>A stability window for deploys that must fail: on a busy machine, the exit of a process is observed late. A deploy
    /// does not wait for it once it has observed the exit.</summary>
    public const string SecondsToObserveAnExit = "3";

    /// <param name="name">The name of the service.</param>
    /// <param name="project">The folder of its project.</param>
    /// <param name="program">The text of its program, a script.</param>
    /// <param name="host">The machine.</param>
    /// <param name="environment">The variables that the commands of the service manager need.</param>
    protected ServiceUnderTest(
        string name, string project, string program, HostContext host, IReadOnlyDictionary<string, string?>? environment = null)
    {
        (Name, Project, Host) = (name, Directory.CreateDirectory(project).FullName, host);
        File.WriteAllText(Path.Combine(Project, "App.csproj"), "<Project />");
        ProgramFile.Write(ProgramPath, program);
        Runner = new RecordingRunner(environment ?? ImmutableDictionary<string, string?>.Empty);
        Input = new ServiceInput
        {
            Name = name, Program = ProgramPath, Source = Path.Combine(Project, "App.csproj"), StabilitySeconds = "0.3", TimeoutSeconds = "20",
        };
    }

    /// <summary>Whether the service manager under test is launchd, simulated or that of a Mac: HERMES_TEST_MANAGER.</summary>
    public static bool IsOnLaunchd { get; } = Environment.GetEnvironmentVariable("HERMES_TEST_MANAGER") == "launchd";

    /// <summary>Creates a service on the service manager under test, without installing it.</summary>
    public static ServiceUnderTest New(string program = LongRunningProgram)
    {
        if (!IsOnLaunchd)
        {
            Requires.Systemd();
            return new SystemdService(program);
        }

        if (Environment.GetEnvironmentVariable("HERMES_TEST_LAUNCHCTL") == "real")
        {
            Assert.True(OperatingSystem.IsMacOS(), "HERMES_TEST_LAUNCHCTL=real needs a Mac.");
            return new RealAgent(program);
        }

        var agent = new CoreAgent(program: program);
        // launchd starts a program again after ten seconds, which are then half of one.
        agent.Launchd.Settings(new { timeScale = 0.05 });
        return agent;
    }

    /// <summary>Creates and deploys a service.</summary>
    public static ServiceUnderTest Deploy(string program = LongRunningProgram)
    {
        var service = New(program);
        service.Succeed(Operation.Deploy);
        return service;
    }

    public string Name { get; }

    /// <summary>The folder of the project.</summary>
    public string Project { get; private set; }

    public string ProgramPath => Path.Combine(Project, "app.sh");

    public HostContext Host { get; set; }

    public RecordingRunner Runner { get; }

    /// <summary>The input of the next operation, as a build provides it.</summary>
    public ServiceInput Input { get; set; }

    /// <summary>A folder that is removed with the service.</summary>
    public abstract string Scratch { get; }

    public abstract string DefinitionPath { get; }

    /// <summary>The text of the definition on disk.</summary>
    public string DefinitionText => File.ReadAllText(DefinitionPath);

    /// <summary>The definition that the service manager has loaded, in its own words.</summary>
    public abstract string LoadedDefinition { get; }

    public abstract bool IsLoaded { get; }

    /// <summary>The process that the service manager names; null without one.</summary>
    public abstract int? ProcessId { get; }

    /// <summary>The arguments of <see cref="ProcessId"/>.</summary>
    public virtual IReadOnlyList<string> CommandLine => Manager.Arguments(ProcessId!.Value);

    /// <summary>All files of the service, and all links to them, in the folders of the service manager.</summary>
    public abstract IEnumerable<string> Files { get; }

    /// <summary>The finding of a verify after <see cref="StopByHandAsync"/>.</summary>
    public abstract DiagnosticDescriptor FindingOfAStop { get; }

    /// <summary>The commands of the last operation that may have changed something.</summary>
    public IEnumerable<string> Changes => Runner.Requests
        .Where(request => Path.GetFileName(request.Program) != "journalctl" && !request.Arguments.Intersect(ReadingVerbs).Any())
        .Select(request => $"{request.Program} {string.Join(' ', request.Arguments)}");

    /// <summary>The verbs of the service manager's commands that change nothing.</summary>
    protected abstract IReadOnlyList<string> ReadingVerbs { get; }

    /// <summary>Stops the service as an operator would.</summary>
    public abstract Task StopByHandAsync();

    /// <summary>Disables the service as an operator would.</summary>
    public abstract void DisableByHand();

    /// <summary>Makes the service manager forget the definition, which stays on disk and can be loaded again.</summary>
    public abstract Task UnloadAsync();

    /// <summary>Brings the service into a state in which the definition is on disk, is current and is not loaded, for a status.</summary>
    public abstract Task KeepFromLoadingAsync();

    /// <summary>Makes the next operations calls from inside the service, as far as they can tell.</summary>
    public abstract void CallFromInside();

    /// <summary>Kills the process, and waits until it has ended.</summary>
    public async Task KillAsync()
    {
        var process = ProcessId!.Value;
        Manager.RunCommand("kill", "-KILL", $"{process}");
        await Manager.UntilAsync(() => ProcessId != process, "the killed process is gone");
    }

    /// <summary>Replaces the program, as a build does.</summary>
    public virtual void WriteProgram(string text, bool executable = true)
    {
        // A new file: the kernel refuses to write to a file that is executed (ETXTBSY).
        File.Delete(ProgramPath);
        if (executable) ProgramFile.Write(ProgramPath, text);
        else File.WriteAllText(ProgramPath, text);
    }

    /// <summary>Moves the project, and sets <see cref="Input"/> to that of a build in the new folder.</summary>
    public void MoveProject(string name)
    {
        var target = Path.Combine(Scratch, name);
        Directory.Move(Project, target);
        UseProject(target);
    }

    /// <summary>Copies the project, and sets <see cref="Input"/> to that of a build in the copy.</summary>
    public void CopyProject(string name)
    {
        var target = Directory.CreateDirectory(Path.Combine(Scratch, name)).FullName;
        foreach (var file in Directory.GetFiles(Project)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        UseProject(target);
    }

    /// <summary>Reads the text of the definition and the process.</summary>
    public (string Text, int? ProcessId) ReadState() => (DefinitionText, ProcessId);

    public ServiceReport Run(Operation operation, CancellationToken? cancellationToken = null) =>
        Assert.Single(Run(operation, [Input], cancellationToken));

    public ImmutableArray<ServiceReport> Run(Operation operation, ServiceInput[] inputs, CancellationToken? cancellationToken = null)
    {
        var (requests, problems) = RequestReader.Read(
            [.. inputs.Select(input => input.Revision.Length > 0 || input.Releases == "true" ? input : input with { Revision = ProgramFingerprint.Of(input.Program, null) })], Host);
        Assert.Empty(problems);
        Runner.Clear();
        return [.. new GatewayServices(Host, Runner, TimeProvider.System)
            .Run(operation, requests, cancellationToken ?? TestContext.Current.CancellationToken)];
    }

    public ServiceReport Succeed(Operation operation) => Run(operation).Succeeded();

    public ServiceReport Fail(Operation operation, DiagnosticDescriptor expected)
    {
        var report = Run(operation);
        Assert.True(report.Outcome is Outcome.Failed or Outcome.RolledBack, string.Join('\n', ReportText.Details(report)));
        Assert.Contains(report.Findings, finding => finding.Severity == Severity.Error && finding.Descriptor == expected);
        Assert.NotEmpty(report.Advice);
        // Also a failed operation may only run the commands of the service manager.
        Assert.All(Runner.Requests, request => Assert.Contains(Path.GetFileName(request.Program), new[] { "systemctl", "journalctl", "launchctl" }));
        return report;
    }

    public abstract ValueTask DisposeAsync();

    private void UseProject(string folder)
    {
        Project = folder;
        Input = Input with { Program = ProgramPath, Source = Path.Combine(folder, "App.csproj") };
    }
}

/// <summary>Runs commands and records their requests.</summary>
/// <param name="environment">Additional variables of the commands.</param>
internal sealed class RecordingRunner(IReadOnlyDictionary<string, string?> environment) : IProcessRunner
{
    private readonly CliWrapProcessRunner _inner = new(() =>
    {
        var start = new ProcessStartInfo();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    });

    private ImmutableList<CommandRequest> _requests = [];

    public IReadOnlyList<CommandRequest> Requests => _requests;

    /// <summary>The verbs of the recorded <c>systemctl</c> commands, in order.</summary>
    public IReadOnlyList<string> Verbs =>
        [.. _requests.Where(request => request.Program.EndsWith("/systemctl", StringComparison.Ordinal)).Select(request => request.Arguments[1])];

    public void Clear() => _requests = [];

    public CommandResult Run(CommandRequest request, CancellationToken cancellationToken)
    {
        ImmutableInterlocked.Update(ref _requests, list => list.Add(request));
        return _inner.Run(request, cancellationToken);
    }
}
