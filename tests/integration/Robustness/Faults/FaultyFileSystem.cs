using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Robustness.Crashes;

namespace Hermes.Gateway.Integration.Tests.Robustness.Faults;

/// <summary>Lets each system call of a deploy of a new release fail that changes a file of the release, the state or the definition. The
/// deploy must succeed all the same, or report an error while a complete release runs; the next deploy must complete what was begun.</summary>
[Trait("Campaign", "faults")]
public class FaultyFileSystem(ITestOutputHelper output)
{
    private static readonly string[] Errors = ["ENOSPC", "EIO", "EACCES", "EROFS", "EXDEV"];

    // A short campaign takes one of so many cells; with this number, each error occurs in it.
    private const int ShortFormTakes = 12;

    [Fact]
    public async Task Deploy_of_a_release_succeeds_or_leaves_a_complete_release_running()
    {
        Assert.True(DriverProcess.StraceProblem is null || Environment.GetEnvironmentVariable("CI") != "true", DriverProcess.StraceProblem);
        if (DriverProcess.StraceProblem is { } missing) Assert.Skip(missing);
        await using var service = ObservedService.New(isFast: false);
        var start = Stopwatch.GetTimestamp();
        var version = 1;
        var before = ObservedRelease.Deploy(service, version++).Succeeded();
        var all = DriverProcess.FindFileCrashPoints(service, Operation.Deploy, ObservedRelease.InputFor(service, version++))
            .SelectMany(_ => Errors, (call, error) => (Call: call, Error: error))
            .Where(cell => cell.Error != "EXDEV" || cell.Call.Kind.StartsWith("rename", StringComparison.Ordinal) || cell.Call.Kind.StartsWith("link", StringComparison.Ordinal))
            .ToList();
        var (tried, succeeded) = (0, 0);
        var wrong = new List<string>();
        foreach (var (call, error) in Campaign.IsLong ? all : all.Where((_, i) => i % ShortFormTakes == 0))
        {
            before = ObservedRelease.Deploy(service, version++).Succeeded();
            var (code, problem) = Try(service, before, call, error, version++);
            tried++;
            succeeded += code == 0 ? 1 : 0;
            if (problem is not null) wrong.Add($"{error} in {call}: {problem}");
        }

        Campaign.Report(
            $"release-faults-{service.ManagerName}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"files of a release: {service.ManagerName} {tried} of {all.Count} cells, {tried - wrong.Count} passed ({succeeded} of them "
                + $"succeeded all the same, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s)") + string.Concat(wrong.Select(text => $"\n{text}")),
            output);
        Assert.Empty(wrong);
        Assert.True(succeeded < tried, "no error was noticed");
    }

    private static (int Code, string? Problem) Try(ObservedService service, ServiceReport before, CrashPoint call, string error, int version)
    {
        var input = ObservedRelease.InputFor(service, version);
        var (code, errors) = DriverProcess.RunWithError(service, Operation.Deploy, input, call, error);

        string? problem = null;
        if (code is not (0 or 1)) problem = $"exit {code}: {errors}";
        else if (code == 1 && !errors.Contains("HGW", StringComparison.Ordinal)) problem = $"it failed without a code: {errors}";
        var target = ObservedRelease.FindTarget(service, before.Release);
        problem ??= target is null ? "the definition points to no release" : ObservedRelease.FindDamage(target) ?? ObservedRelease.FindDamage(before.Release);
        var process = service.TakeSnapshot().ProcessId;
        problem ??= process == 0 ? $"no process runs: {errors}"
            : Manager.WorkingDirectory(process) != target ? $"another release runs than the definition says: {errors}" : null;
        problem ??= code == 0 && target == before.Release ? "it succeeded and changed nothing" : null;
        var again = service.Run(Operation.Deploy, input);
        return (code, problem ?? ObservedRelease.FindProblemAfter(again));
    }
}
