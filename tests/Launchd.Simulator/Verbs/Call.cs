using System.Collections.Immutable;

namespace Launchd.Simulator.Verbs;

/// <summary>One call of the tool, as a verb sees it.</summary>
internal sealed record Call(Launchd Launchd, Request Request, Fault Fault)
{
    public Settings Settings => Launchd.Settings;

    public Flavour Flavour => new(Launchd.Settings);

    public string Verb => Request.Arguments[0];

    public ImmutableArray<string> Arguments => [.. Request.Arguments.AsSpan(1)];

    /// <summary>A path of the caller's.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, Request.Folder);

    /// <summary>Whether somebody who is not root wants to change what belongs to root.</summary>
    public bool IsForbidden(DomainId domain) => domain.Kind == DomainKind.System && !Settings.IsRoot;

    /// <summary>Whether System Integrity Protection keeps a label from being touched.</summary>
    public bool IsProtected(string label) =>
        Settings.Protected.Any(prefix => label.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The domain that the caller's session belongs to, which the old verbs mean; at least an empty one.
    /// </summary>
    public Domain OwnDomain()
    {
        var own = Settings.Session switch
        {
            "System" => new DomainId(DomainKind.System, 0),
            "Aqua" => new DomainId(DomainKind.Gui, Settings.UserId),
            _ => new DomainId(DomainKind.User, Settings.UserId),
        };
        return Launchd.Find(own).Domain ?? new Domain(own);
    }
}
