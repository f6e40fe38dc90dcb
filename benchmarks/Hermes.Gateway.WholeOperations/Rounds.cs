using System.Collections.Immutable;

namespace Hermes.Gateway.WholeOperations;

/// <summary>Measures subjects side by side: in every round each of them once, in an order that rotates, so that none
/// has the quiet moments of a machine for itself. After each run the machine is looked at, outside of what is timed.
/// </summary>
internal sealed class Rounds(Options options, Workspace workspace, Units units)
{
    private string _value = Workspace.Values[^1];

    /// <summary>Takes note that the services have the value that <see cref="Workspace.Values"/> ends with.</summary>
    public void Reset() => _value = Workspace.Values[^1];

    /// <summary>Measures an operation for a number of services.</summary>
    public async Task<ImmutableArray<Series>> RunAsync(
        Operation operation, int services, ImmutableArray<Subject> subjects)
    {
        var names = workspace.UnitsOf(services);
        var rounds = options.RoundsFor(services, operation.IsHeavy);
        var times = subjects.ToDictionary(subject => subject, _ => ImmutableArray.CreateBuilder<double>());
        // Once for nothing, so that all files are in memory. After so many services they are.
        for (var round = options.IsShort || services >= 1000 ? 0 : -1; round < rounds; round++)
            for (var i = 0; i < subjects.Length; i++)
            {
                var subject = subjects[(i + Math.Max(round, 0)) % subjects.Length];
                var time = await OnceAsync(operation, names, subject);
                if (round >= 0) times[subject].Add(time);
            }

        return
        [
            .. subjects.Select(subject => new Series(
                operation.Name, services, subject.Name, subject.Reference, times[subject].ToImmutable())),
        ];
    }

    private async Task<double> OnceAsync(Operation operation, ImmutableArray<string> names, Subject subject)
    {
        if (operation.IsInstall && !subject.IsBystander) await units.RemoveAllAsync();
        var before = operation.IsInstall ? [] : await units.LookAsync(names);
        if (operation.Drifts && !subject.IsBystander) _value = Workspace.Values.First(value => value != _value);
        var time = await subject.MeasureAsync(new Scene(operation, names, _value));
        // (Between two installations there may be nothing.)
        if (operation.IsInstall && subject.IsBystander) return time;

        var who = $"{operation.Name} of {names.Length}, {subject.Name}";
        if (subject.IsBystander) await units.ProveAsync(who, names, _value, before, Effect.None, names.Length);
        else if (subject.RestartsAll && operation != Operation.Status)
            await units.ProveAsync(who, names, _value, before, Effect.NewProcess, names.Length);
        else await units.ProveAsync(who, names, _value, before, operation.Effect, operation.Touched(names.Length));
        return time;
    }
}
