using System.Collections.Immutable;
using System.Globalization;
using Hermes.Gateway.Integration.Tests.Robustness.Model;
using Hermes.Gateway.Integration.Tests.Systemd;

namespace Hermes.Gateway.Integration.Tests.Robustness;

/// <summary>A unit of the real user manager.</summary>
internal sealed class ObservedUnit : ObservedService
{
    private readonly SystemdService _service;

    public ObservedUnit(bool isFast)
        : this(new SystemdService(Program))
    {
        if (isFast)
            File.WriteAllText(
                Path.Combine(Directory.CreateDirectory(DropIns).FullName, "fast.conf"), "[Unit]\nStartLimitBurst=5\n[Service]\nRestartSec=50ms\n");
    }

    private ObservedUnit(SystemdService service)
        : base(service) => _service = service;

    public override string ManagerName => "systemd";

    public override IReadOnlyList<(string Name, string Path)> Tools { get; } =
        [.. new[] { "systemctl", "journalctl" }.Select(name => (name, Manager.RunCommand("sh", "-c", $"command -v {name}").Trim()))];

    public override string ToolProperty => "SystemctlPath";

    public override IReadOnlyDictionary<string, string?> Environment => ImmutableDictionary<string, string?>.Empty;

    public override bool LoadingStarts => false;

    private string DropIns => _service.UnitPath + ".d";

    private string Link => Path.Combine(Path.GetDirectoryName(_service.UnitPath)!, "default.target.wants", _service.Unit);

    public override Snapshot TakeSnapshot()
    {
        // The manager is asked before the files are read: a change in progress can then only be more advanced on disk.
        var shown = Manager.Run(
            "show", "--property=LoadState,ActiveState,SubState,NeedDaemonReload,MainPID,ExecStart,Environment", _service.Unit).Split('\n')
            .Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);
        var process = int.Parse(shown["MainPID"], CultureInfo.InvariantCulture);
        var isMasked = new FileInfo(_service.UnitPath).LinkTarget == "/dev/null";
        var text = isMasked || !File.Exists(_service.UnitPath) ? null : File.ReadAllText(_service.UnitPath);
        var loaded = shown["LoadState"] == "loaded" ? $"{shown.GetValueOrDefault("ExecStart")}\n{shown.GetValueOrDefault("Environment")}" : "";
        var running = DefinitionMarks.Of(TextOf(process));
        return new Snapshot(
            text, isMasked, loaded.Length > 0, DefinitionMarks.Of(loaded), running, process,
            File.Exists(Link) || new FileInfo(Link).LinkTarget is not null,
            File.Exists(Path.Combine(DropIns, "operator.conf")),
            // A unit in a crash loop is "active" while its process runs.
            shown["ActiveState"] is not ("active" or "inactive" or "failed") || running?.Definition == Broken
                || (process != 0 && running is null),
            Stamps(text ?? "", loaded, TextOf(process)),
            string.Join(' ', Processes().Where(id => id != process && !IsOfUnit(id)).Order()))
        { NeedsReload = shown.GetValueOrDefault("NeedDaemonReload") == "yes" };
    }

    public override ValueTask DisposeAsync()
    {
        // Temporary files of killed operations. The next deploy removes only those that no running operation can still write.
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(DefinitionPath)!, ".hermes-gateway.*.tmp")) File.Delete(file);
        return base.DisposeAsync();
    }

    // The start limit ends a crash loop.
    protected override bool IsLooping(Snapshot snapshot) => false;

    protected override Task<bool> ApplyOperatorActionAsync(HistoryAction action, Snapshot now)
    {
        return Task.FromResult(action switch
        {
            HistoryAction.Mask => !now.IsMasked && Do(Mask),
            HistoryAction.Unmask => now.IsMasked && Do(Unmask),
            HistoryAction.Disable => now.IsEnabled && Do(() => Manager.Try("disable", _service.Unit)),
            HistoryAction.StopByHand => now.ProcessId != 0 && Do(() => Manager.Try("stop", _service.Unit)),
            HistoryAction.ReloadManager => Do(Reload),
            HistoryAction.AddDropIn => !now.HasDropIn && Do(() => _service.AddDropIn("[Service]\nEnvironment=EXTRA=1\n")),
            HistoryAction.RemoveDropIn => now.HasDropIn && Do(() => File.Delete(Path.Combine(DropIns, "operator.conf"))),
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
        });

        static bool Do(Action action)
        {
            action();
            return true;
        }
    }

    private static void Reload() => Manager.Run("daemon-reload");

    private void Mask()
    {
        File.Delete(_service.UnitPath);
        File.CreateSymbolicLink(_service.UnitPath, "/dev/null");
        Reload();
    }

    private void Unmask()
    {
        File.Delete(_service.UnitPath);
        Reload();
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
