using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Redaction;

/// <summary>Generated secrets, placed at random in services on which operations run.</summary>
public class RandomlyPlacedSecrets
{
    private const int Placements = 2000;

    [Fact]
    public async Task Are_in_no_output()
    {
        var first = Environment.TickCount;
        using var server = new ScriptedHttpServer();
        for (var (seed, placed) = (first, 0); placed < Placements; seed++) placed += await TryAsync(seed, server);
    }

    // A seed that failed once can be replayed here.
    [Theory]
    [InlineData(1)]
    public async Task Are_in_no_output_for_a_fixed_seed(int seed)
    {
        using var server = new ScriptedHttpServer();
        Assert.True(await TryAsync(seed, server) > 20);
    }

    /// <summary>Deploys, then changes everything: plan, status, verify, a deploy, one that fails, one that is unhealthy.</summary>
    /// <returns>The number of placed secrets.</returns>
    private static async Task<int> TryAsync(int seed, ScriptedHttpServer server)
    {
        var random = new Random(seed);
        var placements = new SecretPlacements(random);
        var outputs = new Outputs();
        using var world = new World(new FakeRunner(command => FakeRunner.Exit(command, 1, error: placements.Phrase("a command's words"))))
        {
            Listener = outputs,
        };
        world.Manager.AfterStep = _ => world.Journal.Run(
            new CommandRequest { Program = "/bin/systemctl", Arguments = ["--token", placements.Secret("a command", 8)], Timeout = TimeSpan.FromSeconds(5) }, default);
        server.Answer = ScriptedHttpServer.Ok;
        var old = Next();
        Run(Operation.Deploy, old);
        // An operator's own directives.
        var path = world.PathOf(old);
        await File.AppendAllTextAsync(
            path, $"[Service]\nEnvironment=THEIRS={placements.Secret("an operator's variable", 8)}\nExecStartPre=/bin/true {placements.Secret("an operator's command", 8)}\n");

        var wanted = Next();
        Run(Operation.PlanDeploy, wanted);
        Run(Operation.Status, wanted);
        Run(Operation.Verify, wanted);
        Run(Operation.Deploy, wanted);
        // The secrets of the last definition but one are in no file any more.
        world.Manager.LastWords = [.. placements.Log];
        server.Answer = $"HTTP/9.9 {placements.Phrase("a server's answer")}\r\n\r\n";
        Run(Operation.Status, wanted);
        Run(Operation.Verify, wanted);
        world.Service(wanted).OnStart = OnStart.Fails;
        wanted = Next();
        var failed = Run(Operation.Deploy, wanted);
        Assert.NotEqual(Outcome.Changed, failed.Outcome);
        await outputs.AddHistoryAsync(world, wanted);

        foreach (var (name, text) in outputs.Texts)
            foreach (var (secret, place) in placements.Placed)
                Assert.False(
                    text.Contains(secret, StringComparison.Ordinal),
                    $"seed {seed}: {secret} ({place}) is in {name}: …{Around(text, secret)}…");
        return placements.Placed.Count();

        ServiceRequest Next()
        {
            var request = world.Request();
            var before = placements.Log.ToList();
            placements.Log.Clear();
            var definition = placements.Fill(request.Definition, random.Next(4, 10));
            world.Manager.LastWords = [.. before, .. placements.Log];
            File.WriteAllText(world.At("secrets.env"), placements.File);
            return request with
            {
                Definition = definition with { EnvironmentFile = world.At("secrets.env") },
                Health = HealthCheck.TryParse(
                    $"http://u:{placements.Secret("the health check's password", 8)}@127.0.0.1:{server.Port}/path"
                    + $"?sig={placements.Secret("the health check's query", 8)}&code={placements.Secret("the health check's query", 8)}"),
            };
        }

        ServiceReport Run(Operation operation, ServiceRequest request)
        {
            var report = world.Run(operation, request);
            outputs.Add(report);
            return report;
        }
    }

    private static string Around(string text, string secret)
    {
        var at = text.IndexOf(secret, StringComparison.Ordinal);
        return at < 0 ? "" : text[Math.Max(0, at - 100)..Math.Min(text.Length, at + 60)];
    }
}
