namespace Hermes.Gateway.Core.Host;

/// <summary>An account of the machine.</summary>
/// <param name="Name">Its name.</param>
/// <param name="UserId">Its user id.</param>
/// <param name="GroupId">Its primary group's id.</param>
/// <param name="Home">Its home folder.</param>
internal sealed record Account(string Name, uint UserId, uint GroupId, string Home)
{
    /// <summary>Its login shell; empty when the entry names none.</summary>
    public string Shell { get; init; } = "";
}
