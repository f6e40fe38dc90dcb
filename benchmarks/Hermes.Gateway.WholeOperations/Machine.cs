using System.Globalization;
using System.Runtime.InteropServices;

namespace Hermes.Gateway.WholeOperations;

/// <summary>What figures depend on.</summary>
/// <param name="Cores">How many the process may use.</param>
/// <param name="Kernel">The kernel's version.</param>
/// <param name="Systemd">The manager's version.</param>
/// <param name="Dotnet">The SDK's version.</param>
/// <param name="Load">The load average at the start, over 1, 5 and 15 minutes.</param>
/// <param name="Began">When it was.</param>
internal sealed record Machine(int Cores, string Kernel, string Systemd, string Dotnet, string Load, string Began)
{
    /// <summary>Looks at this machine.</summary>
    public static async Task<Machine> LookAsync(Commands commands) => new(
        Environment.ProcessorCount,
        $"{File.ReadAllText("/proc/sys/kernel/osrelease").Trim()} ({RuntimeInformation.OSDescription})",
        (await commands.RunAsync("systemctl", ["--user", "show", "--property=Version", "--value"])).Output.Trim(),
        (await commands.RunAsync("dotnet", ["--version"])).Output.Trim(),
        string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]),
        DateTime.UtcNow.ToString("s", CultureInfo.InvariantCulture) + "Z");
}
