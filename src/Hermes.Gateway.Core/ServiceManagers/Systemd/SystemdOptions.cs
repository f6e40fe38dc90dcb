namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>The settings of a definition that only systemd has.</summary>
internal sealed record SystemdOptions(SystemdServiceType Type) : ManagerOptions;

/// <summary>When systemd counts the service as started (<c>Type=</c>, systemd.service(5)).</summary>
internal enum SystemdServiceType
{
    /// <summary>When the program has been executed: a missing binary fails the start at once.</summary>
    Exec,

    /// <summary>When the program sends READY=1 to its notification socket.</summary>
    Notify,

    /// <summary>As soon as the process is forked, so that a start succeeds even if the program cannot be executed.</summary>
    Simple,
}

/// <summary>systemd's terms for the parts of a definition.</summary>
internal static class SystemdDefinition
{
    extension(ServiceDefinition definition)
    {
        /// <summary>The unit's name, with its suffix.</summary>
        public string UnitName => definition.Identifier;

        public SystemdServiceType SystemdType =>
            definition.ManagerOptions is SystemdOptions options ? options.Type : SystemdServiceType.Exec;
    }
}
