using Hermes.Gateway.Core.Operations.Planning;

namespace Hermes.Gateway.Core.Input;

/// <summary>What a preset found out beside the values that it filled in.</summary>
/// <param name="Problems">Mistakes of the project.</param>
/// <param name="Obstacles">What forbids installing on this machine, and nothing else: a service can still be stopped,
/// looked at and removed.</param>
/// <param name="Probe">What must succeed before anything is changed.</param>
public sealed record PresetOutcome(
    ImmutableArray<Finding> Problems, ImmutableArray<Finding> Obstacles, ProgramProbe? Probe)
{
    /// <summary>Of no preset.</summary>
    public static PresetOutcome None { get; } = new([], [], null);
}
