using System.ComponentModel;
using System.Diagnostics;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Hostile;

/// <summary>A test that needs <c>plistlib</c> of Python, a reader of property lists that is not ours. Without it the test is
/// skipped with the reason, or runs and fails when CI=true is set.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PlistLibFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(FindMissing);

    public PlistLibFactAttribute() => Skip = Environment.GetEnvironmentVariable("CI") == "true" ? null : Missing.Value;

    private static string? FindMissing()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("python3", ["-c", "import plistlib"]))!;
            if (process.WaitForExit(TimeSpan.FromSeconds(20))) return process.ExitCode == 0 ? null : "python3 has no plistlib";
            process.Kill();
            return "python3 does not answer within 20 seconds";
        }
        catch (Win32Exception)
        {
            return "python3 is not installed";
        }
    }
}
