using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Operations.Admitting;

/// <summary>Decides which account an <c>exec:</c> health check runs as: the account of the service. Otherwise root would run,
/// at each status, a file that the account may be able to change.</summary>
internal static class HealthCheckAccount
{
    /// <summary>Finds the command that starts a check as the account; null for a check that starts no program, for a service without
    /// an account of its own, whose check runs as the caller, and for the reason in <paramref name="problem"/>.
    /// <paramref name="folders"/> are searched for the host's command after the search path; null for the usual ones.</summary>
    public static AccountCommand? Find(
        HealthCheck check, ServiceDefinition definition, HostContext host, out AccountCommandProblem problem,
        IReadOnlyList<string>? folders = null)
    {
        problem = AccountCommandProblem.None;
        return check is HealthCheck.Exec && definition is { Scope: ServiceScope.System, User: { Length: > 0 } user }
            ? AccountCommand.Find(user, host, out problem, folders)
            : null;
    }

    /// <summary>Reports a check that cannot run as the account.</summary>
    public static Finding Report(AccountCommandProblem problem, Operation operation, ServiceRequest request, HostContext host)
    {
        var definition = request.Definition;
        var isChange = operation.Has(OperationPhases.Plan);
        var target = operation.Goal == Goal.Observed ? "-t:GatewayStatus" : "-t:VerifyGateway";
        return DiagnosticCatalog.HealthCheckAccountUnusable.Error(
            $"the health check {request.Health} of {definition.Name} was not asked: "
            + $"{AccountCommand.Describe(problem, definition.User!, host)}."
            + (isChange && problem == AccountCommandProblem.NoCommand ? " Nothing was changed." : ""),
            problem switch
            {
                AccountCommandProblem.NotRoot =>
                    $"sudo {request.DeployCommand.Replace("-t:DeployGateway", target, StringComparison.Ordinal)}",
                AccountCommandProblem.NoAccount => host.CommandForAccount(definition.User!),
                _ => $"install {(host.IsMacOS ? "sudo" : "setpriv (util-linux)")}, or set HermesGatewayHealthCheck to an address "
                    + "(http://… or tcp://…)",
            });
    }
}
