using System.Collections.Concurrent;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Operations.Planning;

/// <summary>The third part of the straight line for one service: the pure <see cref="Planner"/>, and around it what this
/// machine and this caller have to say to its plan.</summary>
internal sealed class ServicePlanner(IServiceManager manager, HostContext host)
{
    private readonly StateFolders _folders = new(host.Home);
    private readonly TrustedFolders _trusted = new();

    // Many services have their definitions in one folder.
    private readonly ConcurrentDictionary<string, UntrustedPathException?> _refusals = new(StringComparer.Ordinal);

    /// <summary>Plans one run from what was seen last, and tells what is to be known before anything is done; a plan that
    /// must not be carried out fails the run.</summary>
    /// <param name="operation">The verb.</param>
    /// <param name="run">The run.</param>
    /// <param name="isLet">The manager was told just now to run without a login: once is enough.</param>
    public void Plan(Operation operation, ServiceRun run, bool isLet = false)
    {
        var comparison = run.Now!;
        var options = new PlanOptions(operation.Enable, run.Request.TakeOver, run.Request.RunWithoutLogin && !isLet);
        var isPlanned = operation.Mode != OperationMode.VerifyOnly && !run.HasFailed;
        var refused = isPlanned ? Preflight.CheckAccount(operation, comparison, host) : null;
        if (isPlanned && refused is null) run.Plan = Planner.For(operation.Goal, comparison, options);
        foreach (var finding in comparison.Seen.Findings.Where(finding => finding.Severity != Severity.Error))
            if (Weighed(finding, operation, run.Plan) is { } weighed) run.Add(weighed);
        if (FindUntrusted(operation, run) is { } untrusted)
        {
            if (operation.Goal == Goal.Observed) run.Add(Transaction.NotTrusted(run.Desired, untrusted) with { Severity = Severity.Warning });
            else run.Fail(Transaction.NotTrusted(run.Desired, untrusted));
        }

        if (!isPlanned) return;
        if (refused is not null)
        {
            run.Fail(refused);
            return;
        }

        foreach (var blocker in run.Plan.Blockers) run.Fail(blocker);
        if (Planner.EndsCaller(run.Plan, comparison)) run.Fail(InsideService(operation, run));
        if (!run.HasFailed && Preflight.CheckCode(operation, run.Request, host, _trusted) is { } writable) run.Add(writable);
        if (run.HasFailed || !run.Plan.Has(StepKind.Write)) return;
        if (SecretInDefinition.Find(run.Desired) is { } written) run.Add(written);

        var content = comparison.Seen.Installed.Content;
        var owned = DefinitionKeys.NamesOf(run.Desired.Keys).ToHashSet(StringComparer.Ordinal);
        if (content is not null) owned.UnionWith(DefinitionKeys.NamesOf(content.Keys));
        run.FileDiff = DefinitionDiff.Of(
            comparison.Seen.Installed.Text ?? "", run.Render(manager, comparison.Seen.Installed),
            (text, hide) => run.Secrets.HideValues(manager.Redact(text, owned, hide), hide));
        if (comparison.Ownership == Ownership.SecondCopy)
            run.Add(DiagnosticCatalog.SecondCopy.Warning(
                $"{run.Desired.Definition.Name} belonged to another copy of this project, which is still there: "
                + $"{content!.Source}; it now belongs to {run.Desired.Definition.Source}.",
                "give each copy its own HermesGatewayName if both are to run"));
        if (content is { Foreign.IsEmpty: false })
            run.Add(DiagnosticCatalog.ForeignKept.Info(
                $"kept from the definition that was there: {Shortened.Names([.. content.Foreign.Select(SecretNames.NameOnly)], ", ")}."));
    }

    // An account that can write to the definition, its folder, or a drop-in decides what runs.
    private UntrustedPathException? FindUntrusted(Operation operation, ServiceRun run)
    {
        if (operation.Goal is Goal.Stopped or Goal.Absent) return null;
        var seen = run.Now!.Seen;
        return _refusals.GetOrAdd(Path.GetDirectoryName(seen.DefinitionPath)!, _folders.FindRefusal)
            // What others may have put into the definition would be kept; one that has nothing of others is only written anew.
            ?? (seen.Installed.Content is { Foreign.IsEmpty: false } ? StateFolders.RefusalOf(seen.DefinitionPath) : null)
            ?? seen.Loaded.Overrides.Union(seen.Loaded.PendingOverrides).Select(StateFolders.RefusalOf).FirstOrDefault(refusal => refusal is not null);
    }

    // A service that is set up to start by itself and then does not is a surprise, but not at every deploy that has nothing
    // to do; and it is none to somebody who ends the service.
    private static Finding? Weighed(Finding finding, Operation operation, Plan plan)
    {
        if (finding.Descriptor != DiagnosticCatalog.LingeringOff) return finding;
        if (plan.Has(StepKind.RunWithoutLogin) || operation.Goal is Goal.Stopped or Goal.Absent) return null;
        return operation.Enable && !plan.Steps.IsEmpty ? finding with { Severity = Severity.Warning } : finding;
    }

    private static Finding InsideService(Operation operation, ServiceRun run)
    {
        var target = $"-t:{char.ToUpperInvariant(operation.Verb[0])}{operation.Verb[1..]}Gateway";
        var command = run.Request.DeployCommand.Replace("-t:DeployGateway", target, StringComparison.Ordinal);
        return DiagnosticCatalog.InsideService.Error(
            $"this command runs inside {run.Desired.Definition.Name} itself, and ending the service's process would end the "
            + "command half-way. Nothing was changed.",
            run.Desired.Rules.RunApart is { } apart ? $"{apart} {command}" : $"from a terminal: {command}");
    }
}
