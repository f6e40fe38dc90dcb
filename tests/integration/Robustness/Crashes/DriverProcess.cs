using System.Globalization;
using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Integration.Tests.Robustness.Faults;

namespace Hermes.Gateway.Integration.Tests.Robustness.Crashes;

/// <summary>Runs an operation in a process of its own (Hermes.Gateway.Tests.Driver) and kills it at a point. The process itself counts
/// its commands; strace(1) counts its system calls and injects the signal, so that the product needs no hook.</summary>
internal static partial class DriverProcess
{
    // The exit code of a shell for a command that SIGKILL has ended.
    private const int Killed = 128 + 9;

    // The system calls that change files. A killed open for writing is covered by the first write, at which the file is empty.
    // strace traces the first thread only, on which the driver runs the operation.
    private const string FileCalls =
        "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat,pwrite64,ftruncate,"
        + "fsync,fdatasync,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,utimensat";

    /// <summary>The reason why strace cannot be used; null if it can.</summary>
    public static string? StraceProblem { get; } =
        Manager.Execute("sh", ["-c", "strace -e trace=none true"]) is { Code: not 0 } failed ? failed.Error.Trim() : null;

    /// <summary>Runs an operation and returns the number of its commands.</summary>
    public static int CountCommands(ObservedService service, OperationCase operationCase) =>
        CountCommands(service, operationCase.Operation, service.InputFor(operationCase.Wanted));

    /// <inheritdoc cref="CountCommands(ObservedService, OperationCase)"/>
    public static int CountCommands(ObservedService service, Operation operation, ServiceInput input)
    {
        var (_, output, error) = Run(service, operation, input, [], []);
        var match = Counted().Match(output);
        Assert.True(match.Success, error);
        return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Runs an operation and returns its system calls that change the state folder or the folder of the definition.</summary>
    public static IReadOnlyList<CrashPoint> FindFileCrashPoints(ObservedService service, OperationCase operationCase) =>
        FindFileCrashPoints(service, operationCase.Operation, service.InputFor(operationCase.Wanted));

    /// <inheritdoc cref="FindFileCrashPoints(ObservedService, OperationCase)"/>
    public static IReadOnlyList<CrashPoint> FindFileCrashPoints(ObservedService service, Operation operation, ServiceInput input)
    {
        var log = Path.Combine(service.Scratch, "calls");
        var (_, _, error) = Run(service, operation, input, ["strace", "-y", "-o", log, "-e", $"trace={FileCalls}", "-e", "signal=none"], []);
        Assert.True(File.Exists(log), error);
        string[] ours =
            [service.Host.StateHome, Path.GetDirectoryName(service.DefinitionPath)!, .. input.ReleaseRoot.Length > 0 ? (string[])[input.ReleaseRoot] : []];
        // "when=" of strace counts each system call separately.
        return
        [
            .. File.ReadLines(log).Where(line => Call().IsMatch(line)).GroupBy(line => Call().Match(line).Groups[1].Value)
                .SelectMany(calls => calls.Select((line, i) => new CrashPoint(calls.Key, i + 1, line)))
                .Where(crash => ours.Any(folder => crash.What.Contains(folder, StringComparison.Ordinal))),
        ];
    }

    /// <summary>Runs an operation and kills it at a point; returns false if it ended before that point.</summary>
    public static bool IsKilledAt(ObservedService service, OperationCase operationCase, CrashPoint crash) =>
        IsKilledAt(service, operationCase.Operation, service.InputFor(operationCase.Wanted), crash);

    /// <inheritdoc cref="IsKilledAt(ObservedService, OperationCase, CrashPoint)"/>
    public static bool IsKilledAt(ObservedService service, Operation operation, ServiceInput input, CrashPoint crash)
    {
        var (code, _, error) = crash.IsOfCommand
            ? Run(service, operation, input, [], [$"{crash.Kind}={crash.Number}"])
            : RunWith("signal=KILL", service, operation, input, crash);
        Assert.True(code is 0 or 1 or Killed, $"{crash}: exit {code}: {error}");
        return code == Killed;
    }

    /// <summary>Runs an operation in which a system call fails.</summary>
    /// <param name="service">The service.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="input">Its input.</param>
    /// <param name="call">The system call.</param>
    /// <param name="error">The name of the error, such as ENOSPC.</param>
    /// <returns>The exit code (0: it succeeded, 1: it reported a failure), and the errors that it reported.</returns>
    public static (int Code, string Error) RunWithError(ObservedService service, Operation operation, ServiceInput input, CrashPoint call, string error)
    {
        var (code, _, errors) = RunWith($"error={error}", service, operation, input, call);
        return (code, errors);
    }

    private static (int Code, string Output, string Error) RunWith(
        string fault, ObservedService service, Operation operation, ServiceInput input, CrashPoint call) => Run(
            service, operation, input,
            ["strace", "-o", "/dev/null", "-e", $"trace={call.Kind}", "-e", $"inject={call.Kind}:{fault}:when={call.Number}"],
            []);

    private static (int Code, string Output, string Error) Run(
        ObservedService service, Operation operation, ServiceInput input, string[] tracer, string[] death)
    {
        // The shell turns the death by a signal into an exit code.
        return Manager.Execute(
            "sh",
            [
                "-c", "\"$@\"; exit $?", "sh", .. tracer,
                Path.Combine(AppContext.BaseDirectory, "Hermes.Gateway.Tests.Driver"),
                $"verb={operation.Verb}", $"name={input.Name}", $"program={input.Program}", $"source={input.Source}",
                $"argument={input.Arguments[0]}", $"manager={service.ManagerName}", $"launchctl={input.ManagerProperties.GetValueOrDefault("LaunchctlPath", "")}",
                $"releases={input.Releases}", $"published={input.PublishedFolder}", $"releaseroot={input.ReleaseRoot}",
                $"revision={input.Revision}", $"stability={input.StabilitySeconds}", $"timeout={input.TimeoutSeconds}", .. death,
            ],
            new Dictionary<string, string?>(service.Environment)
            {
                // Without these, the runtime makes system calls on files of its own, which strace would count.
                ["DOTNET_EnableDiagnostics"] = "0",
                ["DOTNET_EnableWriteXorExecute"] = "0",
            });
    }

    [GeneratedRegex(@"^(\d+) commands, ")]
    private static partial Regex Counted();

    [GeneratedRegex(@"^([a-z0-9_]+)\(")]
    private static partial Regex Call();
}
