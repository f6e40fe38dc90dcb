using System.Collections.Immutable;
using System.Globalization;

namespace Hermes.Gateway.WholeOperations;

/// <summary>One unit as the manager and the kernel show it.</summary>
/// <param name="Active">Its state.</param>
/// <param name="Invocation">Which start it is.</param>
/// <param name="Enabled">Whether it starts by itself.</param>
/// <param name="Argument">The last argument of its process.</param>
internal sealed record UnitState(string Active, string Invocation, string Enabled, string Argument);

/// <summary>What a run does to the processes of units.</summary>
internal enum Effect
{
    /// <summary>They go on.</summary>
    None,

    /// <summary>Each is another one afterwards.</summary>
    NewProcess,

    /// <summary>They may be others.</summary>
    Any,
}

/// <summary>The manager, asked and told outside of what is timed.</summary>
internal sealed class Units(Workspace workspace, Commands commands)
{
    /// <summary>The state of units.</summary>
    public async Task<ImmutableArray<UnitState>> LookAsync(ImmutableArray<string> units)
    {
        var show = await SystemctlAsync(
            ["show", "--no-pager", "--property=Id,ActiveState,InvocationID,UnitFileState,MainPID", "--", .. units]);
        var blocks = show.Output.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]))
            .ToDictionary(block => block["Id"]);
        return [.. units.Select(unit => blocks[unit]).Select(block => new UnitState(
            block["ActiveState"], block["InvocationID"], block["UnitFileState"], ArgumentOf(block["MainPID"])))];
    }

    /// <summary>Makes sure that a run had its effect: all units run, with the arguments they should have.</summary>
    /// <param name="who">Whose run it was.</param>
    /// <param name="units">The units.</param>
    /// <param name="value">The argument of those that a repair changes.</param>
    /// <param name="before">Their state before the run; empty when there were none.</param>
    /// <param name="effect">What the run does.</param>
    /// <param name="touched">How many of them, the first ones, it does that to; the others go on.</param>
    public async Task ProveAsync(
        string who, ImmutableArray<string> units, string value, ImmutableArray<UnitState> before,
        Effect effect, int touched)
    {
        var after = await LookAsync(units);
        for (var i = 0; i < units.Length; i++)
        {
            var expected = i < Workspace.MostChanged ? value : Workspace.Values[0];
            if (after[i].Active != "active" || after[i].Enabled != "enabled" || after[i].Argument != expected)
                throw new BenchmarkException($"{who}: {units[i]} is {after[i]}, and should run with {expected}.");
            if (before.IsEmpty) continue;
            var wanted = i < touched ? effect : effect == Effect.NewProcess ? Effect.None : effect;
            var isNew = after[i].Invocation != before[i].Invocation;
            if (isNew != (wanted == Effect.NewProcess) && wanted != Effect.Any)
                throw new BenchmarkException($"{who}: {units[i]} has {(isNew ? "a new process" : "the old process")}.");
        }
    }

    /// <summary>Removes all that is left of this run's services.</summary>
    public async Task RemoveAllAsync()
    {
        var (pattern, folder) = ($"{workspace.Prefix}*", Workspace.UnitFolder);
        await SystemctlAsync(["stop", "--", pattern]);
        if (Directory.Exists(folder))
            foreach (var path in Directory.GetFileSystemEntries(folder, pattern, SearchOption.AllDirectories))
                File.Delete(path);
        await SystemctlAsync(["daemon-reload"]);
        // Fails when nothing has failed.
        await commands.TryAsync("systemctl", ["--user", "reset-failed", "--", pattern]);
        workspace.ForgetState();
    }

    private Task<CommandRun> SystemctlAsync(IEnumerable<string> arguments) =>
        commands.RunAsync("systemctl", ["--user", .. arguments]);

    private static string ArgumentOf(string process)
    {
        if (process == "0") return "";
        var (file, line) = (string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline"), "");
        // For the manager it is started a moment before the kernel knows its arguments.
        SpinWait.SpinUntil(
            () => !File.Exists(file) || (line = File.ReadAllText(file).TrimEnd('\0')).Length > 0, TimeSpan.FromSeconds(30));
        return line.Split('\0')[^1];
    }
}
