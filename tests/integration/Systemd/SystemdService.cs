using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>A service of a real systemd, in the scope under test (<see cref="Manager.Scope"/>).</summary>
internal sealed class SystemdService : ServiceUnderTest
{
    public SystemdService(string program = LongRunningProgram)
        : this(Directory.CreateTempSubdirectory("hgw test é ").FullName, program)
    {
    }

    private SystemdService(string scratch, string program)
        : base($"hgw-test-{Guid.NewGuid():N}", Path.Combine(scratch, "project"), program, HostContext.Resolve(Environment.GetEnvironmentVariable))
    {
        Scratch = scratch;
        Input = Input with { Scope = Manager.Scope == ServiceScope.System ? "system" : "user" };
    }

    /// <summary>Deploys a service that runs <paramref name="program"/>.</summary>
    public static new SystemdService Deploy(string program = LongRunningProgram)
    {
        var service = new SystemdService(program);
        service.Succeed(Operation.Deploy);
        return service;
    }

    public string Unit => Name + ".service";

    public override string Scratch { get; }

    /// <summary>The folder that contains the unit folder of the scope under test.</summary>
    public string SystemdFolder => Manager.Scope == ServiceScope.System ? "/etc/systemd" : Path.Combine(Host.ConfigHome, "systemd");

    public string UnitPath => Path.Combine(SystemdFolder, Manager.Scope == ServiceScope.System ? "system" : "user", Unit);

    /// <summary>The folder with backups of our replaced definitions.</summary>
    public string Backups => Path.Combine(Host.StateFolder(Manager.Scope), Name, "backups");

    /// <summary>The folder with backups of adopted definitions, which outlive the service.</summary>
    public string Originals => Path.Combine(Host.StateFolder(Manager.Scope), ".originals", Name);

    public override string DefinitionPath => UnitPath;

    public override string LoadedDefinition => Manager.Run("show", "--property=ExecStart,Environment", Unit);

    public override bool IsLoaded =>
        Manager.Run("list-units", "--all", "--plain", "--no-legend").Contains(Unit, StringComparison.Ordinal);

    public override int? ProcessId => Manager.MainProcess(Unit) is > 0 and var process ? process : null;

    public override IEnumerable<string> Files =>
        Directory.GetFileSystemEntries(Path.GetDirectoryName(UnitPath)!, Name + "*", SearchOption.AllDirectories);

    public override DiagnosticDescriptor FindingOfAStop => DiagnosticCatalog.NotRunning;

    protected override IReadOnlyList<string> ReadingVerbs { get; } = ["show"];

    /// <summary>Writes an executable shell script to a folder that no search path contains.</summary>
    public string WriteTool(string name, string body)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Scratch, "bin")).FullName, name);
        ProgramFile.Write(path, $"#!/bin/sh\n{body}\n");
        return path;
    }

    /// <summary>Writes a drop-in of an operator; systemd applies it after the next <c>daemon-reload</c>.</summary>
    public string AddDropIn(string text)
    {
        var path = Path.Combine(Directory.CreateDirectory(UnitPath + ".d").FullName, "operator.conf");
        File.WriteAllText(path, text);
        return path;
    }

    public override Task StopByHandAsync()
    {
        Manager.Run("stop", Unit);
        return Task.CompletedTask;
    }

    public override void DisableByHand() => Manager.Run("disable", Unit);

    public override Task UnloadAsync()
    {
        var text = DefinitionText;
        File.Delete(UnitPath);
        Manager.Run("daemon-reload");
        File.WriteAllText(UnitPath, text);
        return Task.CompletedTask;
    }

    // "systemctl show" loads any valid unit, so only an invalid one (LoadState=bad-setting) stays unloaded.
    public override async Task KeepFromLoadingAsync()
    {
        await StopByHandAsync();
        AddDropIn("[Service]\nExecStart=\n");
        Manager.Run("daemon-reload");
    }

    // The control groups that /proc/PID/cgroup has for the main process of the service.
    public override void CallFromInside() => Host = Host.WithFacts(new SystemdHost
    {
        ControlGroups = [.. File.ReadLines($"/proc/{ProcessId}/cgroup").Select(line => line.Split(':', 3)[2]).Distinct()],
    });

    public override ValueTask DisposeAsync()
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
        ScratchFolder.Delete(Scratch);
        return ValueTask.CompletedTask;
    }
}
