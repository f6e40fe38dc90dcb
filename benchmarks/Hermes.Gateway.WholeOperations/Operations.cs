using System.Collections.Immutable;

namespace Hermes.Gateway.WholeOperations;

/// <summary>What is done to services, by every subject in its way.</summary>
/// <param name="Name">Its name in the results.</param>
/// <param name="Target">The package's target for it.</param>
/// <param name="ScriptVerb">The word for it that the script understands.</param>
/// <param name="Effect">What it does to the processes.</param>
internal sealed record Operation(string Name, string Target, string ScriptVerb, Effect Effect)
{
    /// <summary>Nothing is installed before.</summary>
    public static readonly Operation Install =
        new("first install", "DeployGateway", "deploy", Effect.Any) { IsInstall = true, IsHeavy = true };

    /// <summary>Nothing is to be done.</summary>
    public static readonly Operation NoOp = new("no-op deploy", "DeployGateway", "deploy", Effect.None);

    /// <summary>Look, and tell.</summary>
    public static readonly Operation Status = new("status", "GatewayStatus", "status", Effect.None);

    /// <summary>The unit files of the first services are stale, and so are their processes.</summary>
    public static readonly Operation Repair =
        new("repair", "DeployGateway", "deploy", Effect.NewProcess) { Drifts = true };

    /// <summary>New processes for all.</summary>
    public static readonly Operation Restart =
        new("restart", "RestartGateway", "restart", Effect.NewProcess) { IsHeavy = true };

    /// <summary>All of them, in the order of measurement: the first one makes what the others need.</summary>
    public static readonly ImmutableArray<Operation> All = [Install, NoOp, Status, Repair, Restart];

    /// <summary>Nothing may be there before.</summary>
    public bool IsInstall { get; private init; }

    /// <summary>The definition changes before every run.</summary>
    public bool Drifts { get; private init; }

    /// <summary>All processes are started, which takes long where there are many.</summary>
    public bool IsHeavy { get; private init; }

    /// <summary>Whether it is measured for so many services.</summary>
    public bool IsFor(int services) => this != Restart || services <= 100;

    /// <summary>How many services it gives a new process.</summary>
    public int Touched(int services) => Drifts ? Math.Min(services, Workspace.MostChanged) : services;
}

/// <summary>The services that an operation is for, and how they are to be after it.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Units">Their units.</param>
/// <param name="Value">The argument of those that drift.</param>
internal sealed record Scene(Operation Operation, ImmutableArray<string> Units, string Value)
{
    /// <summary>How many.</summary>
    public int Count => Units.Length;

    /// <summary>The units that get a new process.</summary>
    public IEnumerable<string> Touched => Units.Take(Operation.Touched(Count));
}
