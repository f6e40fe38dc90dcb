using System.Collections.Immutable;
using System.Globalization;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Faults;

/// <summary>A unit of the real user manager.</summary>
internal sealed class SystemdServiceUnderTest : ServiceUnderTest
{
    private readonly TestService _service = new(ProgramText);

    public override string ManagerName => "systemd";

    public override HostContext Host => _service.Host;

    public override IReadOnlyList<(string Name, string Path)> Tools { get; } =
        [.. new[] { "systemctl", "journalctl" }.Select(name => (name, Scenarios.Manager.RunCommand("sh", "-c", $"command -v {name}").Trim()))];

    public override string Folder => _service.Scratch;

    public override string DefinitionPath => _service.UnitPath;

    public override IReadOnlyDictionary<string, string?> Environment => ImmutableDictionary<string, string?>.Empty;

    protected override ServiceInput Input => _service.Input;

    public override Snapshot TakeSnapshot()
    {
        var shown = Manager.Run("show", "--property=LoadState,ActiveState,MainPID,ExecStart", _service.Unit)
            .Split('\n').Where(line => line.Contains('=', StringComparison.Ordinal))
            .ToDictionary(line => line.Split('=')[0], line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        var processes = Snapshot.ProcessesOf(_service.ProgramPath);
        var named = int.Parse(shown["MainPID"], CultureInfo.InvariantCulture);
        var process = processes.ContainsKey(named) ? named : (int?)null;
        var link = Path.Combine(Path.GetDirectoryName(DefinitionPath)!, "default.target.wants", _service.Unit);
        return new Snapshot(
            ReadDefinition(),
            shown["LoadState"] == "loaded",
            shown["LoadState"] == "loaded" ? Snapshot.ArgumentIn(shown.GetValueOrDefault("ExecStart", "")) : null,
            process,
            process is null ? null : processes[named],
            new FileInfo(link).LinkTarget is not null,
            shown["ActiveState"] is "activating" or "deactivating" or "reloading",
            string.Join(' ', processes.Keys.Where(id => id != named && !IsOfUnit(id)).Order()));
    }

    public override ValueTask DisposeAsync()
    {
        // Temporary files of killed operations. The next deploy removes only those that no running operation can still write.
        foreach (var temporaryFile in Directory.GetFiles(Path.GetDirectoryName(DefinitionPath)!, ".hermes-gateway.*.tmp")) File.Delete(temporaryFile);
        return _service.DisposeAsync();
    }

    private bool IsOfUnit(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cgroup").Contains(_service.Unit, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has exited.
            return true;
        }
    }
}
