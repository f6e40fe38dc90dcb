using Hermes.Gateway.Core.Processes;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks;

/// <summary>What the tasks start commands with.</summary>
internal static class CommandRunner
{
    /// <summary>A runner whose commands inherit the environment of a task, which need not be that of the process.</summary>
    public static IProcessRunner For(TaskEnvironment environment) =>
        new CliWrapProcessRunner(environment.GetProcessStartInfo);
}
