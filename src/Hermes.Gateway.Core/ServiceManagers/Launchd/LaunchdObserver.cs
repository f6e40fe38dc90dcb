using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Turns what launchd told, and the file on disk, into facts.</summary>
/// <param name="userId">Who must own a definition.</param>
/// <param name="callersJob">The label of the job that this process belongs to; null when it belongs to none.</param>
internal sealed class LaunchdObserver(uint userId, string? callersJob)
{
    // They choose the groups of the process, and which files it sees.
    private static readonly string[] RightsKeys = ["GroupName", "InitGroups", "RootDirectory"];

    /// <summary>Everything seen of one service.</summary>
    /// <param name="desired">What is wanted.</param>
    /// <param name="sighting">What launchd told of the job.</param>
    /// <param name="overrides">The labels that are disabled; null when launchd did not tell.</param>
    /// <param name="start">What this operation knows of the job's latest start.</param>
    public ServiceObservation Observe(
        DesiredService desired, JobSighting sighting, IReadOnlyDictionary<string, bool>? overrides, AskedStart? start)
    {
        var installed = ReadInstalled(desired);
        var isDisabled = overrides?.GetValueOrDefault(desired.Definition.Label);
        return new ServiceObservation
        {
            DefinitionPath = desired.DefinitionPath,
            Installed = installed,
            Loaded = ReadLoaded(desired, sighting, installed),
            Running = ReadRunning(sighting, start),
            Enabled = installed.Kind == InstalledKind.Missing || isDisabled == true ? Answer.No
                : isDisabled is null ? Answer.Unknown : Answer.Yes,
            // launchd loads agents when their user logs in, and never before.
            StartsWithoutLogin = desired.Definition.Scope == ServiceScope.System ? Answer.Yes : Answer.No,
            HoldsCaller = callersJob == desired.Definition.Label,
            RefusesUntilEnabled = isDisabled == true,
            HasOtherRights = installed.Content?.Foreign.Any(entry => RightsKeys.Contains(SecretNames.NameOnly(entry))) == true,
            Findings = [.. Findings(desired, sighting, isDisabled == true)],
        };
    }

    /// <summary>The definition file, with its owner and mode.</summary>
    public static InstalledFacts ReadInstalled(DesiredService desired)
    {
        var installed = DefinitionFile.Read(
            desired.DefinitionPath,
            text => LaunchdPlist.Understand(text, desired.Keys.Remove(PlistAccess.Key)),
            bytes => PlistBinary.TryToXml(bytes));
        if (installed.Content is not { } content) return installed;
        // What cannot be found out is not held against the file.
        var access = PlistAccess.Of(desired.DefinitionPath) ?? desired.Keys[PlistAccess.Key];
        return installed with { Content = content with { Keys = content.Keys.SetItem(PlistAccess.Key, access) } };
    }

    private static LoadedFacts ReadLoaded(DesiredService desired, JobSighting sighting, InstalledFacts installed)
    {
        if (sighting.Found is not { } found)
            return sighting.Unanswered is null
                ? new LoadedFacts { IsLoaded = Answer.No, Evidence = NotFound(sighting) }
                : new LoadedFacts { IsLoaded = Answer.Unknown, Evidence = "launchd did not answer" };
        // Listed, but only until its process has ended; nothing can be started from it any more.
        if (found.IsEnding)
            return new LoadedFacts { IsLoaded = Answer.No, Evidence = $"being unloaded from {found.Domain} ({found.Job.State})" };

        var job = found.Job;
        return new LoadedFacts
        {
            IsLoaded = Answer.Yes,
            Stamp = Stamp.TryParse(job.Environment.GetValueOrDefault(Stamp.Variable)),
            Keys = HeldCopy.KeysOf(desired, job),
            IsOlderThanDisk = !IsFrom(desired, job) || IsOlder(job, installed) || NeedsReload(job),
            Duplicates = [.. sighting.Loaded.Skip(1).Select(other => other.Domain.Name)],
            Evidence = $"loaded into {found.Domain} from {job.Path}",
        };
    }

    // launchd knows nothing of the file any more, so what it tells of its copy is held against what the file says now.
    private static bool IsOlder(PrintedJob job, InstalledFacts installed) =>
        installed.Text is { } text && PlistXml.TryParse(text) is { } plist && HeldCopy.DiffersFrom(plist, job);

    // A code requirement that was fixed at loading, and that a rebuilt program no longer meets: only loading cures it.
    private static bool NeedsReload(PrintedJob job) =>
        job.ProcessId is null && LaunchdExit.IsFailure(job) && job.Properties.Contains("needs LWCR update");

    private static RunningFacts ReadRunning(JobSighting sighting, AskedStart? start)
    {
        if (sighting.Found is not { } found)
            return sighting.Unanswered is null
                ? new RunningFacts { Activity = Activity.Stopped, Evidence = "no job, so no process" }
                : new RunningFacts { Activity = Activity.Unknown, Evidence = "launchd did not answer" };

        var job = found.Job;
        var activity = ActivityOf(found, wasAsked: start is not null);
        return new RunningFacts
        {
            Activity = activity,
            ProcessId = job.ProcessId,
            Invocation = job.ProcessId is { } pid ? $"{found.Domain}, pid {pid}, run {job.Runs}" : null,
            // The environment of the held copy is that of its process: launchd has no way to change the one without
            // ending the other.
            Environment = job.ProcessId is null ? null : job.Environment,
            StartedAt = job.ProcessId is { } id ? ProcessWatch.StartTimeOf(id) : null,
            Restarts = Math.Max(0, job.Runs - (start?.Runs ?? 1)),
            LastExit = LaunchdExit.Describe(job),
            Evidence = RunningEvidence(job, activity),
        };
    }

    private static Activity ActivityOf(LoadedJob found, bool wasAsked)
    {
        var job = found.Job;
        if (found.IsEnding) return Activity.Stopping;
        if (job.ProcessId is not null) return job.State == "xpcproxy" ? Activity.Starting : Activity.Up;
        return job.State switch
        {
            // Without a process id: caught between two states.
            "running" or "xpcproxy" => Activity.Starting,
            "spawn scheduled" or "waiting" => job.HasNeverExited ? Activity.Starting : Activity.WaitingToRestart,
            "not running" when job.HasNeverExited => wasAsked ? Activity.Starting : Activity.Stopped,
            "not running" => LaunchdExit.IsFailure(job) ? Activity.Failed : Activity.Stopped,
            _ => Activity.Unknown,
        };
    }

    private static string RunningEvidence(PrintedJob job, Activity activity)
    {
        var parts = new List<string> { job.State.Length > 0 ? job.State : "no state told" };
        if (job.ProcessId is { } pid) parts.Add($"pid {pid}");
        if (job.ProcessId is null && LaunchdExit.Describe(job) is { } exit) parts.Add($"last {exit}");
        if (job.PendedSpawn is { } pended) parts.Add($"its start is held back ({pended})");
        if (job.Runs > 1) parts.Add($"{job.Runs} runs since it was loaded");
        if (IsSpawnInDoubt(activity) && SpawnObstacle.Find(job) is { } obstacle) parts.Add(obstacle);
        return string.Join(", ", parts);
    }

    private static bool IsSpawnInDoubt(Activity activity) => activity is Activity.WaitingToRestart or Activity.Failed or Activity.Starting;

    private IEnumerable<Finding> Findings(DesiredService desired, JobSighting sighting, bool isDisabled)
    {
        var label = desired.Definition.Label;
        var domains = LaunchdDomain.Of(desired.Definition.Scope, userId);
        if (sighting is { Found: null, Unanswered: { } command }) yield return LaunchdFindings.Unanswered(command);
        else if (sighting.Domains.IsEmpty) yield return LaunchdFindings.NoDomain(domains);
        if (isDisabled && sighting.Home is { } home)
            yield return LaunchdFindings.Disabled(desired, home) with { Severity = Severity.Warning };
        if (sighting.Found is not { } found)
        {
            if (sighting.Domains is [var only] && only != domains[0])
                yield return DiagnosticCatalog.DomainUnavailable.Info(
                    $"there is no {domains[0]}, because nobody is logged in at the screen; {label} belongs to {only} until then.");
            yield break;
        }

        foreach (var other in sighting.Loaded.Skip(1))
            yield return DiagnosticCatalog.LoadedTwice.Warning(
                $"{label} is loaded into {other.Domain} as well as into {found.Domain}, so it can run twice.",
                LaunchctlClient.Show("bootout", other.Domain.Target(label)));
        if (found.Job.Path is { } path && !IsFrom(desired, found.Job) && File.Exists(path))
            yield return DiagnosticCatalog.Shadowed.Error(
                $"launchd already holds a job {label}, from another definition: {path}.",
                $"choose another HermesGatewayLabel, or unload that one: {LaunchctlClient.Show("bootout", found.Domain.Target(label))}");
        if (IsSpawnInDoubt(ActivityOf(found, wasAsked: false)) && SpawnObstacle.Find(found.Job) is { } obstacle)
            yield return DiagnosticCatalog.CannotSpawn.Warning(
                $"launchd holds {label} and cannot start it: {obstacle}.",
                LaunchctlClient.Show("print", found.Domain.Target(label)));
    }

    // The same folder can have two names: on macOS, /var and /tmp are links.
    private static bool IsFrom(DesiredService desired, PrintedJob job)
    {
        if (job.Path is not { } path || path == desired.DefinitionPath) return job.Path is not null;
        try
        {
            return Path.GetFileName(path) == Path.GetFileName(desired.DefinitionPath)
                && File.GetLastWriteTimeUtc(path) == File.GetLastWriteTimeUtc(desired.DefinitionPath)
                && File.ReadAllBytes(path).AsSpan().SequenceEqual(File.ReadAllBytes(desired.DefinitionPath));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string NotFound(JobSighting sighting) =>
        sighting.Domains.IsEmpty ? "there is no domain for it" : $"not in {string.Join(" or ", sighting.Domains)}";
}
