using System.Globalization;
using System.Text.RegularExpressions;
using Hermes.Gateway.Integration.Tests.Campaigns.Faults;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Crashes;

/// <summary>Runs an operation in a process of its own and lets it die. The commands are counted by the process itself; its
/// system calls by strace(1), which also sends the signal, so that no hook in the product is needed.</summary>
internal static partial class Driver
{
    // Signal 9, as a shell tells it.
    private const int Killed = 128 + 9;

    // All that changes files. A file that is opened for writing shows with the first write to it: a process that dies
    // there leaves it empty. Only the first thread is traced, and the driver does its work on it.
    private const string FileCalls =
        "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat,pwrite64,ftruncate,"
        + "fsync,fdatasync,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,utimensat";

    /// <summary>Why the system calls cannot be counted; null when they can.</summary>
    public static string? Missing { get; } =
        Manager.Execute("sh", ["-c", "strace -e trace=none true"]) is { Code: not 0 } failed ? failed.Error.Trim() : null;

    /// <summary>How many commands an operation runs.</summary>
    public static int Commands(Subject subject, Scenario scenario)
    {
        var (_, output, error) = Run(subject, scenario, [], []);
        var match = Counted().Match(output);
        Assert.True(match.Success, error);
        return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>The file operations of an operation, at which it can die.</summary>
    public static IReadOnlyList<Crash> FileCrashes(Subject subject, Scenario scenario)
    {
        var log = Path.Combine(subject.Folder, "calls");
        var (_, _, error) = Run(subject, scenario, ["strace", "-y", "-o", log, "-e", $"trace={FileCalls}", "-e", "signal=none"], []);
        Assert.True(File.Exists(log), error);
        string[] ours = [subject.Host.StateHome, Path.GetDirectoryName(subject.DefinitionPath)!];
        // strace counts each system call by itself.
        return
        [
            .. File.ReadLines(log).Where(line => Call().IsMatch(line)).GroupBy(line => Call().Match(line).Groups[1].Value)
                .SelectMany(calls => calls.Select((line, i) => new Crash(calls.Key, i + 1, line)))
                .Where(crash => ours.Any(folder => crash.What.Contains(folder, StringComparison.Ordinal))),
        ];
    }

    /// <summary>Runs it until it dies there; false when it came to its end before.</summary>
    public static bool DiesAt(Subject subject, Scenario scenario, Crash crash)
    {
        var (code, _, error) = crash.IsOfCommand
            ? Run(subject, scenario, [], [$"{crash.Kind}={crash.Number}"])
            : Run(
                subject, scenario,
                ["strace", "-o", "/dev/null", "-e", $"trace={crash.Kind}", "-e", $"inject={crash.Kind}:signal=KILL:when={crash.Number}"],
                []);
        Assert.True(code is 0 or 1 or Killed, $"{crash}: exit {code}: {error}");
        return code == Killed;
    }

    private static (int Code, string Output, string Error) Run(
        Subject subject, Scenario scenario, string[] tracer, string[] death)
    {
        var input = subject.Wanting(scenario.Wanted);
        // A process that dies is told apart from one that fails by the shell, which stays.
        return Manager.Execute(
            "sh",
            [
                "-c", "\"$@\"; exit $?", "sh", .. tracer,
                Path.Combine(AppContext.BaseDirectory, "Hermes.Gateway.Tests.Driver"),
                $"verb={scenario.Operation.Verb}", $"name={input.Name}", $"program={input.Program}", $"source={input.Source}",
                $"argument={input.Arguments[0]}", $"manager={subject.ManagerName}", $"launchctl={input.ManagerProperties.GetValueOrDefault("LaunchctlPath", "")}",
                $"revision={input.Revision}", $"stability={input.StabilitySeconds}", $"timeout={input.TimeoutSeconds}", .. death,
            ],
            new Dictionary<string, string?>(subject.Environment)
            {
                // The runtime's own files would be counted.
                ["DOTNET_EnableDiagnostics"] = "0",
                ["DOTNET_EnableWriteXorExecute"] = "0",
            });
    }

    [GeneratedRegex(@"^(\d+) commands, ")]
    private static partial Regex Counted();

    [GeneratedRegex(@"^([a-z0-9_]+)\(")]
    private static partial Regex Call();
}
