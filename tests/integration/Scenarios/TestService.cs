using System.Collections.Immutable;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>A service with a random name under a real systemd, with a project in a scratch folder. Disposing stops it and removes
/// its files.</summary>
internal sealed class TestService : IAsyncDisposable
{
    /// <summary>A shell script that runs until SIGTERM.</summary>
    public const string LongRunningProgram = "#!/bin/sh\ntrap 'exit 0' TERM\nwhile :; do sleep 0.1; done\n";

    private readonly string _scratch = Directory.CreateTempSubdirectory("hgw test é ").FullName;

    public TestService(string program = LongRunningProgram)
    {
        Name = $"hgw-test-{Guid.NewGuid():N}";
        Project = Path.Combine(_scratch, "project");
        Directory.CreateDirectory(Project);
        File.WriteAllText(Path.Combine(Project, "App.csproj"), "<Project />");
        WriteProgram(program);
        Input = new ServiceInput
        {
            Name = Name,
            Program = ProgramPath,
            Source = Path.Combine(Project, "App.csproj"),
            Scope = Manager.Scope == ServiceScope.System ? "system" : "user",
            StabilitySeconds = "0.3",
            TimeoutSeconds = "20",
        };
        Host = HostContext.Resolve(Environment.GetEnvironmentVariable);
        Runner = new RecordingRunner();
    }

    /// <summary>Deploys a service that runs <paramref name="program"/>.</summary>
    public static TestService Deploy(string program = LongRunningProgram)
    {
        var service = new TestService(program);
        service.Succeed(Operation.Deploy);
        return service;
    }

    public string Name { get; }

    public string Unit => Name + ".service";

    public string Scratch => _scratch;

    public string Project { get; private set; }

    public string ProgramPath => Path.Combine(Project, "app.sh");

    /// <summary>The folder that contains the unit folder of the scope under test.</summary>
    public string SystemdFolder => Manager.Scope == ServiceScope.System ? "/etc/systemd" : Path.Combine(Host.ConfigHome, "systemd");

    public string UnitPath => Path.Combine(SystemdFolder, Manager.Scope == ServiceScope.System ? "system" : "user", Unit);

    /// <summary>The folder with backups of our replaced definitions.</summary>
    public string Backups => Path.Combine(Host.StateFolder(Manager.Scope), Name, "backups");

    /// <summary>The folder with backups of adopted definitions, which outlive the service.</summary>
    public string Originals => Path.Combine(Host.StateFolder(Manager.Scope), ".originals", Name);

    public HostContext Host { get; set; }

    public RecordingRunner Runner { get; }

    /// <summary>The input of the next operation, as a build provides it.</summary>
    public ServiceInput Input { get; set; }

    public void WriteProgram(string text, bool executable = true)
    {
        // A new file: the kernel refuses to write to a file that is executed (ETXTBSY).
        File.Delete(ProgramPath);
        File.WriteAllText(ProgramPath, text);
        if (executable)
            File.SetUnixFileMode(ProgramPath, (UnixFileMode)0b111_101_101);
    }

    /// <summary>Writes an executable shell script to a folder that no search path contains.</summary>
    public string WriteTool(string name, string body)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Scratch, "bin")).FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>Reads the unit file and the invocation ID (systemd.exec(5)), which every start of the unit changes.</summary>
    public (string UnitText, string Invocation) ReadState() => (File.ReadAllText(UnitPath), Manager.Invocation(Unit));

    /// <summary>Writes a drop-in of an operator; systemd applies it after the next <c>daemon-reload</c>.</summary>
    public string AddDropIn(string text)
    {
        var path = Path.Combine(Directory.CreateDirectory(UnitPath + ".d").FullName, "operator.conf");
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Moves the project, and sets <see cref="Input"/> to that of a build in the new folder.</summary>
    public void MoveProject(string name)
    {
        var target = Path.Combine(_scratch, name);
        Directory.Move(Project, target);
        UseProject(target);
    }

    /// <summary>Copies the project, and sets <see cref="Input"/> to that of a build in the copy.</summary>
    public void CopyProject(string name)
    {
        var target = Directory.CreateDirectory(Path.Combine(_scratch, name)).FullName;
        foreach (var file in Directory.GetFiles(Project)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        UseProject(target);
    }

    public ServiceReport Run(Operation operation, CancellationToken? cancellationToken = null)
    {
        var revision = Input.Revision.Length > 0 || Input.Releases == "true" ? Input.Revision : ProgramFingerprint.Of(Input.Program, null);
        var (requests, problems) = RequestReader.Read([Input with { Revision = revision }], Host);
        Assert.Empty(problems);
        var services = new GatewayServices(Host, Runner, TimeProvider.System);
        Runner.Clear();
        return Assert.Single(services.Run(operation, requests, cancellationToken ?? TestContext.Current.CancellationToken));
    }

    public ServiceReport Succeed(Operation operation)
    {
        var report = Run(operation);
        Assert.True(report.Outcome is Outcome.Changed or Outcome.Unchanged, string.Join('\n', Core.Reporting.ReportText.Details(report)));
        return report;
    }

    public ServiceReport Fail(Operation operation, DiagnosticDescriptor expected)
    {
        var report = Run(operation);
        Assert.True(report.Outcome is Outcome.Failed or Outcome.RolledBack, string.Join('\n', Core.Reporting.ReportText.Details(report)));
        Assert.Contains(report.Findings, finding => finding.Severity == Severity.Error && finding.Descriptor == expected);
        // Also a failed operation may only run the commands of the service manager.
        Assert.All(Runner.Requests, request => Assert.Contains(Path.GetFileName(request.Program), new[] { "systemctl", "journalctl" }));
        return report;
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(UnitPath) || new FileInfo(UnitPath).LinkTarget is not null)
        {
            Manager.Try("stop", Unit);
            Manager.Try("disable", Unit);
            File.Delete(UnitPath);
        }

        if (Directory.Exists(UnitPath + ".d")) Directory.Delete(UnitPath + ".d", recursive: true);
        Manager.Try("stop", Unit);
        Manager.Try("daemon-reload");
        Manager.Try("reset-failed", Unit);
        // The folder does not exist if a test failed before its first unit was written.
        if (Directory.Exists(Path.GetDirectoryName(UnitPath)))
            foreach (var link in Directory.GetFiles(Path.GetDirectoryName(UnitPath)!, Unit, SearchOption.AllDirectories)) File.Delete(link);
        var state = Path.Combine(Host.StateFolder(Manager.Scope), Name);
        if (Directory.Exists(state)) Directory.Delete(state, recursive: true);
        if (Directory.Exists(Originals)) Directory.Delete(Originals, recursive: true);
        ScratchFolder.Delete(_scratch);
        await Task.CompletedTask;
    }

    private void UseProject(string folder)
    {
        Project = folder;
        Input = Input with { Program = ProgramPath, Source = Path.Combine(folder, "App.csproj") };
    }
}

/// <summary>Runs commands and records their requests.</summary>
internal sealed class RecordingRunner : IProcessRunner
{
    private readonly CliWrapProcessRunner _inner = new();
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
