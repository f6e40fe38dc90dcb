using System.Diagnostics;

namespace Hermes.Gateway.WholeOperations;

/// <summary>The whole run: for every number of services all operations, then what is written down of them.</summary>
internal sealed class Campaign
{
    private readonly Options _options;
    private readonly Workspace _workspace;
    private readonly Commands _commands;
    private readonly Units _units;
    private readonly Rounds _rounds;
    private readonly Besides _besides;
    private readonly OtherTools _others;
    private readonly Figures _figures = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private string? _properties;

    /// <summary>Prepares a run.</summary>
    public Campaign(Options options, Workspace workspace, CancellationToken cancellationToken)
    {
        (_options, _workspace, _commands) = (options, workspace, new Commands(workspace, cancellationToken));
        _units = new Units(workspace, _commands);
        _rounds = new Rounds(options, workspace, _units);
        _besides = new Besides(options, workspace, _commands, _units);
        _others = new OtherTools(workspace, _commands);
    }

    /// <summary>Runs it; gives the exit status.</summary>
    public async Task<int> RunAsync()
    {
        var machine = await Machine.LookAsync(_commands);
        Tell("restore");
        await _commands.RunAsync("dotnet", ["restore", _workspace.Project, "-v:quiet", "-nodeReuse:false"]);
        foreach (var services in _options.Counts) await MeasureAsync(services);
        Tell("waiting");
        _figures.Times.AddRange(await _besides.WaitAsync());
        await _units.RemoveAllAsync();

        var targets = new Targets(_figures).All;
        Directory.CreateDirectory(_options.Out);
        await File.WriteAllTextAsync(
            Path.Combine(_options.Out, "results.json"),
            JsonWriter.Write(machine, _options, _figures, targets, _others.Absent));
        await File.WriteAllTextAsync(
            Path.Combine(_options.Out, "services.svg"), CostPlot.ToSvg(_figures, _options.Counts));
        TableWriter.ForConsole().Write(machine, _options, _figures, targets, _others.Absent);
        Tell($"written to {_options.Out}");
        return _options.Check && targets.Any(target => target.IsReached == false) ? 1 : 0;
    }

    private async Task MeasureAsync(int services)
    {
        Tell($"{services}: deploy, twice, for the unit files of both values");
        await _units.RemoveAllAsync();
        foreach (var value in Workspace.Values) await KeepUnitsAsync(services, value);
        _rounds.Reset();
        _properties ??= await _besides.LearnPropertiesAsync(services);
        var subjects = new Subjects(_workspace, _commands, _properties).For(services);
        try
        {
            foreach (var operation in Operation.All.Where(operation => operation.IsFor(services)))
            {
                Tell($"{services}: {operation.Name}");
                _figures.Times.AddRange(await _rounds.RunAsync(
                    operation, services, [.. subjects, .. await _others.ForAsync(operation, services)]));
            }
        }
        finally
        {
            await _others.EndAsync();
        }

        // The smallest and the largest number tell what grows.
        if ((services == _options.Counts[0] && !_options.IsShort) || services == _options.Counts[^1])
        {
            Tell($"{services}: commands spawned, memory");
            _figures.Spawned.AddRange(await _besides.CountAsync(services));
            _figures.Peaks.AddRange(await _besides.WeighAsync(services));
        }

        await _units.RemoveAllAsync();
    }

    // What the bare commands and the script write is what the package wrote, byte for byte.
    private async Task KeepUnitsAsync(int services, string value)
    {
        var units = _workspace.UnitsOf(services);
        await _commands.RunAsync("dotnet", _workspace.Build("DeployGateway", $"{services}", value));
        await _units.ProveAsync($"deploy of {services}", units, value, [], Effect.Any, services);
        var folder = Directory.CreateDirectory(_workspace.SourceOf(services, value)).FullName;
        foreach (var unit in units) File.Copy(Path.Combine(Workspace.UnitFolder, unit), Path.Combine(folder, unit));
    }

    private void Tell(string what) =>
        Console.Error.WriteLine($"bench: {Stopwatch.GetElapsedTime(_start).TotalSeconds:0} s  {what}");
}
