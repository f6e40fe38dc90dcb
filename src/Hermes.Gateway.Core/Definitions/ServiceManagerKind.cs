namespace Hermes.Gateway.Core.Definitions;

/// <summary>The service managers that are served.</summary>
public enum ServiceManagerKind
{
    /// <summary>systemd (Linux).</summary>
    Systemd,

    /// <summary>launchd (macOS).</summary>
    Launchd,
}
