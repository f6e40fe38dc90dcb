using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>One of launchd's domains: the place that a job is loaded into.</summary>
/// <param name="Name">As <c>launchctl</c> takes it: <c>gui/501</c>, <c>user/501</c> or <c>system</c>.</param>
/// <param name="SessionType">What <c>LimitLoadToSessionType</c> must allow for a job to be loaded there.</param>
internal sealed record LaunchdDomain(string Name, string SessionType)
{
    /// <summary>The domains that a scope's jobs can be in, the preferred one first. The graphical one exists only while
    /// the user is logged in at the screen; over ssh there is only the other.</summary>
    public static ImmutableArray<LaunchdDomain> Of(ServiceScope scope, uint userId) => scope == ServiceScope.System
        ? [new LaunchdDomain("system", "System")]
        : [new LaunchdDomain($"gui/{userId}", "Aqua"), new LaunchdDomain($"user/{userId}", "Background")];

    /// <summary>A job's full name.</summary>
    public string Target(string label) => $"{Name}/{label}";

    /// <inheritdoc/>
    public override string ToString() => Name;
}
