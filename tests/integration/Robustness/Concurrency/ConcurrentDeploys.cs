using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Systemd;

namespace Hermes.Gateway.Integration.Tests.Robustness.Concurrency;

/// <summary>Runs many deploys at the same time, half of them in this process and half in processes of their own.</summary>
[Trait("Manager", "systemd")]
[Trait("Campaign", "concurrency")]
[Trait("Scope", "user")]
public class ConcurrentDeploys(ITestOutputHelper output)
{
    // Records every start of the program, independently of the reports.
    private const string Program = """
        #!/bin/sh
        echo "$$ $1" >>"$STARTS_FILE"
        trap 'exit 0' TERM
        while :; do sleep 0.5; done

        """;

    // ExecStartPost of the unit: systemd reports the start only after the program has recorded it.
    private const string WaitForRecord = """
        #!/bin/sh
        until grep -q "^$MAINPID " "$STARTS_FILE"; do sleep 0.01; done

        """;

    [Fact]
    public async Task Deploys_of_one_service_run_one_after_the_other()
    {
        Requires.Systemd();
        var count = Campaign.Size(12, 50);
        await using var service = NewService();
        var start = Stopwatch.GetTimestamp();

        var results = await Task.WhenAll(Enumerable.Range(0, count).Select(i =>
            DeployAsync(InputOf(service, i / 2 % 2 == 0 ? "first" : "second"), inThisProcess: i % 2 == 0)));

        var took = Stopwatch.GetElapsedTime(start);
        var starts = StartsOf(service);
        Assert.All(results, result => Assert.True(result.Outcome is Outcome.Changed or Outcome.Unchanged, result.ToString()));
        // Each deploy reports a process that was started with its argument, and each start belongs to a deploy.
        Assert.All(results, result => Assert.Equal(result.Argument, starts[result.ProcessId]));
        Assert.Equal(starts.Keys.Order(), results.Select(result => result.ProcessId).Distinct().Order());
        Assert.Equal(starts.Count, results.Count(result => result.Outcome == Outcome.Changed));
        // The last process and unit file have the same one of the two definitions.
        var process = Manager.MainProcess(service.Unit);
        Assert.Equal([process], ProcessesOf(service));
        Assert.Contains(
            $"app.sh\" {starts[process]}\n", await File.ReadAllTextAsync(service.UnitPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("no", Manager.Property(service.Unit, "NeedDaemonReload"));
        Assert.Equal(Outcome.Unchanged, (await DeployAsync(InputOf(service, starts[process]), inThisProcess: true)).Outcome);
        AssertNoFilesLeft(service);
        var longest = results.Max(result => result.Duration);
        Campaign.Report(
            "concurrency-one",
            $"{count} deploys of one service at once, two definitions, all reported correctly, {starts.Count} starts, longest wait "
            + $"{longest.TotalSeconds:0.0} s, {took.TotalSeconds:0.0} s", output);
    }

    [Fact]
    public async Task Deploys_of_many_services_do_not_affect_each_other()
    {
        Requires.Systemd();
        var services = Enumerable.Range(0, Campaign.Size(6, 20)).Select(_ => NewService()).ToList();
        try
        {
            var start = Stopwatch.GetTimestamp();
            var results = await Task.WhenAll(services.Select((service, i) => DeployAsync(InputOf(service, "first"), inThisProcess: i % 2 == 0)));
            var took = Stopwatch.GetElapsedTime(start);

            foreach (var (service, result) in services.Zip(results))
            {
                Assert.True(result.Outcome == Outcome.Changed, result.ToString());
                Assert.Equal(Manager.MainProcess(service.Unit), result.ProcessId);
                Assert.Equal([result.ProcessId], ProcessesOf(service));
                Assert.Equal("first", Assert.Single(StartsOf(service)).Value);
                AssertNoFilesLeft(service);
            }

            Campaign.Report(
                "concurrency-many",
                $"{services.Count} services at once, all reported correctly, slowest {results.Max(result => result.Duration).TotalSeconds:0.0} s, {took.TotalSeconds:0.0} s",
                output);
        }
        finally
        {
            foreach (var service in services) await service.DisposeAsync();
        }
    }

    [Fact]
    public async Task Process_with_the_lock_is_reported_and_its_lock_is_free_after_it_was_killed()
    {
        Requires.Systemd();
        await using var service = NewService();
        using var holder = DeployProcess.Start(InputOf(service, "first") with { StabilitySeconds = "100", TimeoutSeconds = "200" });
        await Manager.UntilAsync(
            () => File.Exists(StartsFile(service)) && StartsOf(service).Count > 0,
            "the other process has started the service");

        var start = Stopwatch.GetTimestamp();
        var blocked = await DeployAsync(InputOf(service, "second") with { TimeoutSeconds = "6" }, inThisProcess: true);
        var took = Stopwatch.GetElapsedTime(start);

        Assert.Equal(Outcome.Failed, blocked.Outcome);
        Assert.StartsWith("HGW1005", blocked.Finding, StringComparison.Ordinal);
        Assert.Contains($"process {holder.Id} of {Environment.UserName}", blocked.Finding, StringComparison.Ordinal);
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
        AssertNoFilesLeft(service);
        Campaign.Report(
            "concurrency-killed",
            $"reported after {took.TotalSeconds:0.0} s of 6, taken over {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s after the kill", output);
    }

    [Fact]
    public async Task Repeated_deploys_by_other_callers_do_not_starve_a_deploy()
    {
        Requires.Systemd();
        await using var service = NewService();
        await DeployAsync(InputOf(service, "first"), inThisProcess: true);
        using var end = new CancellationTokenSource();
        var rounds = 0;
        var loops = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                var result = await DeployAsync(InputOf(service, "first"), inThisProcess: true);
                Assert.True(result.Outcome == Outcome.Unchanged, result.ToString());
                Interlocked.Increment(ref rounds);
            }
        })).ToList();

        var waits = new List<(TimeSpan Time, int Rounds)>();
        try
        {
            for (var i = 0; i < Campaign.Size(5, 50); i++)
            {
                var before = rounds;
                var result = await DeployAsync(InputOf(service, "first"), inThisProcess: i % 2 == 0);
                Assert.True(result.Outcome == Outcome.Unchanged, result.ToString());
                waits.Add((result.Duration, rounds - before));
            }
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(loops);
        }

        // No deploy may wait longer than a tenth of its timeout.
        Assert.All(waits, wait => Assert.InRange(wait.Time, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
        Campaign.Report(
            "concurrency-repeated",
            $"{waits.Count} deploys beside 3 loops of deploys, longest {waits.Max(wait => wait.Time).TotalSeconds:0.0} s, overtaken by at most "
            + $"{waits.Max(wait => wait.Rounds)} of {rounds}", output);
    }

    private static SystemdService NewService()
    {
        var service = new SystemdService(Program);
        var script = Path.Combine(service.Scratch, "wait-for-record.sh");
        File.WriteAllText(script, WaitForRecord);
        var dropIns = Directory.CreateDirectory(service.UnitPath + ".d").FullName;
        File.WriteAllText(Path.Combine(dropIns, "starts-file.conf"), $"[Service]\nExecStartPost=/bin/sh \"{script}\"\n");
        return service;
    }

    private static Task<DeployResult> DeployAsync(ServiceInput input, bool inThisProcess) =>
        inThisProcess ? Task.Run(() => DeployProcess.DeployInThisProcess(input)) : DeployProcess.DeployInNewProcessAsync(input);

    private static ServiceInput InputOf(SystemdService service, string argument) => service.Input with
    {
        Arguments = [argument],
        Environment = [$"STARTS_FILE={StartsFile(service)}"],
        Revision = "r1",
        StabilitySeconds = "0.1",
        TimeoutSeconds = "300",
    };

    private static string StartsFile(SystemdService service) => Path.Combine(service.Scratch, "starts");

    private static Dictionary<int, string> StartsOf(SystemdService service) => File.ReadAllLines(StartsFile(service))
        .Select(line => line.Split(' ')).ToDictionary(parts => int.Parse(parts[0], CultureInfo.InvariantCulture), parts => parts[1]);

    private static void AssertNoFilesLeft(SystemdService service)
    {
        Assert.DoesNotContain(
            Directory.GetFiles(Path.GetDirectoryName(service.UnitPath)!), file => Path.GetFileName(file).StartsWith(".hermes-gateway", StringComparison.Ordinal));
        var state = Path.GetDirectoryName(service.Backups)!;
        Assert.Subset(new HashSet<string> { "verified" }, Directory.GetFiles(state).Select(Path.GetFileName).ToHashSet()!);
        Assert.True(!Directory.Exists(service.Backups) || Directory.GetFiles(service.Backups).Length <= 10);
    }

    /// <summary>The processes of a service, without the child processes of its program.</summary>
    private static IEnumerable<int> ProcessesOf(SystemdService service) => ProcessEntry.Roots(Manager.Group(service.Unit));
}
