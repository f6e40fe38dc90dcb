using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The fact about a machine that only launchd needs: the library folder in which it looks for daemons.</summary>
internal sealed record LaunchdHost(string MachineLibrary);

/// <summary>launchd's terms for a definition, and its facts about a machine.</summary>
internal static class LaunchdFacts
{
    extension(ServiceDefinition definition)
    {
        public string Label => definition.Identifier;
    }

    extension(HostContext host)
    {
        public string MachineLibrary => host.FindFacts<LaunchdHost>()?.MachineLibrary ?? "/Library";
    }
}
