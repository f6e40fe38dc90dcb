namespace Launchd.Simulator;

/// <summary>A domain and the jobs that are loaded in it.</summary>
internal sealed class Domain(DomainId id)
{
    public DomainId Id => id;

    public SortedDictionary<string, Job> Jobs { get; } = new(StringComparer.Ordinal);

    /// <summary>The audit session, which real launchd prints and nothing here depends on.</summary>
    public uint SessionId => id.Kind == DomainKind.System ? 100000 : 100000 + (id.UserId % 100000);

    /// <summary>How a domain of this kind describes itself.</summary>
    public string Type => id.Kind switch
    {
        DomainKind.System => "system",
        DomainKind.User => "user",
        _ => "login",
    };
}
