using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Releases;

namespace Hermes.Gateway.Core.Operations;

/// <summary>One service of an operation: its definition, and what the operation may do and how long.</summary>
public sealed record ServiceRequest
{
    /// <summary>The desired definition.</summary>
    public required ServiceDefinition Definition { get; init; }

    /// <summary>The health check that must succeed before the service counts as running; null for none.</summary>
    public HealthCheck? Health { get; init; }

    /// <summary>Time for the whole operation, all its steps and the verification.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a process that was started must live before the start counts.</summary>
    public TimeSpan Stability { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Replace a definition that belongs to another project.</summary>
    public bool TakeOver { get; init; }

    /// <summary>Let the user's services run without a login, where that is off and the manager can do it.</summary>
    public bool RunWithoutLogin { get; init; }

    /// <summary>Put back the last good definition when the new one does not work.</summary>
    public bool Rollback { get; init; } = true;

    /// <summary>The release that the definition points to; null for a program that runs where it is.</summary>
    internal ServiceRelease? Release { get; init; }

    /// <summary>What was found out on this machine, before the operation, that forbids installing the definition.</summary>
    public ImmutableArray<Finding> Obstacles { get; init; } = [];

    /// <summary>A command that must succeed before anything is changed on the way to a running service; null for none.</summary>
    public ProgramProbe? Probe { get; init; }

    /// <summary>The service manager's name: <c>systemd</c> or <c>launchd</c>.</summary>
    public required string Manager { get; init; }

    /// <summary>Absolute path of <c>systemctl</c> or <c>launchctl</c>; null to find it on the search path.</summary>
    public string? ManagerCommandPath { get; init; }

    /// <summary>The command that brings the service to what is requested, a deploy or a rollback by hand, for advice.</summary>
    public required string DeployCommand { get; init; }

    /// <summary>The command that goes back to a release, for advice.</summary>
    internal static string RollbackCommand(string project, string revision) =>
        $"dotnet msbuild {ShellText.Quote([project])} -t:RollbackGateway -p:HermesGatewayRelease={revision}";

    /// <summary>The command that runs another target on this service, for advice; that of a rollback stays as it is.</summary>
    internal string CommandFor(string target) => DeployCommand.Replace("-t:DeployGateway", $"-t:{target}", StringComparison.Ordinal);
}
