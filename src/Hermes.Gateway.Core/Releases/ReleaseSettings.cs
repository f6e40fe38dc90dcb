using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Releases;

/// <summary>The settings of a service that fit its program, as the texts of the project's properties: what a rollback restores together
/// with the release. Settings of the machine and of operations, such as the scope and the timeout, are always those of the project.</summary>
internal sealed record ReleaseSettings
{
    public required string Program { get; init; }

    public required string ReleasedAssembly { get; init; }

    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>Relative to the project's folder, if it is in there, so that a moved project finds it.</summary>
    public required string WorkingDirectory { get; init; }

    public required string StateDirectory { get; init; }

    public required ImmutableArray<string> Environment { get; init; }

    /// <inheritdoc cref="WorkingDirectory"/>
    public required string EnvironmentFile { get; init; }

    public required string User { get; init; }

    public required string Restart { get; init; }

    public required ImmutableArray<string> RestartExitCodes { get; init; }

    public required ImmutableArray<string> ParkExitCodes { get; init; }

    public required string HealthCheck { get; init; }

    public required string StabilitySeconds { get; init; }

    public required string Revision { get; init; }

    /// <summary>The properties of managers that set something in the definition, by name; an empty text for one that is not set.</summary>
    public required ImmutableSortedDictionary<string, string> ManagerProperties { get; init; }

    /// <summary>Whether no text is null, which JSON allows in lists.</summary>
    public bool IsComplete =>
        IsList(Arguments) && IsList(Environment) && IsList(RestartExitCodes) && IsList(ParkExitCodes)
        && ManagerProperties.All(property => property.Value is not null);

    /// <summary>Whether other settings have the same texts.</summary>
    public bool IsSame(ReleaseSettings other) =>
        CoreJson.ToText(this, CoreJson.Default.ReleaseSettings) == CoreJson.ToText(other, CoreJson.Default.ReleaseSettings);

    private static bool IsList(ImmutableArray<string> texts) => !texts.IsDefault && texts.All(text => text is not null);
}
