using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Operations.Admitting;

/// <summary>Checks, before anything is changed, that a definition can work on this machine.</summary>
internal static class Preflight
{
    /// <summary>Returns everything that forbids the operation on a service. <paramref name="commandFolders"/> are searched for
    /// commands of the host after the search path; null for the usual ones.</summary>
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
        // The other findings would be consequences of these.
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
}
