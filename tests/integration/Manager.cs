using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hermes.Gateway.Core.Definitions;

namespace Hermes.Gateway.Integration.Tests;

/// <summary>Runs <c>systemctl</c> and other commands as an operator would, and reads <c>/proc</c>: the assertions that rely on it
/// do not depend on the code under test.</summary>
internal static class Manager
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>The scope under test: HERMES_TEST_SCOPE, <c>user</c> unless set. Most tests run in both scopes.</summary>
    public static ServiceScope Scope { get; } =
        Environment.GetEnvironmentVariable("HERMES_TEST_SCOPE") == "system" ? ServiceScope.System : ServiceScope.User;

    /// <summary>Whether a journald runs that receives the output of services.</summary>
    public static bool HasJournal { get; } = File.Exists("/run/systemd/journal/stdout");

    /// <summary>Runs <c>systemctl</c> in the scope under test and asserts that it succeeds.</summary>
    public static string Run(params string[] arguments)
    {
        var (code, output, error) = Execute("systemctl", [ScopeArgument, .. arguments]);
        Assert.True(code == 0, $"systemctl {string.Join(' ', arguments)}: exit {code}: {error}");
        return output;
    }

    /// <summary>Runs <c>systemctl</c> in the scope under test and ignores its exit code.</summary>
    public static void Try(params string[] arguments) => Execute("systemctl", [ScopeArgument, .. arguments]);

    /// <summary>Runs a command and asserts that it succeeds.</summary>
    public static string RunCommand(string program, params string[] arguments)
    {
        var (code, output, error) = Execute(program, arguments);
        Assert.True(code == 0, $"{program}: exit {code}: {error}");
        return output;
    }

    /// <summary>Runs a command and returns its exit code and output.</summary>
    public static (int Code, string Output, string Error) Execute(
        string program, string[] arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? ImmutableDictionary<string, string?>.Empty) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Deadline))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end");
        }

        return (process.ExitCode, output.Result, error.Result);
    }

    public static string Property(string unit, string property) =>
        Run("show", "--value", $"--property={property}", unit).Trim();

    public static int MainProcess(string unit) => int.Parse(Property(unit, "MainPID"), CultureInfo.InvariantCulture);

    public static string Invocation(string unit) => Property(unit, "InvocationID");

    /// <summary>The ids of all processes in the control group of a unit.</summary>
    public static IEnumerable<int> Group(string unit) =>
        File.ReadAllLines(Path.Combine("/sys/fs/cgroup", Property(unit, "ControlGroup").TrimStart('/'), "cgroup.procs"))
            .Select(line => int.Parse(line, CultureInfo.InvariantCulture));

    /// <summary>The arguments of a live process.</summary>
    public static string[] Arguments(int process) => Strings(process, "cmdline");

    /// <summary>One variable of a live process's environment.</summary>
    public static string? Variable(int process, string name) =>
        Strings(process, "environ").FirstOrDefault(entry => entry.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

    /// <summary>Reads <c>/proc/PID/cmdline</c> or <c>/proc/PID/environ</c> of a live process.</summary>
    /// <remarks>Waits until the file has content. With <c>Type=exec</c>, systemd reports the unit as active when the kernel closes a
    /// close-on-exec descriptor (service_dispatch_exec_io), and that is shortly before the kernel sets the new arguments.</remarks>
    public static string[] Strings(int process, string file)
    {
        byte[] bytes = [];
        Assert.True(
            SpinWait.SpinUntil(() => (bytes = File.ReadAllBytes($"/proc/{process}/{file}")).Length > 0, Deadline),
            $"not within {Deadline.TotalSeconds} s: process {process} has its {file}");
        return Encoding.UTF8.GetString(bytes).Split('\0')[..^1];
    }

    public static string WorkingDirectory(int process) => new FileInfo($"/proc/{process}/cwd").LinkTarget!;

    /// <summary>Polls <paramref name="condition"/> until it is true, for at most 30 s.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Deadline, $"not within {Deadline.TotalSeconds} s: {what}");
            await Task.Delay(50);
        }
    }

    private static string ScopeArgument => Scope == ServiceScope.User ? "--user" : "--system";
}
