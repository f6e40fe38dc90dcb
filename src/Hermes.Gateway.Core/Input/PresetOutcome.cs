using Hermes.Gateway.Core.Operations.Planning;

namespace Hermes.Gateway.Core.Input;

/// <summary>The results of a preset, other than the settings that it completed.</summary>
/// <param name="Problems">Mistakes of the project.</param>
/// <param name="Obstacles">Findings that prevent an installation on this machine. The service can still be stopped, observed and
/// removed.</param>
/// <param name="Probe">A command that must succeed before anything is changed; null for none.</param>
public sealed record PresetOutcome(
    ImmutableArray<Finding> Problems, ImmutableArray<Finding> Obstacles, ProgramProbe? Probe)
{
    /// <summary>The results without a preset.</summary>
    public static PresetOutcome None { get; } = new([], [], null);
}
