using System.Collections.Immutable;
using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Tasks;

/// <summary>Shows the last operations on services, the newest last; changes nothing. Results: one item for each entry of each
/// service. The ItemSpec is the service's name; metadata: <c>Began</c> and <c>LastBegan</c> (UTC), <c>Count</c> (consecutive
/// operations that found nothing to do are one entry), <c>UserId</c>, <c>Verb</c>, <c>Outcome</c>, <c>DurationMilliseconds</c>,
/// <c>Steps</c>, <c>Findings</c>, and <c>Record</c> (the whole entry as JSON).</summary>
[MSBuildMultiThreadableTask]
public sealed class GetGatewayServiceHistory : GatewayTask
{
    /// <summary>The number of entries of each service, from 1 to 100. Default: 10.</summary>
    public string Count { get; set; } = "";

    /// <summary>A file for a bug report: the last failed operation of each service, versions and definitions, without secrets.
    /// Relative to the project's folder. Default: none.</summary>
    public string BundleFile { get; set; } = "";

    /// <summary>One item for each release of each service that is on disk, the newest last. The ItemSpec is the revision; metadata:
    /// <c>Service</c>, <c>Folder</c>, <c>Created</c> and <c>Verified</c> (UTC; empty when it is not known to have worked), <c>SourceRevision</c> and
    /// <c>Current</c> (true, false).</summary>
    [Output]
    public ITaskItem[] Releases { get; private set; } = [];

    private protected override Operation Operation => Operation.Status;

    private protected override void Run()
    {
        var host = HostContext.Resolve(TaskEnvironment.GetEnvironmentVariable);
        var (requests, problems) = ReadRequests(host);
        if (!TryReadCount(out var count))
            problems = problems.Add(DiagnosticCatalog.InvalidNumber.Error(
                $"HermesGatewayHistoryCount: '{Count}' is not a number from 1 to {ServiceHistory.MaxEntries}.",
                "set HermesGatewayHistoryCount to a number such as 10"));
        foreach (var problem in problems) LogFinding(problem);
        if (!problems.IsEmpty) return;

        var history = new ServiceHistory(host, TimeProvider.System);
        var services = requests.Select(request => (Request: request, Entries: Read(history, request))).ToImmutableArray();
        Results = [.. services.SelectMany(service => service.Entries.TakeLast(count)
            .Select(entry => ServiceItems.Write(service.Request.Definition.Name.Value, entry)))];
        var releases = services.Select(service => history.ReadReleases(service.Request)).ToImmutableArray();
        Releases = [.. services.SelectMany((service, i) => releases[i].Select(release => ServiceItems.Write(service.Request.Definition.Name.Value, release)))];
        var lines = services.SelectMany((service, i) => Lines(service.Request, service.Entries, count).Concat(Lines(service.Request, releases[i]))).ToList();
        if (BundleFile.Length > 0 && WriteBundle(host, services) is { } path)
            lines.Add($"For a bug report: {path} (read it before you attach it)");
        if (services.Length > 0) LogText(services[0].Request.Definition, lines);
    }

    // The history of a service with invalid settings can be read as long as its names are valid.
    private (ImmutableArray<ServiceRequest> Requests, ImmutableArray<Finding> Problems) ReadRequests(HostContext host)
    {
        var inputs = ReadInputs(host);
        var whole = RequestReader.Read(inputs, host);
        return whole.Problems.IsEmpty ? whole : RequestReader.Read(inputs.Select(RequestReader.NamesOf), host);
    }

    private bool TryReadCount(out int count)
    {
        count = 10;
        return Count.Length == 0 || (int.TryParse(Count, NumberStyles.None, CultureInfo.InvariantCulture, out count)
            && count is >= 1 and <= ServiceHistory.MaxEntries);
    }

    private ImmutableArray<HistoryEntry> Read(ServiceHistory history, ServiceRequest request)
    {
        var definition = request.Definition;
        try
        {
            return [.. history.Read(definition.Scope, definition.Name).Select(entry => entry.Redacted())];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var path = history.PathOf(definition.Scope, definition.Name);
            LogFinding(DiagnosticCatalog.HistoryUnusable.Error(
                $"the history of {definition.Name} cannot be read: {e.Message}", $"ls -la {ShellText.Quote([path])}"));
            return [];
        }
    }

    private static IEnumerable<string> Lines(ServiceRequest request, ImmutableArray<HistoryEntry> entries, int count) =>
        entries.TakeLast(count).Select(entry => PlainText.Of($"  {HistoryText.Line(entry)}"))
            .Prepend($"history of {request.Definition.Name}: {HistoryText.Summary(entries)}");

    private static IEnumerable<string> Lines(ServiceRequest request, ImmutableArray<ReleaseOnDisk> releases) => releases.IsEmpty
        ? []
        : releases.Select(release => PlainText.Of($"  {HistoryText.Line(release)}")).Prepend(
            PlainText.Of($"releases of {request.Definition.Name} in {Path.GetDirectoryName(releases[0].Folder)}:"));

    /// <summary>Writes the file for a bug report; returns its path, or null after logging an error.</summary>
    private string? WriteBundle(HostContext host, IEnumerable<(ServiceRequest, ImmutableArray<HistoryEntry>)> services)
    {
        string path = TaskEnvironment.GetAbsolutePath(BundleFile);
        var text = new BugReport(host, Runner, TimeProvider.System).Make(services, Cancellation);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.WriteRegular(path, text, AtomicFile.Private);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFinding(DiagnosticCatalog.BundleNotWritable.Error(
                $"{path} could not be written: {e.Message}",
                "set HermesGatewayBundleFile to a file in a folder that you can write to"));
            return null;
        }
    }
}
