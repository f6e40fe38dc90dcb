using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Reporting.History;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations;

/// <summary>The straight line: observe, compare, plan, apply, verify, report; for any number of services at once.</summary>
internal sealed class Reconciler(
    IServiceManager manager,
    HostContext host,
    ServiceStore store,
    HealthProber prober,
    CommandJournal journal,
    TimeProvider time,
    IOperationListener? listener = null)
{
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(2);

    private readonly HistoryKeeper _history = new(host, time);
    private readonly ServicePlanner _planner = new(manager, host);
    private readonly Transaction _transaction = new(store, time);

    /// <summary>Runs one operation. Whatever happens to one service is in its own report and does not stop the others;
    /// a cancellation is reported too.</summary>
    public IReadOnlyList<ServiceReport> Run(
        Operation operation, IReadOnlyList<ServiceRequest> requests, CancellationToken cancellationToken)
    {
        if (requests.Count == 0) return [];
        var (start, when) = (time.GetTimestamp(), time.GetUtcNow());
        var runs = requests
            .Select(request => new ServiceRun(request, manager.Describe(request.Definition), new Deadline(time, request.Timeout)))
            .ToList();
        var locks = new List<ServiceLock>();
        try
        {
            RunToEnd(operation, runs, locks, cancellationToken);
            var commands = new CommandReports(journal.Results);
            var reports = BoundedParallel.Select(runs, (run, _) => run.Redaction.Of(
                run.Report(operation, manager, commands, time.GetElapsedTime(start), time.GetUtcNow())));
            // Before the locks are given back, so that the records of a service are in the order of what was done.
            if (operation.MayChange) reports = _history.Keep(runs, reports, when);
            return reports;
        }
        finally
        {
            foreach (var held in locks) held.Dispose();
            // What was seen of a thousand services is not to be kept while their reports are shown.
            runs.Clear();
        }
    }

    private void RunToEnd(
        Operation operation, List<ServiceRun> runs, List<ServiceLock> locks, CancellationToken cancellationToken)
    {
        try
        {
            Run(operation, runs, locks, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            foreach (var run in runs.Where(run => !run.IsSettled))
                run.Fail(DiagnosticCatalog.Canceled.Warning(
                    $"{operation.Verb} of {run.Desired.Definition.Name} was cancelled half-way; running it again completes it.",
                    run.Request.DeployCommand));
        }
    }

    private void Run(
        Operation operation, List<ServiceRun> runs, List<ServiceLock> locks, CancellationToken cancellationToken)
    {
        var progress = new Progress(operation, listener, time);
        var verifier = new Verifier(manager, host, prober, time, operation, progress);
        foreach (var run in runs)
            if (operation.Mode != OperationMode.VerifyOnly)
                foreach (var finding in Preflight.Check(operation, run.Request, host))
                    run.Fail(finding);
        if (operation is { Goal: Goal.Installed or Goal.Running or Goal.Restarted, Mode: not OperationMode.VerifyOnly })
            foreach (var run in runs.Where(run => run.Desired.Rules.HasGuardedFolders && !run.HasFailed))
                if (GuardedFolder.Find(run.Desired.Definition, host) is { } guarded) run.Add(guarded);
        if (operation.MayChange) Lock(runs, locks, cancellationToken);
        else CheckState(runs);
        // Not before: whoever held the lock may have started another process.
        foreach (var run in runs)
            if (!run.IsStateUntrusted) run.Recorded = store.ReadVerifiedStart(run.Desired.Definition);
        foreach (var run in runs) _transaction.TellOfInterrupted(operation, run);

        Observe(runs, ObservationDeadline.OfFirst(runs.Count, Remaining(runs)), cancellationToken);
        BoundedParallel.ForEach(runs, run => _planner.Plan(operation, run));
        Probe(runs, cancellationToken);

        if (operation.Mode == OperationMode.Apply)
        {
            progress.Plan(runs);
            foreach (var run in runs.Where(run => !run.IsSettled)) run.Tell(listener);
            LetRun(operation, runs, progress, cancellationToken);
            foreach (var run in runs) RefuseWhenLate(operation, run);
            foreach (var run in runs) _transaction.SecureDefinition(operation, run);
            BoundedParallel.ForEach(
                [.. runs.Where(run => !run.IsSettled && !run.Plan.Steps.IsEmpty)], BoundedParallel.Files, run => _transaction.Begin(operation, run));
            Apply(runs, progress, cancellationToken);
        }

        if (operation.Mode != OperationMode.PlanOnly && operation.Goal != Goal.Observed)
            verifier.Verify(runs, cancellationToken);
        new Rollback(manager, time).Run(runs, cancellationToken);
        if (operation.Goal == Goal.Observed)
            verifier.Describe(runs, cancellationToken);

        if (!operation.MayChange) return;
        BoundedParallel.ForEach(runs, BoundedParallel.Files, run =>
        {
            KeepRecord(operation.Goal, run);
            _transaction.End(operation, run);
        });
    }

    // Whoever has used up the time by waiting and looking has none left to make sure of what would come of a change.
    private void RefuseWhenLate(Operation operation, ServiceRun run)
    {
        if (run.IsSettled || run.Plan.Steps.IsEmpty || !run.Deadline.HasPassed) return;
        run.Fail(DiagnosticCatalog.CommandTimedOut.Error(
            $"the {run.Request.Timeout.TotalSeconds:0.#} s for the {operation.Verb} of {run.Desired.Definition.Name} were up before "
            + $"anything was begun: another operation was waited for, or {manager.Name} was slow to answer."
            + (run.HasActed ? "" : " Nothing was changed."),
            manager.StatusCommand(run.Desired)));
    }

    private void KeepRecord(Goal goal, ServiceRun run)
    {
        if (run.HasFailed) return;
        var definition = run.Desired.Definition;
        if (goal is Goal.Running or Goal.Restarted && run.Now!.Seen.Running.Invocation is { } invocation)
        {
            var proof = new Proof(invocation, run.Desired.Stamp.ToString(), run.Now.Seen.Loaded.OverridesMark);
            if (proof != run.Recorded) store.WriteVerifiedStart(definition, proof);
        }
        else if (goal == Goal.Absent && !IsOthers(run.Before!))
            store.DeleteState(definition);
    }

    private void Lock(
        List<ServiceRun> runs, List<ServiceLock> locks, CancellationToken cancellationToken)
    {
        // Always in the same order, so that two calls with the same services cannot wait for each other.
        foreach (var run in runs.OrderBy(run => run.Desired.DefinitionPath, StringComparer.Ordinal))
        {
            var (definition, folder) = (run.Desired.Definition, store.FolderOf(run.Desired.Definition));
            if (run.IsSettled) continue;
            // All services wait in the same half of the time: what gets its lock at the last moment needs the other one.
            var patience = run.Request.Timeout / 2;
            try
            {
                locks.Add(store.Lock(run.Desired, patience - run.Deadline.Elapsed, cancellationToken));
            }
            catch (LockHeldException e)
            {
                run.Fail(DiagnosticCatalog.Locked.Error(
                    $"another operation on {definition.Name} is under way ({e.Holder}) and did not end within "
                    + $"{patience.TotalSeconds:0.#} s.",
                    "wait for it, then run this again"));
            }
            catch (UntrustedPathException e)
            {
                run.IsStateUntrusted = true;
                run.Fail(Transaction.NotTrusted(run.Desired, e));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                run.Fail(DiagnosticCatalog.StateFolderUnusable.Error(
                    $"the folder {folder} for locks and backups cannot be used: {e.Message}",
                    $"ls -ld {ShellText.Quote([folder])}"));
            }

            _transaction.AddRepairFindings(run);
        }
    }

    // A verb that changes nothing repairs nothing, and ignores state that another account could have written.
    private void CheckState(List<ServiceRun> runs)
    {
        if (store.FindRefusal(runs[0].Desired.Definition.Scope) is not { } refusal) return;
        foreach (var run in runs) run.IsStateUntrusted = true;
        runs[0].Add(DiagnosticCatalog.PathNotTrusted.Warning(
            $"{refusal.Message}. Nothing that is kept there is used.", refusal.Repair));
    }

    private void Observe(List<ServiceRun> runs, Deadline deadline, CancellationToken cancellationToken)
    {
        var seen = manager.Observe([.. runs.Select(run => run.Desired)], deadline, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        for (var i = 0; i < runs.Count; i++) runs[i].See(seen[i]);
    }

    // Only for a plan that leads to a new process or a new definition: without drift there is nothing to prove.
    private void Probe(List<ServiceRun> runs, CancellationToken cancellationToken)
    {
        var probed = runs.Where(run => run.Request.Probe is not null && !run.IsSettled && IsRisky(run.Plan)).ToList();
        if (probed.Count == 0) return;
        var timeout = Remaining(runs).Remaining;
        BoundedParallel.ForEach(probed, BoundedParallel.Programs, run =>
        {
            var definition = run.Desired.Definition;
            var account = definition.User is { } user ? AccountCommand.Find(user, host, out _) : null;
            // Without a command that changes to the account, or with variables that the command's own loader would obey as root,
            // the program is not probed; the manager is then the first to run it.
            if (definition.User is not null && (account is null || definition.Environment.Keys.Any(IsOfLoader))) return;
            if (run.Request.Probe!.FindProblem(definition, account, journal, timeout, cancellationToken) is { } problem)
                run.Fail(problem);
        });
        cancellationToken.ThrowIfCancellationRequested();

        // ld.so(8) and dyld(1).
        static bool IsOfLoader(string name) =>
            name.StartsWith("LD_", StringComparison.Ordinal) || name.StartsWith("DYLD_", StringComparison.Ordinal)
            || name is "GLIBC_TUNABLES" or "GCONV_PATH" or "LOCPATH" or "NLSPATH";

        static bool IsRisky(Plan plan) =>
            plan.Has(StepKind.Write) || plan.Has(StepKind.Load) || plan.Has(StepKind.Start) || plan.Has(StepKind.Restart)
            // What follows it is not known yet.
            || plan.Has(StepKind.RunWithoutLogin);
    }

    // The manager may not even be there before, and what it then starts by itself is not known. Once: if it had no effect,
    // that is told like any other reason why the manager cannot be asked, or why the service ends with a session.
    private void LetRun(
        Operation operation, List<ServiceRun> runs, Progress progress, CancellationToken cancellationToken)
    {
        var batch = runs.Where(run => !run.IsSettled && run.Plan.Has(StepKind.RunWithoutLogin)).ToList();
        if (batch.Count == 0) return;
        RunCommand(StepKind.RunWithoutLogin, batch, progress, cancellationToken);
        batch.RemoveAll(run => run.IsSettled);
        if (batch.Count == 0) return;

        Observe(batch, ObservationDeadline.OfFirst(batch.Count, Remaining(batch)), cancellationToken);
        BoundedParallel.ForEach(batch, run => _planner.Plan(operation, run, isLet: true));
        progress.Plan(runs);
        foreach (var run in batch.Where(run => !run.IsSettled)) run.Tell(listener);
    }

    private void Apply(
        List<ServiceRun> runs, Progress progress, CancellationToken cancellationToken)
    {
        // A process that ends before its definition goes is not to end for nothing.
        foreach (var run in runs.Where(run => !run.IsSettled && run.Plan.Has(StepKind.Remove)))
            if (!IsUntouched(run, run.Now!.Seen)) run.Fail(ChangedMeanwhile(run));
        foreach (var kind in Enum.GetValues<StepKind>())
        {
            var batch = runs.Where(run => !run.IsSettled && run.Plan.Has(kind)).ToList();
            if (batch.Count == 0) continue;
            cancellationToken.ThrowIfCancellationRequested();
            if (kind is StepKind.Write or StepKind.Remove)
            {
                progress.Begin(kind, batch.Count);
                BoundedParallel.ForEach(batch, BoundedParallel.Files, run => ChangeFile(kind, run));
            }
            else
            {
                RunCommand(kind, batch, progress, cancellationToken);
            }
        }
    }

    private void RunCommand(
        StepKind kind, List<ServiceRun> batch, Progress progress, CancellationToken cancellationToken)
    {
        var results = progress.During(
            kind, batch.Count, () => AskManager(kind, batch, cancellationToken));
        var unloaded = batch.Where((_, i) => results[i].Status == StepStatus.NotLoaded).ToList();
        if (unloaded.Count > 0)
        {
            // Once, and only once: a second failure is the failure that is reported.
            var loads = AskManager(StepKind.Load, unloaded, cancellationToken);
            var loaded = unloaded.Where((_, i) => loads[i].Finding is null).ToList();
            foreach (var (run, load) in unloaded.Zip(loads))
                if (load.Finding is { } whyNot) run.Fail(whyNot);
            var again = loaded.Count > 0 ? AskManager(kind, loaded, cancellationToken) : [];
            var place = loaded.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
            results = [.. batch.Select((run, i) => place.TryGetValue(run, out var at) ? again[at] : results[i])];
        }

        foreach (var (run, result) in batch.Zip(results))
        {
            if (result.Finding is not { } finding || run.HasFailed) continue;
            // What a start, restart or stop came to is seen in the observed state, not in its exit status.
            if (kind is StepKind.Start or StepKind.Restart or StepKind.Stop) run.Doubt = finding;
            else run.Fail(finding);
        }
    }

    private IReadOnlyList<StepResult> AskManager(
        StepKind kind, List<ServiceRun> batch, CancellationToken cancellationToken)
    {
        foreach (var run in batch)
        {
            run.HasActed = true;
            run.HasStarted |= kind is StepKind.Start or StepKind.Restart;
        }

        var began = time.GetTimestamp();
        // Before: what a person would type depends on what was there.
        var commands = batch.ConvertAll(run => manager.CommandFor(kind, run.Desired));
        var results = manager.Apply(
            kind, [.. batch.Select(run => run.Desired)], Remaining(batch), cancellationToken);
        foreach (var (run, result, command) in batch.Zip(results, commands))
            run.Record(new StepReport(
                kind,
                run.Plan.Steps.FirstOrDefault(step => step.Kind == kind)?.Reason ?? "the manager did not hold the definition",
                command,
                result.Status,
                time.GetElapsedTime(began)));
        cancellationToken.ThrowIfCancellationRequested();
        return results;
    }

    private void ChangeFile(StepKind kind, ServiceRun run)
    {
        var (definition, seen) = (run.Desired.Definition, run.Now!.Seen);
        var began = time.GetTimestamp();
        if (!IsUntouched(run, seen))
        {
            Record(StepStatus.Failed);
            run.Fail(ChangedMeanwhile(run));
            return;
        }

        try
        {
            var isOthers = IsOthers(run.Now);
            var text = kind == StepKind.Write ? run.Render(manager, seen.Installed) : null;
            var copy = text is not null
                ? store.WriteDefinition(run.Desired, seen.DefinitionPath, text, seen.Installed, isOthers)
                : store.RemoveDefinition(definition, seen.DefinitionPath, seen.Installed, isOthers);
            (run.HasActed, run.Written) = (true, text);
            Record(StepStatus.Done);
            if (isOthers)
                run.Add(DiagnosticCatalog.Adopted.Warning(
                    $"{seen.DefinitionPath} was not written by this project; it is {(kind == StepKind.Write ? "adopted" : "removed")}, "
                    + $"and a copy is kept at {copy}.{Adoption.KindOf(run.Now)}"
                    + (kind == StepKind.Write ? Adoption.LossesOf(run.Now) : "")));
        }
        catch (UntrustedPathException e)
        {
            Record(StepStatus.Failed);
            run.Fail(Transaction.NotTrusted(run.Desired, e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Record(StepStatus.Failed);
            run.Fail(DiagnosticCatalog.DefinitionNotWritable.Error(
                $"{seen.DefinitionPath} could not be {(kind == StepKind.Write ? "written" : "removed")}: {e.Message} "
                + (IsUntouched(run, seen) ? "What was there is still there." : "The file may be the new one already."),
                $"ls -ld {ShellText.Quote([Path.GetDirectoryName(seen.DefinitionPath)!])}"));
        }

        void Record(StepStatus status) =>
            run.Record(new StepReport(
                kind, run.Plan.Steps.First(step => step.Kind == kind).Reason, null, status, time.GetElapsedTime(began)));
    }

    // What was planned is for what was seen.
    private bool IsUntouched(ServiceRun run, ServiceObservation seen) =>
        manager.ReadInstalled(run.Desired with { DefinitionPath = seen.DefinitionPath }) is var now
        && (now.Kind, now.Text) == (seen.Installed.Kind, seen.Installed.Text);

    private static Finding ChangedMeanwhile(ServiceRun run) => DiagnosticCatalog.DefinitionChanged.Error(
        $"{run.Now!.Seen.DefinitionPath} was changed by somebody else after it was looked at. It is left as it is now.",
        run.Request.DeployCommand);

    private static bool IsOthers(Comparison comparison) => comparison.Ownership is Ownership.Unowned or Ownership.Other;

    // A command after a stop that took all the time still gets a moment: a reload took more than one second on a machine with ten
    // processes for each processor.
    private static Deadline Remaining(List<ServiceRun> runs) => ServiceRun.LatestDeadline(runs).OrAtLeast(LastMoment);
}
