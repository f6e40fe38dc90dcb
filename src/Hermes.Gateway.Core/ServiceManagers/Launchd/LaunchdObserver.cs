using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Converts launchd's answers and the definition on disk into facts. <paramref name="userId"/> is the account that must
/// own definitions, <paramref name="callersJob"/> the label of the job to which this process belongs, null for none.</summary>
internal sealed class LaunchdObserver(uint userId, string? callersJob)
{
    // These keys change the groups of the process and the files that it sees.
    private static readonly string[] RightsKeys = ["GroupName", "InitGroups", "RootDirectory"];

    /// <summary>Returns all facts about one service. <paramref name="disabled"/> are the labels that are disabled or
    /// not, null when unknown; <paramref name="start"/> is the latest start that this operation requested.</summary>
    public ServiceObservation Observe(
        DesiredService desired, JobObservation observation, ImmutableDictionary<string, bool>? disabled, RequestedStart? start)
    {
        var installed = ReadInstalled(desired);
        var isDisabled = disabled?.GetValueOrDefault(desired.Definition.Label);
        var problems = FindProblems(desired, observation, isDisabled == true).ToList();
        var absence = problems.Find(problem => problem.Descriptor == DiagnosticCatalog.ManagerUnreachable);
        return new ServiceObservation
        {
            DefinitionPath = desired.DefinitionPath,
            Installed = installed,
            Loaded = ReadLoaded(desired, observation, installed),
            Running = ReadRunning(observation, start),
            Enabled = installed.Kind == InstalledKind.Missing || isDisabled == true ? Answer.No
                : isDisabled is null ? Answer.Unknown : Answer.Yes,
            // launchd loads agents at the login of their user.
            StartsWithoutLogin = desired.Definition.Scope == ServiceScope.System ? Answer.Yes : Answer.No,
            HoldsCaller = callersJob == desired.Definition.Label,
            RefusesUntilEnabled = isDisabled == true,
            HasOtherRights = installed.Content?.Foreign.Any(entry => RightsKeys.Contains(SecretNames.NameOnly(entry))) == true,
            Absence = absence is null ? null : new ManagerAbsence(absence, CanBeStarted: false),
            Findings = [.. problems.Where(problem => problem != absence)],
        };
    }

    public static InstalledFacts ReadInstalled(DesiredService desired)
    {
        var installed = DefinitionFile.Read(
            desired.DefinitionPath,
            text => LaunchdPlist.Understand(text, desired.Keys.Remove(PlistAcceptance.AccessKey)),
            bytes => BinaryPlist.TryConvertToXml(bytes));
        if (installed.Content is not { } content) return installed;
        // If owner and mode cannot be read, they count as the desired ones.
        var access = PlistAcceptance.ReadAccess(desired.DefinitionPath) ?? desired.Keys[PlistAcceptance.AccessKey];
        return installed with { Content = content with { Keys = content.Keys.SetItem(PlistAcceptance.AccessKey, access) } };
    }

    private static LoadedFacts ReadLoaded(DesiredService desired, JobObservation observation, InstalledFacts installed)
    {
        if (observation.Job is not { } loaded)
            return observation.Unanswered is null
                ? new LoadedFacts { IsLoaded = Answer.No, Evidence = DescribeAbsence(observation) }
                : new LoadedFacts { IsLoaded = Answer.Unknown, Evidence = "launchd did not answer" };
        // No start is possible any more, although the job is listed until its process has ended.
        if (loaded.IsTerminating)
            return new LoadedFacts { IsLoaded = Answer.No, Evidence = $"being unloaded from {loaded.Domain} ({loaded.Job.State})" };

        var job = loaded.Job;
        return new LoadedFacts
        {
            IsLoaded = Answer.Yes,
            Stamp = Stamp.TryParse(job.Environment.GetValueOrDefault(Stamp.Variable)),
            Keys = LoadedDefinition.KeysOf(desired, job),
            IsOlderThanDisk = !IsLoadedFrom(desired, job) || DiffersFromDisk(job, installed) || NeedsReload(job),
            Duplicates = [.. observation.Loaded.Skip(1).Select(other => other.Domain.Name)],
            Evidence = $"loaded into {loaded.Domain} from {job.Path}",
        };
    }

    // launchd does not report that the file has changed since it was loaded.
    private static bool DiffersFromDisk(PrintedJob job, InstalledFacts installed) =>
        installed.Text is { } text && PlistXml.TryParse(text) is { } plist && LoadedDefinition.DiffersFrom(plist, job);

    // launchd records a code requirement (LWCR) when it loads the job; a rebuilt program meets it only after a reload.
    private static bool NeedsReload(PrintedJob job) =>
        job.ProcessId is null && JobFailure.HasFailed(job) && job.Properties.Contains("needs LWCR update");

    private static RunningFacts ReadRunning(JobObservation observation, RequestedStart? start)
    {
        if (observation.Job is not { } loaded)
            return observation.Unanswered is null
                ? new RunningFacts { Activity = Activity.Stopped, Evidence = "no job, so no process" }
                : new RunningFacts { Activity = Activity.Unknown, Evidence = "launchd did not answer" };

        var job = loaded.Job;
        var activity = ActivityOf(loaded, isStartRequested: start is not null);
        return new RunningFacts
        {
            Activity = activity,
            ProcessId = job.ProcessId,
            Invocation = job.ProcessId is { } pid ? $"{loaded.Domain}, pid {pid}, run {job.Runs}" : null,
            // A process has the environment of launchd's copy: a changed copy is loaded only after the process has ended.
            Environment = job.ProcessId is null ? null : job.Environment,
            StartedAt = job.ProcessId is { } id ? ProcessWatch.StartTimeOf(id) : null,
            Restarts = Math.Max(0, job.Runs - (start?.Run ?? 1)),
            LastExit = JobFailure.DescribeLastExit(job),
            Evidence = DescribeActivity(job, activity),
        };
    }

    private static Activity ActivityOf(LoadedJob loaded, bool isStartRequested)
    {
        var job = loaded.Job;
        if (loaded.IsTerminating) return Activity.Stopping;
        if (job.ProcessId is not null) return job.State == "xpcproxy" ? Activity.Starting : Activity.Up;
        return job.State switch
        {
            "running" or "xpcproxy" => Activity.Starting,
            "spawn scheduled" or "waiting" => job.HasNeverExited ? Activity.Starting : Activity.WaitingToRestart,
            "not running" when job.HasNeverExited => isStartRequested ? Activity.Starting : Activity.Stopped,
            "not running" => JobFailure.HasFailed(job) ? Activity.Failed : Activity.Stopped,
            _ => Activity.Unknown,
        };
    }

    private static string DescribeActivity(PrintedJob job, Activity activity)
    {
        var parts = new List<string> { job.State.Length > 0 ? job.State : "no state told" };
        if (job.ProcessId is { } pid) parts.Add($"pid {pid}");
        if (job.ProcessId is null && JobFailure.DescribeLastExit(job) is { } exit) parts.Add($"last {exit}");
        if (job.PendedSpawn is { } pended) parts.Add($"its start is held back ({pended})");
        if (job.Runs > 1) parts.Add($"{job.Runs} runs since it was loaded");
        if (MayFailToSpawn(activity) && JobFailure.FindSpawnProblem(job) is { } problem) parts.Add(problem);
        return string.Join(", ", parts);
    }

    private static bool MayFailToSpawn(Activity activity) =>
        activity is Activity.WaitingToRestart or Activity.Failed or Activity.Starting;

    private IEnumerable<Finding> FindProblems(DesiredService desired, JobObservation observation, bool isDisabled)
    {
        var label = desired.Definition.Label;
        var domains = LaunchdDomain.Of(desired.Definition.Scope, userId);
        if (observation is { Job: null, Unanswered: { } command }) yield return LaunchdFindings.Unanswered(command);
        else if (observation.Domains.IsEmpty) yield return LaunchdFindings.NoDomain(domains);
        if (isDisabled && observation.Domain is { } home)
            yield return LaunchdFindings.Disabled(desired, home) with { Severity = Severity.Warning };
        if (observation.Job is not { } loaded)
        {
            if (observation.Domains is [var only] && only != domains[0])
                yield return DiagnosticCatalog.DomainUnavailable.Info(
                    $"there is no {domains[0]}, because nobody is logged in at the screen; {label} belongs to {only} until then.");
            yield break;
        }

        var (domain, job) = loaded;
        foreach (var other in observation.Loaded.Skip(1))
            yield return DiagnosticCatalog.LoadedTwice.Warning(
                $"{label} is loaded into {other.Domain} as well as into {domain}, so it can run twice.",
                LaunchctlClient.Format("bootout", other.Domain.Target(label)));
        if (job.Path is { } path && !IsLoadedFrom(desired, job) && File.Exists(path))
            yield return DiagnosticCatalog.Shadowed.Error(
                $"launchd already holds a job {label}, from another definition: {path}.",
                $"choose another HermesGatewayLabel, or unload that one: {LaunchctlClient.Format("bootout", domain.Target(label))}");
        if (MayFailToSpawn(ActivityOf(loaded, isStartRequested: false)) && JobFailure.FindSpawnProblem(job) is { } problem)
            yield return DiagnosticCatalog.CannotSpawn.Warning(
                $"launchd holds {label} and cannot start it: {problem}.",
                LaunchctlClient.Format("print", domain.Target(label)));
    }

    // launchd can report the same file under another path: on macOS, /var and /tmp are links.
    private static bool IsLoadedFrom(DesiredService desired, PrintedJob job)
    {
        if (job.Path is not { } path || path == desired.DefinitionPath) return job.Path is not null;
        return FileErrors.Ignore(fallback: false, () =>
            Path.GetFileName(path) == Path.GetFileName(desired.DefinitionPath)
            && File.GetLastWriteTimeUtc(path) == File.GetLastWriteTimeUtc(desired.DefinitionPath)
            && File.ReadAllBytes(path).AsSpan().SequenceEqual(File.ReadAllBytes(desired.DefinitionPath)));
    }

    private static string DescribeAbsence(JobObservation observation) =>
        observation.Domains.IsEmpty ? "there is no domain for it" : $"not in {string.Join(" or ", observation.Domains)}";
}
