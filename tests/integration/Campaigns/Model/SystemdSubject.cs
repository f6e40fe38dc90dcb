using System.Globalization;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Model;

/// <summary>On the real systemd.</summary>
internal sealed class SystemdSubject : Subject
{
    private readonly TestService _service;

    public SystemdSubject()
        : this(new TestService())
    {
    }

    private SystemdSubject(TestService service)
        : base(service.Host, new CliWrapProcessRunner())
    {
        _service = service;
        MakePlace();
        // Ten starts, three seconds between them, are too long for thousands of steps. The operator's own, from before any
        // deploy.
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

    public override Look Look()
    {
        // First the manager: what it is in the middle of can only have gone on since.
        var shown = Manager.Run(
            "show", "--property=LoadState,ActiveState,SubState,NeedDaemonReload,MainPID,ExecStart,Environment", _service.Unit).Split('\n')
            .Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);
        var process = int.Parse(shown["MainPID"], CultureInfo.InvariantCulture);
        var isMasked = new FileInfo(_service.UnitPath).LinkTarget == "/dev/null";
        var text = isMasked || !File.Exists(_service.UnitPath) ? null : File.ReadAllText(_service.UnitPath);
        var held = shown["LoadState"] == "loaded" ? $"{shown.GetValueOrDefault("ExecStart")}\n{shown.GetValueOrDefault("Environment")}" : "";
        var running = Trace.Of(TextOf(process));
        return new Look(
            text, isMasked, Trace.Of(held), running, process,
            File.Exists(Link) || new FileInfo(Link).LinkTarget is not null,
            File.Exists(Path.Combine(DropIns, "operator.conf")),
            // The process of a crash loop is up, too, from time to time.
            shown["ActiveState"] is not ("active" or "inactive" or "failed") || running?.Definition == Broken
                || (process != 0 && running is null),
            Stamps(text ?? "", held, TextOf(process))) { NeedsReload = shown.GetValueOrDefault("NeedDaemonReload") == "yes" };
    }

    public override ValueTask DisposeAsync() => _service.DisposeAsync();

    // A few starts, then it stays failed.
    protected override bool IsLooping(Look look) => false;

    protected override Task<bool> OperateAsync(Act act, Look now)
    {
        return Task.FromResult(act switch
        {
            Act.EditByHand => EditByHand(_service.UnitPath, now),
            Act.DeleteFile => now.Text is not null && Do(() => File.Delete(_service.UnitPath)),
            Act.Mask => !now.IsMasked && Do(Mask),
            Act.Unmask => now.IsMasked && Do(Unmask),
            Act.Disable => now.IsEnabled && Do(() => Manager.Try("disable", _service.Unit)),
            Act.StopByHand => now.ProcessId != 0 && Do(() => Manager.Try("stop", _service.Unit)),
            Act.ReloadManager => Do(Reload),
            Act.AddDropIn => !now.HasDropIn && Do(AddDropIn),
            Act.RemoveDropIn => now.HasDropIn && Do(() => File.Delete(Path.Combine(DropIns, "operator.conf"))),
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, null),
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
