namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>A launchd domain, into which jobs are loaded.</summary>
/// <param name="Name"><c>gui/501</c>, <c>user/501</c> or <c>system</c>.</param>
/// <param name="SessionType">The value of <c>LimitLoadToSessionType</c> that allows a job to be loaded into it.</param>
internal sealed record LaunchdDomain(string Name, string SessionType)
{
    /// <summary>Returns the domains for the jobs of a scope, the preferred one first. The graphical one exists only while
    /// the user is logged in at the screen, not over ssh.</summary>
    public static ImmutableArray<LaunchdDomain> Of(ServiceScope scope, uint userId) => scope == ServiceScope.System
        ? [new LaunchdDomain("system", "System")]
        : [new LaunchdDomain($"gui/{userId}", "Aqua"), new LaunchdDomain($"user/{userId}", "Background")];

    public string Target(string label) => $"{Name}/{label}";

    public override string ToString() => Name;
}
