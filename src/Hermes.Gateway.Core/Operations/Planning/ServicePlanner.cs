using System.Collections.Concurrent;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations.Planning;

/// <summary>The planning phase: asks the pure <see cref="Planner"/>, and refuses plans that must not be applied on this machine or by
/// this caller.</summary>
internal sealed class ServicePlanner(IServiceManager manager, HostContext host, IAdoptionHook? adoptionHook, Operation operation)
{
    private readonly StateFolders _folders = new(host.Home);
    private readonly TrustedFolders _trusted = new();

    // Many services have their definitions in one folder.
    private readonly ConcurrentDictionary<string, UntrustedPathException?> _untrusted = new(StringComparer.Ordinal);

    /// <summary>Makes the plan of each service from its latest comparison.</summary>
    /// <param name="services">The services.</param>
    /// <param name="mayEnableLinger">False after lingering was enabled: one try is enough.</param>
    public void Plan(IReadOnlyList<ServiceOperation> services, bool mayEnableLinger = true) =>
        BoundedParallel.ForEach(services, service => service.Plan = Plan(service, mayEnableLinger));

    /// <summary>Runs the probe of each service whose plan leads to a new process or a new definition.</summary>
    public void ProbePrograms(IReadOnlyList<ServiceOperation> services, IProcessRunner runner, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var probed = services.Where(service => service.Request.Probe is not null && !service.IsSettled && IsRisky(service.Plan)).ToList();
        BoundedParallel.ForEach(probed, BoundedParallel.Programs, service =>
        {
            if (service.Request.Probe!.Run(service.Definition, host, runner, timeout, cancellationToken) is { } problem)
                service.Plan = service.Plan.With(problem);
        });
        cancellationToken.ThrowIfCancellationRequested();

        static bool IsRisky(ServicePlan plan) =>
            plan.Has(StepKind.Write) || plan.Has(StepKind.Load) || plan.Has(StepKind.Start) || plan.Has(StepKind.Restart)
            // The steps after this one are not known yet.
            || plan.Has(StepKind.RunWithoutLogin);
    }

    private ServicePlan Plan(ServiceOperation service, bool mayEnableLinger)
    {
        var comparison = service.Now!;
        var isPlanned = operation.Has(OperationPhases.Plan) && !service.HasFailed;
        var installs = isPlanned && operation.Goal.IncludesDefinition();
        // Not before the observation: an operator's directives can give the program other rights.
        var refusal = installs && !comparison.Observation.HasOtherRights
            ? ServiceAccount.Find(service.Definition, host, service.Desired.Rules.ServiceReadsEnvironmentFile)
            : null;
        var steps = isPlanned && refusal is null
            ? Planner.For(operation.Goal, comparison, new PlanOptions(
                operation.Enable, service.Request.TakeOver, service.Request.RunWithoutLogin && mayEnableLinger, adoptionHook))
            : Planning.Plan.Empty;

        var plan = service.Plan with { Plan = steps };
        // The observation's errors are the planner's blockers.
        plan = plan.With(comparison.Observation.Findings.Where(finding => finding.Severity != Severity.Error));
        // A warning only when the operation enables the service and has steps to take.
        if (comparison.Observation.SessionEndFinding is { } hint && !steps.Has(StepKind.RunWithoutLogin) && !operation.Goal.ExcludesProcess())
            plan = plan.With(operation.Enable && !steps.Steps.IsEmpty ? hint with { Severity = Severity.Warning } : hint);
        if (FindUntrusted(comparison) is { } untrusted)
        {
            var finding = StateFindings.NotTrusted(service.Desired, untrusted);
            plan = plan.With(operation.Has(OperationPhases.Describe) ? finding with { Severity = Severity.Warning } : finding);
        }

        if (!isPlanned) return plan;
        if (refusal is not null) return plan.With(refusal);

        plan = plan.With(steps.Blockers);
        if (installs && GoalEvaluator.FindStateDirectoryProblem(comparison) is { } unusable && !steps.Has(StepKind.StateDirectory))
            plan = plan.With(GoalEvaluator.ReportStateDirectory(service.Definition, unusable));
        if (installs && FindDataBesideProgram(service) is { } data) plan = plan.With(data);
        if (installs && FindUnrepairable(service) is { } damaged) plan = plan.With(damaged);
        if (Planner.EndsCaller(steps, comparison)) plan = plan.With(InsideService(service));
        if (installs && !plan.HasFailed
            && WritableCode.Find(service.Definition, service.Request.Health, host, _trusted) is { } writable)
            plan = plan.With(writable);
        return plan.HasFailed || !steps.Has(StepKind.Write) ? plan : WithDefinition(plan, service);
    }

    // In a release, the program would not find the files that it has written to its build folder.
    private static Finding? FindDataBesideProgram(ServiceOperation service)
    {
        if (service.Desired.Release is not { } release || service.Now!.Observation.Installed.Content is not { } installed) return null;
        var definition = service.Definition;
        if (installed.Source != definition.Source || BuildFolder.Of(installed.Command) is not { } folder) return null;
        return BuildFolder.FindFilesNotBuilt(folder, release.BuildList, release.Content) is not { Count: > 0 } files
            ? null
            : DiagnosticCatalog.DataBesideProgram.Error(
                $"{definition.Name} runs in {folder} so far, where there are files that no build made: {Shortened.Names(files, ", ")}. In a release "
                + "the program would not find them. Nothing was changed.",
                definition.StateDirectory is { } data
                    ? $"stop it and move the files to {data}, which has to belong to the account of the service; then deploy again"
                    : "set HermesGatewayStateDirectory to a folder for the data of the program; stop it and move the files there, then deploy again");
    }

    // A start or restart goes on: the service was asked for, not its repair.
    private Finding? FindUnrepairable(ServiceOperation service)
    {
        if (service.Desired.Release is not { Content: null } release || service.Now!.States.Released != ReleasedState.Damaged) return null;
        if (release.IsManualRollback)
            return DiagnosticCatalog.ReleaseDamaged.Error(
                $"{service.Definition.Name} cannot go back to a release that is not as it was made: {service.Now.Observation.Released.Evidence}. "
                + "Nothing was changed.",
                $"dotnet msbuild {ShellText.Quote([service.Definition.Source])} -t:GatewayHistory");
        var message = $"{service.Definition.Name} points to a release that is not as it was made, and there is no build to make it again: "
            + $"{service.Now.Observation.Released.Evidence}.";
        var build = $"dotnet build {ShellText.Quote([service.Definition.Source])} -t:Deploy";
        return operation.Enable ? DiagnosticCatalog.ReleaseDamaged.Error(message, build) : DiagnosticCatalog.ReleaseDamaged.Warning(message, build);
    }

    private ServicePlan WithDefinition(ServicePlan plan, ServiceOperation service)
    {
        var (desired, installed) = (service.Desired, service.Now!.Observation.Installed);
        if (SecretInDefinition.Find(desired) is { } secret) plan = plan.With(secret);

        var owned = DefinitionKeys.NamesOf(desired.Keys).ToHashSet(StringComparer.Ordinal);
        if (installed.Content is not null) owned.UnionWith(DefinitionKeys.NamesOf(installed.Content.Keys));
        var text = manager.Render(desired, installed);
        plan = plan with
        {
            DefinitionText = text,
            FileDiff = DefinitionFileDiff.Of(
                installed.Text ?? "", text, (shown, hide) => service.Secrets.HideValues(manager.Redact(shown, owned, hide), hide)),
        };

        if (service.Now.Ownership == Ownership.SecondCopy)
            plan = plan.With(DiagnosticCatalog.SecondCopy.Warning(
                $"{service.Definition.Name} belonged to another copy of this project, which is still there: "
                + $"{installed.Content!.Source}; it now belongs to {service.Definition.Source}.",
                "give each copy its own HermesGatewayName if both are to run"));
        if (installed.Content is { Foreign: { IsEmpty: false } foreign })
            plan = plan.With(DiagnosticCatalog.ForeignKept.Info(
                $"kept from the definition that was there: {Shortened.Names([.. foreign.Select(SecretNames.NameOnly)], ", ")}."));
        return plan;
    }

    // An account that can write to the definition, its folder, or a drop-in decides what runs.
    private UntrustedPathException? FindUntrusted(Comparison comparison)
    {
        if (operation.Goal.ExcludesProcess()) return null;
        var seen = comparison.Observation;
        return _untrusted.GetOrAdd(Path.GetDirectoryName(seen.DefinitionPath)!, _folders.FindUnrepairable)
            // Foreign keys are kept by a repair; a definition without any is written anew.
            ?? (seen.Installed.Content is { Foreign.IsEmpty: false } ? StateFolders.FindUntrusted(seen.DefinitionPath) : null)
            ?? seen.Loaded.DropIns.Union(seen.Loaded.PendingDropIns).Select(StateFolders.FindUntrusted)
                .FirstOrDefault(found => found is not null);
    }

    private Finding InsideService(ServiceOperation service)
    {
        var command = service.Request.CommandFor($"{char.ToUpperInvariant(operation.Verb[0])}{operation.Verb[1..]}Gateway");
        return DiagnosticCatalog.InsideService.Error(
            $"this command runs inside {service.Definition.Name} itself, and ending the service's process would end the "
            + "command half-way. Nothing was changed.",
            service.Desired.Rules.RunApart is { } apart ? $"{apart} {command}" : $"from a terminal: {command}");
    }
}
