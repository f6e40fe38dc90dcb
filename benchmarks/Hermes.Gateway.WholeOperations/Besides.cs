using System.Collections.Immutable;
using System.Globalization;

namespace Hermes.Gateway.WholeOperations;

/// <summary>What is not a matter of speed, in runs of its own: commands spawned, memory, and waiting.</summary>
internal sealed class Besides(Options options, Workspace workspace, Commands commands, Units units)
{
    /// <summary>The name in the results of what waits.</summary>
    public const string Waiting = "restart, in the task";

    private const string Time = "/usr/bin/time";

    private static readonly string Dotnet = Commands.Find("dotnet") ?? "dotnet";

    private readonly Recorder _recorder = new(workspace);

    /// <summary>The property list that the package asks the manager for, as it says it.</summary>
    public async Task<string> LearnPropertiesAsync(int services)
    {
        var calls = await RecordAsync("GatewayStatus", services, Workspace.Values[^1]);
        return calls.SelectMany(call => call.Split(' '))
            .FirstOrDefault(word => word.StartsWith("--property=Id,", StringComparison.Ordinal))
            ?? throw new BenchmarkException($"The package asked the manager for nothing: {string.Join("; ", calls)}");
    }

    /// <summary>The commands that each operation of the package spawns. Leaves the services installed, with the value that
    /// <see cref="Workspace.Values"/> ends with.</summary>
    public async Task<ImmutableArray<Spawned>> CountAsync(int services)
    {
        var (other, value) = (Workspace.Values[0], Workspace.Values[^1]);
        var found = ImmutableArray.CreateBuilder<Spawned>();
        // Whatever the rounds ended with.
        await AddAsync(Operation.Repair, value, isKept: false);
        await AddAsync(Operation.NoOp, value);
        await AddAsync(Operation.Status, value);
        await AddAsync(Operation.Repair, other);
        await AddAsync(Operation.Repair, value, isKept: false);
        await AddAsync(Operation.Restart, value);
        await units.RemoveAllAsync();
        await AddAsync(Operation.Install, value);
        return found.ToImmutable();

        async Task AddAsync(Operation operation, string now, bool isKept = true)
        {
            var calls = await RecordAsync(operation.Target, services, now);
            if (isKept) found.Add(new Spawned(operation.Name, services, [.. calls.Select(WithoutUnits)]));
        }
    }

    /// <summary>The memory of builds that do nothing, look, and deploy what is there.</summary>
    public async Task<ImmutableArray<Peak>> WeighAsync(int services)
    {
        if (!File.Exists(Time)) return [];
        var peaks = ImmutableArray.CreateBuilder<Peak>();
        (string, string)[] builds =
        [
            (Subjects.Empty, "Empty"), (Operation.Status.Name, Operation.Status.Target),
            (Operation.NoOp.Name, Operation.NoOp.Target),
        ];
        foreach (var (name, target) in builds)
        {
            var values = new List<double>();
            for (var i = 0; i < Math.Min(options.Rounds, 3); i++)
            {
                var file = workspace.PathOf("peak");
                var build = workspace.Build(target, $"{services}", Workspace.Values[^1]);
                await commands.RunAsync(Time, ["-f", "%M", "-o", file, Dotnet, .. build]);
                values.Add(double.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) / 1024);
            }

            peaks.Add(new Peak(name, services, Figures.Median(values)));
        }

        return peaks.ToImmutable();
    }

    /// <summary>Restarts of one service that are waited for in different ways.</summary>
    public async Task<ImmutableArray<Series>> WaitAsync()
    {
        string[] nothing = [];
        (string Name, string[] Properties)[] ways =
        [
            ("nothing awaited", nothing),
            ("stability window of 2 s", ["-p:HermesGatewayStabilitySeconds=2"]),
            ("health 1 s after the start", [$"-p:HermesGatewayHealthCheck=exec:{workspace.PathOf("healthy.sh")}"]),
        ];
        var times = ways.Select(_ => ImmutableArray.CreateBuilder<double>()).ToList();
        await RunAsync("DeployGateway", nothing);
        for (var round = 0; round < Math.Min(options.Rounds, 3); round++)
            foreach (var (way, series) in ways.Zip(times))
                series.Add(await RunAsync("RestartGateway", way.Properties));
        return
        [
            .. ways.Zip(times, (way, series) => new Series(
                Waiting, 1, way.Name, way.Name == ways[0].Name ? null : ways[0].Name, series.ToImmutable())),
        ];

        async Task<double> RunAsync(string target, string[] properties)
        {
            File.Delete(workspace.PathOf("ready"));
            var clock = workspace.PathOf("clock");
            string[] more = [.. properties, TaskClockFile.Switch(clock)];
            await commands.RunAsync(Dotnet, workspace.Build(target, "late", Workspace.Values[^1], more));
            return TaskClockFile.Take(clock);
        }
    }

    private async Task<ImmutableArray<string>> RecordAsync(string target, int services, string value)
    {
        await commands.RunAsync(Dotnet, workspace.Build(target, $"{services}", value), path: _recorder.Folder);
        return _recorder.Take();
    }

    private string WithoutUnits(string call)
    {
        var words = call.Split(' ');
        var names = words.Count(word => word.StartsWith(workspace.Prefix, StringComparison.Ordinal));
        var rest = words.Where(word => !word.StartsWith(workspace.Prefix, StringComparison.Ordinal))
            .Select(word => word.StartsWith("--property=", StringComparison.Ordinal) ? "--property=…" : word);
        return string.Join(' ', rest) + (names > 0 ? $" ({names} {(names == 1 ? "unit" : "units")})" : "");
    }
}
