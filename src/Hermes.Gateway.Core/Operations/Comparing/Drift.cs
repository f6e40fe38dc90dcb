namespace Hermes.Gateway.Core.Operations.Comparing;

/// <summary>An observed layer.</summary>
public enum Layer
{
    /// <summary>The release on disk.</summary>
    Released,

    /// <summary>The definition file.</summary>
    Installed,

    /// <summary>The manager's memory.</summary>
    Loaded,

    /// <summary>The live process.</summary>
    Running,
}

/// <summary>A difference between a layer and the layer above it.</summary>
/// <param name="Layer">The lower of the two layers, which is repaired.</param>
/// <param name="Key">The key that differs, named like the MSBuild property where there is one.</param>
/// <param name="Expected">The upper layer's value; null when it has none.</param>
/// <param name="Actual">This layer's value; null when it has none.</param>
public sealed record Drift(Layer Layer, string Key, string? Expected, string? Actual)
{
    /// <summary>The text for people: <c>Program: /old/app → /new/app</c>, from the actual to the expected value.</summary>
    public override string ToString() => $"{Key}: {Actual ?? "(none)"} → {Expected ?? "(none)"}";
}
