using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hermes.Gateway.Core.Definitions;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

/// <summary>What an operator does by hand, and an independent look at the machine, beside the code under test.</summary>
internal static class Manager
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>The scope under test: the scenarios are the same in both (HERMES_TEST_SCOPE=user, the default, or system).</summary>
    public static ServiceScope Scope { get; } =
        Environment.GetEnvironmentVariable("HERMES_TEST_SCOPE") == "system" ? ServiceScope.System : ServiceScope.User;

    /// <summary>Whether the manager's services log to a journal that can be read.</summary>
    public static bool HasJournal { get; } = File.Exists("/run/systemd/journal/stdout");

    /// <summary>Runs <c>systemctl</c> in the scope under test; must succeed.</summary>
    public static string Run(params string[] arguments)
    {
        var (code, output, error) = Execute("systemctl", [ScopeArgument, .. arguments]);
        Assert.True(code == 0, $"systemctl {string.Join(' ', arguments)}: exit {code}: {error}");
        return output;
    }

    /// <summary>Runs <c>systemctl</c> in the scope under test, whatever comes of it.</summary>
    public static void Try(params string[] arguments) => Execute("systemctl", [ScopeArgument, .. arguments]);

    /// <summary>Runs any command; must succeed.</summary>
    public static string RunCommand(string program, params string[] arguments)
    {
        var (code, output, error) = Execute(program, arguments);
        Assert.True(code == 0, $"{program}: exit {code}: {error}");
        return output;
    }

    /// <summary>Runs any command, whatever comes of it.</summary>
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

    /// <summary>All processes in the control group of a unit.</summary>
    public static IEnumerable<int> Group(string unit) =>
        File.ReadAllLines(Path.Combine("/sys/fs/cgroup", Property(unit, "ControlGroup").TrimStart('/'), "cgroup.procs"))
            .Select(line => int.Parse(line, CultureInfo.InvariantCulture));

    /// <summary>The arguments of a live process.</summary>
    public static string[] Arguments(int process) => Strings(process, "cmdline");

    /// <summary>One variable of a live process's environment.</summary>
    public static string? Variable(int process, string name) =>
        Strings(process, "environ").FirstOrDefault(entry => entry.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

    /// <summary>A file of a live process that is a list: its arguments, or its environment.</summary>
    /// <remarks>Neither is there yet when the manager calls the process started: it knows of the exec by a file that the
    /// kernel closes then, and what the new program was given can be read a little later.</remarks>
    public static string[] Strings(int process, string file)
    {
        byte[] bytes = [];
        Assert.True(
            SpinWait.SpinUntil(() => (bytes = File.ReadAllBytes($"/proc/{process}/{file}")).Length > 0, Deadline),
            $"not within {Deadline.TotalSeconds} s: process {process} has its {file}");
        return Encoding.UTF8.GetString(bytes).Split('\0')[..^1];
    }

    public static string WorkingDirectory(int process) => new FileInfo($"/proc/{process}/cwd").LinkTarget!;

    /// <summary>Waits until the machine is in a state, within a bound.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Deadline, $"not within {Deadline.TotalSeconds} s: {what}");
            await Task.Delay(20);
        }
    }

    private static string ScopeArgument => Scope == ServiceScope.User ? "--user" : "--system";
}
