using System.ComponentModel;
using System.Diagnostics;

namespace Hermes.Gateway.Tests.Shared;

/// <summary>A test that needs <c>plistutil</c>, a reader of property lists that is not ours (<c>eng/require.sh plist</c>).
/// Without it the test is skipped with the reason, or runs and fails when CI=true or HERMES_REQUIRE_SYSTEMD=1 is set.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PlistUtilFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(FindMissing);

    public PlistUtilFactAttribute() => Skip = IsRequired ? null : Missing.Value;

    private static bool IsRequired =>
        Environment.GetEnvironmentVariable("CI") == "true"
        || Environment.GetEnvironmentVariable("HERMES_REQUIRE_SYSTEMD") == "1";

    private static string? FindMissing()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("plistutil", ["--version"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            if (process.WaitForExit(TimeSpan.FromSeconds(10))) return null;
            process.Kill();
            return "plistutil does not answer within 10 seconds";
        }
        catch (Win32Exception)
        {
            return "plistutil is not installed (Debian: libplist-utils)";
        }
    }
}
