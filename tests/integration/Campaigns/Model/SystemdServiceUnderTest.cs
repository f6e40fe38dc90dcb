using System.Globalization;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Model;

/// <summary>A unit of the real systemd.</summary>
internal sealed class SystemdServiceUnderTest : ServiceUnderTest
{
    private readonly TestService _service;

    public SystemdServiceUnderTest()
        : this(new TestService())
    {
    }

    private SystemdServiceUnderTest(TestService service)
        : base(service.Host, new CliWrapProcessRunner())
    {
        _service = service;
        MakePlace();
        // A crash loop with the defaults of our units (ten starts, 3 s apart) would take too long for thousands of steps.
        File.WriteAllText(
            Path.Combine(Directory.CreateDirectory(DropIns).FullName, "fast.conf"), "[Unit]\nStartLimitBurst=5\n[Service]\nRestartSec=50ms\n");
    }

    public override bool LoadingStarts => false;

    public override IEnumerable<string> Copies =>
        [_service.Backups, _service.Originals, Path.GetDirectoryName(_service.Backups)!];

    protected override string Root => _service.Scratch;

    protected override ServiceInput Input => _service.Input;

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
            text, isMasked, DefinitionMarks.Of(loaded), running, process,
            File.Exists(Link) || new FileInfo(Link).LinkTarget is not null,
            File.Exists(Path.Combine(DropIns, "operator.conf")),
            // A unit in a crash loop is "active" while its process runs.
            shown["ActiveState"] is not ("active" or "inactive" or "failed") || running?.Definition == Broken
                || (process != 0 && running is null),
            Stamps(text ?? "", loaded, TextOf(process))) { NeedsReload = shown.GetValueOrDefault("NeedDaemonReload") == "yes" };
    }

    public override ValueTask DisposeAsync() => _service.DisposeAsync();

    // The start limit ends a crash loop.
    protected override bool IsLooping(Snapshot snapshot) => false;

    protected override Task<bool> ApplyOperatorActionAsync(HistoryAction action, Snapshot now)
    {
        return Task.FromResult(action switch
        {
            HistoryAction.EditByHand => EditByHand(_service.UnitPath, now),
            HistoryAction.DeleteFile => now.Text is not null && Do(() => File.Delete(_service.UnitPath)),
            HistoryAction.Mask => !now.IsMasked && Do(Mask),
            HistoryAction.Unmask => now.IsMasked && Do(Unmask),
            HistoryAction.Disable => now.IsEnabled && Do(() => Manager.Try("disable", _service.Unit)),
            HistoryAction.StopByHand => now.ProcessId != 0 && Do(() => Manager.Try("stop", _service.Unit)),
            HistoryAction.ReloadManager => Do(Reload),
            HistoryAction.AddDropIn => !now.HasDropIn && Do(AddDropIn),
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

    private void AddDropIn() =>
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(DropIns).FullName, "operator.conf"), "[Service]\nEnvironment=EXTRA=1\n");
}
