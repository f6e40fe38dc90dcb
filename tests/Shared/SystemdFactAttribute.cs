using System.ComponentModel;
using System.Diagnostics;

namespace Hermes.Gateway.Tests.Shared;

/// <summary>A test that needs a real user manager (for one without side effects: <c>eng/private-systemd CMD</c>).
/// Without one it is skipped with the reason, or runs and fails when HERMES_REQUIRE_SYSTEMD=1 is set.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SystemdFactAttribute : FactAttribute
{
    public SystemdFactAttribute() => Skip = UserManagerProbe.Missing;
}

/// <summary>As <see cref="SystemdFactAttribute"/>, for a test with rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SystemdTheoryAttribute : TheoryAttribute
{
    public SystemdTheoryAttribute() => Skip = UserManagerProbe.Missing;
}

/// <summary>As <see cref="SystemdFactAttribute"/>, for a test that acts as a second account, which only root can.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SystemdRootFactAttribute : FactAttribute
{
    public SystemdRootFactAttribute() => Skip = UserManagerProbe.Missing ?? (Environment.IsPrivilegedProcess ? null : "it needs root");
}

/// <summary>As <see cref="SystemdRootFactAttribute"/>, for a test with rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SystemdRootTheoryAttribute : TheoryAttribute
{
    public SystemdRootTheoryAttribute() => Skip = UserManagerProbe.Missing ?? (Environment.IsPrivilegedProcess ? null : "it needs root");
}

/// <summary>As <see cref="SystemdFactAttribute"/>, for a test that does to the machine's own services what nobody wants on
/// a machine in use: it needs <c>eng/private-systemd</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrivateSystemdFactAttribute : FactAttribute
{
    public PrivateSystemdFactAttribute() => Skip = UserManagerProbe.Missing
        ?? (Environment.GetEnvironmentVariable("HERMES_PRIVATE_SYSTEMD") == "1" ? null : "this is not eng/private-systemd");
}

/// <summary>Asks once whether a user manager answers.</summary>
internal static class UserManagerProbe
{
    private static readonly Lazy<string?> Answer = new(FindMissing);

    // The integration tests run once for each scope.
    private static string Scope =>
        Environment.GetEnvironmentVariable("HERMES_TEST_SCOPE") == "system" ? "--system" : "--user";

    /// <summary>Why tests must be skipped; null when they must run.</summary>
    public static string? Missing =>
        Environment.GetEnvironmentVariable("HERMES_REQUIRE_SYSTEMD") == "1" ? null : Answer.Value;

    private static string? FindMissing()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("systemctl", [Scope, "show", "--property=Version"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                process.Kill();
                return $"systemctl {Scope} does not answer within 10 seconds";
            }

            return process.StandardOutput.ReadToEnd().StartsWith("Version=", StringComparison.Ordinal)
                ? null
                : $"no systemd manager answers to {Scope}: " + process.StandardError.ReadToEnd().Trim();
        }
        catch (Win32Exception)
        {
            return "systemctl is not installed";
        }
    }
}
