namespace Hermes.Gateway.Core.Host;

/// <summary>A group of accounts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Members">The accounts listed as its members; accounts whose primary group it is need not be.</param>
internal sealed record AccountGroup(string Name, IReadOnlyList<string> Members);
