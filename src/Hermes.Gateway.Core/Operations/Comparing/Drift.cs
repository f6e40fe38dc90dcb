namespace Hermes.Gateway.Core.Operations.Comparing;

/// <summary>A layer below the wanted definition.</summary>
public enum Layer
{
    /// <summary>The definition file.</summary>
    Installed,

    /// <summary>The manager's memory.</summary>
    Loaded,

    /// <summary>The live process.</summary>
    Running,
}

/// <summary>One difference between a layer and the one above it.</summary>
/// <param name="Layer">The lower of the two layers: the one to repair.</param>
/// <param name="Key">What differs, in the words of the MSBuild properties where there is one.</param>
/// <param name="Expected">The upper layer's value; null when it has none.</param>
/// <param name="Actual">This layer's value; null when it has none.</param>
public sealed record Drift(Layer Layer, string Key, string? Expected, string? Actual)
{
    /// <summary>For people: <c>Program: /old/app → /new/app</c>, read as what is there → what is wanted.</summary>
    public override string ToString() => $"{Key}: {Actual ?? "(none)"} → {Expected ?? "(none)"}";
}
