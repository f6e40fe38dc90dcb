namespace Hermes.Gateway.Tests.Shared;

/// <summary>A test that only root can run; for others it is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "it needs root";
}
