using System.Diagnostics;
using System.Globalization;

namespace Launchd.Simulator.Tests;

/// <summary>What <c>ps</c> knows of processes that are not children of the test.</summary>
internal static class Processes
{
    /// <summary>Whether the process exists and is no zombie.</summary>
    public static bool IsAlive(int pid) => Ask(pid, "stat") is { Length: > 0 } state && state[0] != 'Z';

    public static int Parent(int pid) => int.Parse(Ask(pid, "ppid"), CultureInfo.InvariantCulture);

    public static void Kill(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
    }

    /// <summary>Runs a program that must succeed, and returns what it prints.</summary>
    public static string Run(string program, params string[] arguments)
    {
        var (exit, output) = Execute(program, arguments);
        Assert.True(exit == 0, $"{program} exits {exit}");
        return output;
    }

    // Without such a process ps exits 1 and prints nothing.
    private static string Ask(int pid, string column) =>
        Execute("ps", "-o", column + "=", "-p", pid.ToString(CultureInfo.InvariantCulture)).Output;

    private static (int Exit, string Output) Execute(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd().Trim();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(10)));
        return (process.ExitCode, output);
    }
}
