using Hermes.Gateway.Machines.Tests.Engines;

namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>A test on a machine of its own. Needs an engine, an image (HERMES_TEST_IMAGE) and a package
/// (HERMES_PACKAGE_FEED), as <c>eng/test-machines.sh</c> gives them; else it is skipped with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MachineFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> WhyNot = new(FindMissing);

    public MachineFactAttribute() => Skip = Missing;

    /// <summary>The image of the machines.</summary>
    internal static string? Image { get; } = Environment.GetEnvironmentVariable("HERMES_TEST_IMAGE");

    /// <summary>Why tests must be skipped; null when they must run.</summary>
    internal static string? Missing => WhyNot.Value;

    private static string? FindMissing() =>
        Image is not { Length: > 0 } || Environment.GetEnvironmentVariable("HERMES_PACKAGE_FEED") is not { Length: > 0 }
            ? "no image of a machine is named: run eng/test-machines.sh"
            : Engine.FindMissing();
}

/// <summary>As <see cref="MachineFactAttribute"/>, for a test with rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MachineTheoryAttribute : TheoryAttribute
{
    public MachineTheoryAttribute() => Skip = MachineFactAttribute.Missing;
}
