using System.Globalization;

namespace Launchd.Simulator;

/// <summary>The kinds of domain that are simulated; <see cref="Other"/> stands for login, session, pid …</summary>
internal enum DomainKind
{
    System,
    User,
    Gui,
    Other,
}

/// <summary>The name of a domain.</summary>
internal readonly record struct DomainId(DomainKind Kind, uint UserId)
{
    /// <summary>As callers write it: gui/501.</summary>
    public override string ToString() => Kind switch
    {
        DomainKind.System => "system",
        DomainKind.User => $"user/{UserId}",
        DomainKind.Gui => $"gui/{UserId}",
        _ => $"login/{UserId}",
    };

    /// <summary>As the tool describes it in its messages.</summary>
    public string Description => Kind switch
    {
        DomainKind.System => "system",
        DomainKind.User => $"uid: {UserId}",
        DomainKind.Gui => $"user gui: {UserId}",
        _ => $"login: {UserId}",
    };
}

/// <summary>A target specifier: a domain, or a service in one.</summary>
internal sealed record Target(DomainId Domain, string? Label)
{
    /// <summary>Reads a specifier; null when it is none.</summary>
    public static Target? Parse(string text)
    {
        var parts = text.Split('/', 3);
        if (parts[0] == "system")
            return new Target(new DomainId(DomainKind.System, 0), Named(string.Join('/', parts[1..])));
        var kind = parts[0] switch
        {
            "gui" => DomainKind.Gui,
            "user" => DomainKind.User,
            "login" or "session" or "pid" => DomainKind.Other,
            _ => (DomainKind?)null,
        };
        if (kind is null || parts.Length < 2) return null;
        return uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var userId)
            ? new Target(new DomainId(kind.Value, userId), parts.Length > 2 ? Named(parts[2]) : null)
            : null;
    }

    private static string? Named(string label) => label.Length > 0 ? label : null;
}
