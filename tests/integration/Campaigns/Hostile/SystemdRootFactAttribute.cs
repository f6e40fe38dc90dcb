namespace Hermes.Gateway.Integration.Tests.Campaigns.Hostile;

/// <summary>As <see cref="SystemdFactAttribute"/>, for a test that mounts things, which only root in a mount namespace of its
/// own should (<c>eng/private-systemd</c>).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SystemdRootFactAttribute : FactAttribute
{
    public SystemdRootFactAttribute() => Skip = UserManagerProbe.Missing
        ?? (!Environment.IsPrivilegedProcess ? "it needs root"
            : Environment.GetEnvironmentVariable("HERMES_PRIVATE_SYSTEMD") != "1" ? "it mounts, and needs eng/private-systemd for that"
            : null);
}
