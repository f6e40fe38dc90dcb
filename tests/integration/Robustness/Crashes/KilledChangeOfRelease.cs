using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Robustness.Crashes;

/// <summary>Kills a deploy of a new release, and a rollback by hand, after each command and at each system call that changes a file. The
/// definition must then point to a complete release, the release before must still be there, and the same operation must complete what
/// was begun.</summary>
[Trait("Campaign", "crashes")]
public class KilledChangeOfRelease(ITestOutputHelper output)
{
    // A short campaign takes one of so many points.
    private const int ShortFormTakes = 6;

    [Theory]
    [InlineData("deploy")]
    [InlineData("rollback")]
    public async Task Leaves_complete_releases_and_is_completed_by_the_next_one(string verb)
    {
        Assert.True(DriverProcess.StraceProblem is null || Environment.GetEnvironmentVariable("CI") != "true", DriverProcess.StraceProblem);
        if (DriverProcess.StraceProblem is { } missing) Assert.Skip(missing);
        await using var service = ObservedService.New(isFast: false);
        var start = Stopwatch.GetTimestamp();
        var change = verb == "deploy" ? Operation.Deploy : Operation.Rollback;
        var version = 1;
        var commands = DriverProcess.CountCommands(service, change, Prepare().Input);
        CrashPoint[] all =
        [
            .. Enumerable.Range(1, commands).Select(i => new CrashPoint("after", i, "a command")),
            .. DriverProcess.FindFileCrashPoints(service, change, Prepare().Input),
        ];
        var (points, reached) = (0, 0);
        var wrong = new List<string>();
        foreach (var crash in Campaign.IsLong ? all : all.Where((_, i) => i % ShortFormTakes == 0))
        {
            var (isReached, problem) = Try(service, change, crash, Prepare());
            points++;
            reached += isReached ? 1 : 0;
            if (problem is not null) wrong.Add($"{crash}: {problem}");
        }

        Campaign.Report(
            $"release-crashes-{verb}-{service.ManagerName}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"crashes of a {verb}: {service.ManagerName} {points} of {all.Length} points, {points - wrong.Count} passed ({reached} reached, "
                + $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0} s)") + string.Concat(wrong.Select(text => $"\n{text}")),
            output);
        Assert.Empty(wrong);
        Assert.True(reached * 4 > points * 3, $"only {reached} of {points} points were reached");

        // A deploy brings a new version; a rollback goes back from one.
        Change Prepare()
        {
            var earlier = ObservedRelease.Deploy(service, version++).Succeeded().Release;
            if (change == Operation.Deploy) return new Change(ObservedRelease.InputFor(service, version++), earlier, null);
            var later = ObservedRelease.Deploy(service, version++).Succeeded().Release;
            return new Change(ObservedRelease.InputFor(service, version) with { PublishedFolder = "", ChosenRelease = "" }, later, earlier);
        }
    }

    private static (bool IsReached, string? Problem) Try(ObservedService service, Operation operation, CrashPoint crash, Change change)
    {
        var (input, before, wanted) = change;
        var isReached = DriverProcess.IsKilledAt(service, operation, input, crash);

        var target = ObservedRelease.FindTarget(service, before);
        var problem = target is null ? "the definition points to no release" : ObservedRelease.FindDamage(target) ?? ObservedRelease.FindDamage(before);
        // Without an entry in the journal, the rollback was either not begun or complete; after a complete one, the next goes back further.
        var isOver = wanted is not null && target == wanted && Directory.GetFiles(service.Host.StateHome, "under-way.json", SearchOption.AllDirectories).Length == 0;
        var again = isOver ? service.Run(Operation.Start, input with { ChosenRelease = null }) : service.Run(operation, input);
        problem ??= again.Outcome is Outcome.Changed or Outcome.Unchanged ? null : string.Join('\n', ReportText.Details(again));
        problem ??= ObservedRelease.FindProblemAfter(again);
        problem ??= wanted is null || again.Release == wanted ? null : $"it went back to {again.Release} instead of {wanted}";
        return (isReached, problem);
    }

    /// <summary>What the operation that is killed is to do, the release from which the service runs before, and the one to which it goes
    /// back; null for a deploy.</summary>
    private sealed record Change(ServiceInput Input, string Before, string? Wanted);
}
