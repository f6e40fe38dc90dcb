using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Concurrency;

/// <summary>Many deploys at the same moment: half of them tasks of this process, half of them processes.</summary>
[Trait("Campaign", "concurrency")]
[Trait("Scope", "user")]
public class ConcurrencyCampaign(ITestOutputHelper output)
{
    // Writes down every start of it: what ran, whoever says so.
    private const string Program = """
        #!/bin/sh
        echo "$$ $1" >>"$WITNESS"
        trap 'exit 0' TERM
        while :; do sleep 0.5; done

        """;

    // Run by the manager behind each start: a start counts when it was written down, however busy the machine is.
    private const string IsWritten = """
        #!/bin/sh
        until grep -q "^$MAINPID " "$WITNESS"; do sleep 0.01; done

        """;

    [Fact]
    public async Task Deploys_of_one_service_are_done_one_after_the_other()
    {
        Requires.Systemd();
        var count = Campaign.Size(12, 50);
        await using var service = NewService();
        var start = Stopwatch.GetTimestamp();

        var endings = await Task.WhenAll(Enumerable.Range(0, count).Select(i =>
            DeployAsync(InputOf(service, i / 2 % 2 == 0 ? "first" : "second"), inThisProcess: i % 2 == 0)));

        var took = Stopwatch.GetElapsedTime(start);
        var starts = StartsOf(service);
        Assert.All(endings, ending => Assert.True(ending.Outcome is Outcome.Changed or Outcome.Unchanged, ending.ToString()));
        // Each named a process that really was started from what it wanted, and none was started for nothing.
        Assert.All(endings, ending => Assert.Equal(ending.Argument, starts[ending.ProcessId]));
        Assert.Equal(starts.Keys.Order(), endings.Select(ending => ending.ProcessId).Distinct().Order());
        Assert.Equal(starts.Count, endings.Count(ending => ending.Outcome == Outcome.Changed));
        // What is left is whole, and one of the two.
        var process = Manager.MainProcess(service.Unit);
        Assert.Equal([process], ProcessesOf(service));
        Assert.Contains(
            $"app.sh\" {starts[process]}\n", await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("no", Manager.Property(service.Unit, "NeedDaemonReload"));
        Assert.Equal(Outcome.Unchanged, (await DeployAsync(InputOf(service, starts[process]), inThisProcess: true)).Outcome);
        AssertNothingLeft(service);
        var longest = endings.Max(ending => ending.Duration);
        Campaign.Report(
            "concurrency-one",
            $"{count} deploys of one service at once, two definitions, all truthful, {starts.Count} starts, longest wait "
            + $"{longest.TotalSeconds:0.0} s, {took.TotalSeconds:0.0} s", output);
    }

    [Fact]
    public async Task Deploys_of_many_services_do_not_disturb_each_other()
    {
        Requires.Systemd();
        var services = Enumerable.Range(0, Campaign.Size(6, 20)).Select(_ => NewService()).ToList();
        try
        {
            var start = Stopwatch.GetTimestamp();
            var endings = await Task.WhenAll(services.Select((service, i) => DeployAsync(InputOf(service, "first"), inThisProcess: i % 2 == 0)));
            var took = Stopwatch.GetElapsedTime(start);

            foreach (var (service, ending) in services.Zip(endings))
            {
                Assert.True(ending.Outcome == Outcome.Changed, ending.ToString());
                Assert.Equal(Manager.MainProcess(service.Unit), ending.ProcessId);
                Assert.Equal([ending.ProcessId], ProcessesOf(service));
                Assert.Equal("first", Assert.Single(StartsOf(service)).Value);
                AssertNothingLeft(service);
            }

            Campaign.Report(
                "concurrency-many",
                $"{services.Count} services at once, all truthful, slowest {endings.Max(ending => ending.Duration).TotalSeconds:0.0} s, {took.TotalSeconds:0.0} s",
                output);
        }
        finally
        {
            foreach (var service in services) await service.DisposeAsync();
        }
    }

    [Fact]
    public async Task Who_holds_the_lock_is_named_and_leaves_none_when_killed()
    {
        Requires.Systemd();
        await using var service = NewService();
        using var holder = Child.Start(InputOf(service, "first") with { StabilitySeconds = "100", TimeoutSeconds = "200" });
        await Manager.UntilAsync(
            () => File.Exists(Witness(service)) && StartsOf(service).Count > 0,
            "the other process has started the service");

        var start = Stopwatch.GetTimestamp();
        var loser = await DeployAsync(InputOf(service, "second") with { TimeoutSeconds = "6" }, inThisProcess: true);
        var took = Stopwatch.GetElapsedTime(start);

        Assert.Equal(Outcome.Failed, loser.Outcome);
        Assert.StartsWith("HGW1005", loser.Finding, StringComparison.Ordinal);
        Assert.Contains($"process {holder.Id} of {Environment.UserName}", loser.Finding, StringComparison.Ordinal);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(6));
        Assert.Single(StartsOf(service));

        holder.Kill();
        await holder.WaitForExitAsync(TestContext.Current.CancellationToken);
        start = Stopwatch.GetTimestamp();
        var next = await DeployAsync(InputOf(service, "second"), inThisProcess: true);

        Assert.True(next.Outcome == Outcome.Changed, next.ToString());
        Assert.StartsWith("HGW1014", next.Finding, StringComparison.Ordinal);
        Assert.Equal("second", StartsOf(service)[next.ProcessId]);
        Assert.Equal([next.ProcessId], ProcessesOf(service));
        AssertNothingLeft(service);
        Campaign.Report(
            "concurrency-killed",
            $"named after {took.TotalSeconds:0.0} s of 6, taken over {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s after the kill", output);
    }

    [Fact]
    public async Task Who_deploys_again_and_again_does_not_keep_others_out()
    {
        Requires.Systemd();
        await using var service = NewService();
        await DeployAsync(InputOf(service, "first"), inThisProcess: true);
        using var end = new CancellationTokenSource();
        var rounds = 0;
        var greedy = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                var ending = await DeployAsync(InputOf(service, "first"), inThisProcess: true);
                Assert.True(ending.Outcome == Outcome.Unchanged, ending.ToString());
                Interlocked.Increment(ref rounds);
            }
        })).ToList();

        var waits = new List<(TimeSpan Time, int Rounds)>();
        try
        {
            for (var i = 0; i < Campaign.Size(5, 50); i++)
            {
                var before = rounds;
                var ending = await DeployAsync(InputOf(service, "first"), inThisProcess: i % 2 == 0);
                Assert.True(ending.Outcome == Outcome.Unchanged, ending.ToString());
                waits.Add((ending.Duration, rounds - before));
            }
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(greedy);
        }

        // Half of the operation's time is what anybody waits at most.
        Assert.All(waits, wait => Assert.InRange(wait.Time, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
        Campaign.Report(
            "concurrency-greedy",
            $"{waits.Count} deploys beside 3 loops of deploys, longest {waits.Max(wait => wait.Time).TotalSeconds:0.0} s, overtaken by at most "
            + $"{waits.Max(wait => wait.Rounds)} of {rounds}", output);
    }

    private static TestService NewService()
    {
        var service = new TestService(Program);
        var script = Path.Combine(service.Scratch, "is-written.sh");
        File.WriteAllText(script, IsWritten);
        var dropIns = Directory.CreateDirectory(service.UnitPath + ".d").FullName;
        File.WriteAllText(Path.Combine(dropIns, "witness.conf"), $"[Service]\nExecStartPost=/bin/sh \"{script}\"\n");
        return service;
    }

    private static Task<Ending> DeployAsync(ServiceInput input, bool inThisProcess) =>
        inThisProcess ? Task.Run(() => Child.DeployHere(input)) : Child.DeployThereAsync(input);

    private static ServiceInput InputOf(TestService service, string argument) => service.Input with
    {
        Arguments = [argument],
        Environment = [$"WITNESS={Witness(service)}"],
        Revision = "r1",
        StabilitySeconds = "0.1",
        TimeoutSeconds = "300",
    };

    private static string Witness(TestService service) => Path.Combine(service.Scratch, "starts");

    private static Dictionary<int, string> StartsOf(TestService service) => File.ReadAllLines(Witness(service))
        .Select(line => line.Split(' ')).ToDictionary(parts => int.Parse(parts[0], CultureInfo.InvariantCulture), parts => parts[1]);

    private static void AssertNothingLeft(TestService service)
    {
        Assert.DoesNotContain(
            Directory.GetFiles(Path.GetDirectoryName(service.UnitPath)!), file => Path.GetFileName(file).StartsWith(".hermes-gateway", StringComparison.Ordinal));
        var state = Path.GetDirectoryName(service.Backups)!;
        Assert.Subset(new HashSet<string> { "verified" }, Directory.GetFiles(state).Select(Path.GetFileName).ToHashSet()!);
        Assert.True(!Directory.Exists(service.Backups) || Directory.GetFiles(service.Backups).Length <= 10);
    }

    /// <summary>The processes of a service, without those that its program has started.</summary>
    private static IEnumerable<int> ProcessesOf(TestService service) => ProcessEntry.Roots(Manager.Group(service.Unit));
}
