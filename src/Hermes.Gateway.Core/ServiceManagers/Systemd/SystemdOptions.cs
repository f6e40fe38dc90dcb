namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>What only systemd understands of a definition.</summary>
/// <param name="Type">When systemd counts the service as started.</param>
internal sealed record SystemdOptions(SystemdServiceType Type) : ManagerOptions;

/// <summary>A definition in systemd's own words.</summary>
internal static class SystemdDefinition
{
    extension(ServiceDefinition definition)
    {
        /// <summary>The unit's name, with its suffix.</summary>
        public string UnitName => definition.Identifier;

        /// <summary>When systemd counts the service as started.</summary>
        public SystemdServiceType SystemdType =>
            definition.ManagerOptions is SystemdOptions options ? options.Type : SystemdServiceType.Exec;
    }
}
