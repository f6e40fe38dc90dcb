using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Soak;

/// <summary>All that a service and its deploys take up, from the outside.</summary>
/// <param name="State">The files of the state folder, copies of definitions by their number only.</param>
/// <param name="Units">What the folders of units have.</param>
/// <param name="Temporary">What is in the folder for temporary files.</param>
/// <param name="Children">Processes that this one has started and not waited for.</param>
/// <param name="Programs">Processes that the manager has started for the service.</param>
/// <param name="Groups">Control groups of the manager.</param>
/// <param name="Loaded">Units that the manager holds.</param>
/// <param name="Descriptors">Open files of this process.</param>
/// <param name="Managed">Bytes of objects that are alive.</param>
/// <param name="Resident">Bytes of this process in memory.</param>
/// <param name="HistoryBytes">The size of the service's history.</param>
internal sealed record Footprint(
    string State, string Units, string Temporary, int Children, int Programs, int Groups, int Loaded, int Descriptors, long Managed, long Resident,
    long HistoryBytes)
{
    public static Footprint Of(TestService service, string temporary)
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
