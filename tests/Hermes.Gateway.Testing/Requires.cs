using System.ComponentModel;
using System.Diagnostics;

namespace Hermes.Gateway.Testing;

/// <summary>Checks what a test needs of its machine. Each method skips the calling test, with the reason, where that is missing;
/// called in the constructor of a test class, it skips every test of the class (not in a fixture: xunit reports an exception
/// of a fixture as a failure). Where an environment variable requires a tool, the test runs and fails without it.</summary>
public static class Requires
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    private static readonly Lazy<string?> MissingManager = new(FindMissingManager);
    private static readonly Lazy<string?> MissingPlistUtil = new(FindMissingPlistUtil);
    private static readonly Lazy<string?> MissingPlistLib = new(() => FindMissingModule("plistlib"));
    private static readonly Lazy<string?> MissingPython = new(() => FindMissingModule("venv"));

    /// <summary>Whether a systemd manager answers, or is required.</summary>
    public static bool HasSystemd => IsSystemdRequired || MissingManager.Value is null;

    private static bool IsCI => IsSet("CI", "true");

    private static bool IsSystemdRequired => IsSet("HERMES_REQUIRE_SYSTEMD", "1");

    // The integration tests run once for each scope.
    private static string Scope => IsSet("HERMES_TEST_SCOPE", "system") ? "--system" : "--user";

    /// <summary>Needs a real user manager, or the system manager where HERMES_TEST_SCOPE=system is set (for one without side
    /// effects: <c>eng/private-systemd CMD</c>). Required by HERMES_REQUIRE_SYSTEMD=1.</summary>
    public static void Systemd() => SkipWithout(MissingManager, IsSystemdRequired);

    /// <summary>Needs a service manager of its own, as <c>eng/private-systemd</c> starts it, because the test changes the
    /// machine's own services or mounts file systems.</summary>
    public static void PrivateSystemd()
    {
        Systemd();
        Assert.SkipUnless(IsSet("HERMES_PRIVATE_SYSTEMD", "1"), "it needs eng/private-systemd");
    }

    /// <summary>Needs root, for example to act as a second account.</summary>
    public static void Root() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "it needs root");

    /// <summary>Needs <c>plistutil</c>, a reader of property lists that is not ours (<c>eng/require.sh plist</c>). Required by
    /// CI=true and by HERMES_REQUIRE_SYSTEMD=1.</summary>
    public static void PlistUtil() => SkipWithout(MissingPlistUtil, IsCI || IsSystemdRequired);

    /// <summary>Needs <c>plistlib</c> of Python, a reader of property lists that is not ours. Required by CI=true.</summary>
    public static void PlistLib() => SkipWithout(MissingPlistLib, IsCI);

    /// <summary>Needs Python with its module venv (<c>eng/require.sh python</c>). Required by CI=true and by
    /// HERMES_REQUIRE_SYSTEMD=1.</summary>
    public static void Python() => SkipWithout(MissingPython, IsCI || IsSystemdRequired);

    private static bool IsSet(string variable, string value) => Environment.GetEnvironmentVariable(variable) == value;

    private static void SkipWithout(Lazy<string?> missing, bool isRequired)
    {
        if (!isRequired && missing.Value is { } reason) Assert.Skip(reason);
    }

    private static string? FindMissingManager() => FindProblem(
        "systemctl", [Scope, "show", "--property=Version"], "not installed",
        (_, output, error) => output.StartsWith("Version=", StringComparison.Ordinal)
            ? null
            : $"no systemd manager answers to {Scope}: {error.Trim()}");

    private static string? FindMissingPlistUtil() => FindProblem(
        "plistutil", ["--version"], "not installed (Debian: libplist-utils)", (_, _, _) => null);

    private static string? FindMissingModule(string module) => FindProblem(
        "python3", ["-c", $"import {module}"], "not installed (eng/require.sh python)",
        (exitCode, _, error) => exitCode == 0 ? null : $"python3 has no module {module}: {error.Trim()}");

    private static string? FindProblem(
        string program, string[] arguments, string notInstalled, Func<int, string, string, string?> findProblemOfAnswer)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (process.WaitForExit(AnswerTimeout))
                return findProblemOfAnswer(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
            process.Kill();
            return $"{program} does not answer within {AnswerTimeout.TotalSeconds} seconds";
        }
        catch (Win32Exception)
        {
            return $"{program} is {notInstalled}";
        }
    }
}
