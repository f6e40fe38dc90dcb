using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Integration.Tests.Systemd;

namespace Hermes.Gateway.Integration.Tests.Robustness.Soak;

/// <summary>The resources that a service and its deploys use: files, processes, units and memory.</summary>
/// <param name="State">The names of the files in the state folder, and the number of backups.</param>
/// <param name="Units">The names of the files in the unit folder.</param>
/// <param name="Temporary">The names of the files in the folder for temporary files.</param>
/// <param name="Children">The number of child processes of this process.</param>
/// <param name="Programs">The number of processes that systemd has started for the service.</param>
/// <param name="Groups">The number of control groups beside that of the service.</param>
/// <param name="Loaded">The number of loaded units.</param>
/// <param name="Descriptors">The number of open file descriptors of this process.</param>
/// <param name="Managed">The bytes of live managed objects.</param>
/// <param name="Resident">The resident set size of this process in bytes.</param>
/// <param name="HistoryBytes">The size of the history file of the service.</param>
internal sealed record Footprint(
    string State, string Units, string Temporary, int Children, int Programs, int Groups, int Loaded, int Descriptors, long Managed, long Resident,
    long HistoryBytes)
{
    public static Footprint Of(SystemdService service, string temporary)
    {
        var units = Path.GetDirectoryName(service.UnitPath)!;
        var state = Path.Combine(service.Host.StateFolder(Manager.Scope));
        var history = new FileInfo(Path.Combine(state, ".history", service.Name + ".jsonl"));
        var group = Manager.Property(service.Unit, "ControlGroup").TrimStart('/');
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return new Footprint(
            $"{Names(state, "backups")} and {(Directory.Exists(service.Backups) ? Directory.GetFiles(service.Backups).Length : 0)} copies",
            Names(units, null), Names(temporary, null), ChildrenOfThis(),
            ProcessEntry.Roots(Manager.Group(service.Unit)).Count(),
            Directory.GetDirectories(Path.GetDirectoryName(Path.Combine("/sys/fs/cgroup", group))!).Length,
            Manager.Run("list-units", "--all", "--plain", "--no-legend").Split('\n').Length,
            Directory.GetFileSystemEntries("/proc/self/fd").Length, GC.GetTotalMemory(forceFullCollection: true), ResidentBytes(), history.Length);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Descriptors} descriptors, {Managed / 1024} KiB managed, {Resident / 1024 / 1024} MiB resident, history {HistoryBytes / 1024} KiB");

    private static string Names(string folder, string? butIn) => string.Join(' ', Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories)
        .Where(path => butIn is null || Path.GetFileName(Path.GetDirectoryName(path)) != butIn)
        .Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal));

    private static int ChildrenOfThis() => ProcessEntry.Ids().Count(id => ProcessEntry.Find(id)?.Parent == Environment.ProcessId);

    private static long ResidentBytes() =>
        1024 * long.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
}
