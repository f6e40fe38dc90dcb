using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Operations.Admitting;

/// <summary>What must be so on this machine before anything is changed: found out first, so that a definition that
/// cannot work never replaces one that does.</summary>
internal static class Preflight
{
    /// <summary>Everything that forbids <paramref name="operation"/> for this service.</summary>
    /// <param name="operation">The verb.</param>
    /// <param name="request">The service.</param>
    /// <param name="host">The machine and the caller.</param>
    /// <param name="commandFolders">Where commands of the host are looked for after the search path; by default the usual
    /// folders.</param>
    public static IEnumerable<Finding> Check(
        Operation operation, ServiceRequest request, HostContext host, IReadOnlyList<string>? commandFolders = null)
    {
        var definition = request.Definition;
        if (operation.MayChange && definition.Scope == ServiceScope.System && !host.IsRoot)
            yield return DiagnosticCatalog.NotRoot.Error(
                $"{definition.Name} is in system scope, which only root may change.",
                // This target builds nothing, so nothing of root's is left in the project's folders.
                $"sudo {request.DeployCommand}");
        if (operation.MayChange && definition.Scope == ServiceScope.User && host.ForeignStateOwner is { } owner)
            yield return DiagnosticCatalog.HomeOfAnother.Error(
                $"root runs this with the home of {owner} (HOME or XDG_STATE_HOME, as sudo -E leaves them: {host.StateHome}). It would "
                + $"leave files there that {owner} could not change any more. Nothing was changed.",
                $"run this as {owner}, without sudo, if that user's services are meant; with root's own home (sudo -H) if root's are");
        if (!operation.Goal.IncludesDefinition()) yield break;

        foreach (var obstacle in request.Obstacles) yield return obstacle;
        // What follows from these need not be told too.
        if (!request.Obstacles.IsEmpty) yield break;

        if (!File.Exists(definition.Program))
            yield return DiagnosticCatalog.ProgramMissing.Error(
                $"there is no program at {definition.Program} (HermesGatewayProgram).",
                $"dotnet build {ShellText.Quote([definition.Source])}");
        else if (!HostContext.IsExecutableFile(definition.Program))
            yield return DiagnosticCatalog.ProgramNotExecutable.Error(
                $"{definition.Program} (HermesGatewayProgram) is not executable.",
                $"chmod +x {ShellText.Quote([definition.Program])}");
        // The folder of a program that was never built is missing with it: one problem, not two.
        var isOneProblem = !File.Exists(definition.Program) && definition.WorkingDirectory == Path.GetDirectoryName(definition.Program);
        if (!Directory.Exists(definition.WorkingDirectory) && !isOneProblem)
            yield return DiagnosticCatalog.WorkingDirectoryUnusable.Error(
                $"{definition.WorkingDirectory} (HermesGatewayWorkingDirectory) is not a folder that can be entered.",
                $"mkdir -p {ShellText.Quote([definition.WorkingDirectory])}");
        if (definition.EnvironmentFile is { } file && !File.Exists(file))
            yield return DiagnosticCatalog.EnvironmentFileUnusable.Error(
                $"{file} (HermesGatewayEnvironmentFile) does not exist or cannot be read.",
                $"ls -l {ShellText.Quote([file])}");
        if (operation.Goal.IncludesProcess() && request.Health is { } health)
        {
            HealthCheckAccount.Find(health, definition, host, out var problem, commandFolders);
            // A caller who is not root is refused anyway, and a missing account may be one that the manager makes up.
            if (problem == AccountCommandProblem.NoCommand)
                yield return HealthCheckAccount.Report(problem, operation, request, host);
        }
    }

    /// <summary>A warning that others can change what the service runs; null when that is not known, or when
    /// <paramref name="operation"/> starts nothing.</summary>
    public static Finding? CheckCode(Operation operation, ServiceRequest request, HostContext host, TrustedFolders folders) =>
        operation.Has(OperationPhases.Plan) && operation.Goal.IncludesDefinition()
            ? WritableCode.Find(request.Definition, request.Health, host, folders)
            : null;

    /// <summary>What forbids it because of the account that the service is to run as; null when nothing is known to. It is
    /// asked once the machine was seen: an operator's directives can give the program other rights.</summary>
    public static Finding? CheckAccount(Operation operation, Comparison now, HostContext host) =>
        operation.Has(OperationPhases.Plan) && operation.Goal.IncludesDefinition()
        && !now.Observation.HasOtherRights
            ? ServiceAccount.Find(now.Desired.Definition, host, now.Desired.Rules.ServiceReadsEnvironmentFile)
            : null;
}
