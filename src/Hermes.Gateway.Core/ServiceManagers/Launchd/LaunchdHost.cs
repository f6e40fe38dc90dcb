using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The facts about a machine that only launchd needs.</summary>
/// <param name="MachineLibrary">The machine's library folder, in which launchd looks for daemons.</param>
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

        /// <summary>The label of the job that started this process or one above it; null when none is known. launchd sets the
        /// variable for its jobs, whose children inherit it.</summary>
        public string? LaunchdJob => host.Variable("XPC_SERVICE_NAME");
    }
}
