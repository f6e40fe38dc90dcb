using System.Collections.Immutable;
using System.Globalization;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Core.Storage;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks;

/// <summary>
/// Tells what was done to the services, the newest last; reads only. One result item for each entry of each service:
/// ItemSpec is the service's name; metadata: <c>Began</c> and <c>LastBegan</c> (UTC), <c>Count</c> (operations in a row
/// that found nothing to do are one entry), <c>UserId</c>, <c>Verb</c>, <c>Outcome</c>, <c>DurationMilliseconds</c>,
/// <c>Steps</c>, <c>Findings</c>, and <c>Record</c> (everything, as JSON).
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class GetGatewayServiceHistory : GatewayTask
{
    /// <summary>How many entries of each service to tell, from 1 to 100. Default: 10.</summary>
    public string Count { get; set; } = "";

    /// <summary>A file to write for a bug report: the last failed operation of each service, versions and definitions,
    /// without secrets. Relative to the project's folder; none when empty.</summary>
    public string BundleFile { get; set; } = "";

    /// <inheritdoc/>
    private protected override Operation Operation => Operation.Status;

    /// <inheritdoc/>
    private protected override void Run()
    {
        var host = HostContext.Resolve(TaskEnvironment.GetEnvironmentVariable);
        var (requests, problems) = ReadRequests(host);
        if (!TryReadCount(out var count))
            problems = problems.Add(DiagnosticCatalog.InvalidNumber.Error(
                $"HermesGatewayHistoryCount: '{Count}' is not a number from 1 to {HistoryList.MostEntries}.",
                "set HermesGatewayHistoryCount to a number such as 10"));
        foreach (var problem in problems) Tell(problem);
        if (!problems.IsEmpty) return;

        var history = new ServiceHistory(host, TimeProvider.System);
        var read = requests.Select(request => (Request: request, Entries: Read(history, request))).ToImmutableArray();
        Results = [.. read.SelectMany(one => one.Entries.TakeLast(count)
            .Select(entry => ServiceItems.Write(one.Request.Definition.Name.Value, entry)))];
        var lines = read.SelectMany(one => Lines(one.Request, one.Entries, count)).ToList();
        if (BundleFile.Length > 0 && WriteBundle(host, read) is { } path)
            lines.Add($"For a bug report: {path} (read it before you attach it)");
        if (read.Length > 0) TellPeople(read[0].Request.Definition, lines);
    }

    // Of a service that cannot be deployed as it is written down, the past is still of interest.
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
            && count is >= 1 and <= HistoryList.MostEntries);
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
            Tell(DiagnosticCatalog.HistoryUnusable.Error(
                $"the history of {definition.Name} cannot be read: {e.Message}", $"ls -la {ShellText.Quote([path])}"));
            return [];
        }
    }

    private static IEnumerable<string> Lines(ServiceRequest request, ImmutableArray<HistoryEntry> entries, int count) =>
        entries.TakeLast(count).Select(entry => PlainText.Of($"  {HistoryText.Line(entry)}"))
            .Prepend($"history of {request.Definition.Name}: {HistoryText.Summary(entries)}");

    /// <summary>Writes the file for a bug report.</summary>
    /// <returns>Its path; null when it could not be written, which is told.</returns>
    private string? WriteBundle(
        HostContext host, ImmutableArray<(ServiceRequest Request, ImmutableArray<HistoryEntry> Entries)> read)
    {
        string path = TaskEnvironment.GetAbsolutePath(BundleFile);
        var runner = Runner ?? CommandRunner.For(TaskEnvironment);
        var text = new BugReport(host, runner, TimeProvider.System).Make(read, Cancellation);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.WriteRegular(path, text, AtomicFile.Private);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Tell(DiagnosticCatalog.BundleNotWritable.Error(
                $"{path} could not be written: {e.Message}",
                "set HermesGatewayBundleFile to a file in a folder that you can write to"));
            return null;
        }
    }
}
