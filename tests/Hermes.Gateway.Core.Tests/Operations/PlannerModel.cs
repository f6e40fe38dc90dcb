using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>The input of the planner: any state of a machine, a goal and options.</summary>
public sealed record PlannerCase
{
    internal PlannerCase(ServiceObservation observation, Goal goal, PlanOptions options) => (Seen, Goal, Options) = (observation, goal, options);

    internal ServiceObservation Seen { get; init; }

    internal Goal Goal { get; init; }

    internal PlanOptions Options { get; init; }

    internal Comparison Comparison => Comparison.Of(PlannerModel.Wanted, Seen);

    internal Plan Plan => Planner.For(Goal, Comparison, Options);

    /// <inheritdoc/>
    public override string ToString() => $"{Goal} {Options} {Seen}";
}

/// <summary>Random states of a machine, and a pure model of the effect of each step.</summary>
internal static class PlannerModel
{
    public static readonly DesiredService Wanted = Sample.Desired();

    private static readonly DesiredService[] Definitions =
    [
        Wanted,
        Wanted,
        Of(definition => definition with { Revision = "r0" }),
        Of(definition => definition with { Arguments = ["other"] }),
        Of(definition => definition with { Environment = Sample.Variables(("MODE", "slow"), ("MORE", "1")) }),
        Of(definition => definition with { Source = "/old/my/Gateway.csproj", WorkingDirectory = "/old/my" }),
        Of(definition => definition with { Source = "/src/my/Other.csproj" }),
    ];

    // Created once, because each renders and parses a unit file.
    private static readonly InstalledFacts[] Files =
        [.. Definitions.SelectMany(old => new[] { Seen.Installed(old, Wanted), Seen.Installed(old, Wanted, false) })];

    private static readonly InstalledFacts HandWritten =
        Seen.Installed("[Service]\nExecStart=/usr/bin/python3 gateway.py\n", Wanted, false);

    private static readonly Finding[] Errors = [DiagnosticCatalog.Masked.Error("masked"), DiagnosticCatalog.Shadowed.Error("shadowed")];

    private static readonly ManagerAbsence[] Absences =
    [
        new(DiagnosticCatalog.ManagerUnreachable.Error("no bus"), CanBeStarted: false),
        new(DiagnosticCatalog.UserManagerNotRunning.Error("no manager"), CanBeStarted: true),
    ];

    public static Gen<PlannerCase> Cases =>
        from installed in InstalledOnes
        from loaded in LoadedOnes
        from running in RunningOnes
        from enabled in Gen.Elements(Enum.GetValues<Answer>())
        from findings in Gen.Frequency((6, Gen.Constant(ImmutableArray<Finding>.Empty)), (1, Gen.Elements(Errors).Select(error => ImmutableArray.Create(error))))
        from absence in Gen.Frequency((6, Gen.Constant((ManagerAbsence?)null)), (1, Gen.Elements(Absences).Select(ManagerAbsence? (one) => one)))
        from withoutLogin in Gen.Elements(Enum.GetValues<Answer>())
        from goal in Gen.Elements(Enum.GetValues<Goal>())
        from enable in Bools
        from takeOver in Bools
        from linger in Bools
        select new PlannerCase(
            new ServiceObservation
            {
                DefinitionPath = Wanted.DefinitionPath,
                Installed = installed,
                Loaded = loaded,
                Running = running,
                Enabled = enabled,
                StartsWithoutLogin = withoutLogin,
                Findings = findings,
                Absence = absence,
            },
            goal,
            new PlanOptions(enable, takeOver, linger));

    /// <summary>Returns the state of the machine after a successful <paramref name="step"/>.</summary>
    public static ServiceObservation After(ServiceObservation observation, StepKind step)
    {
        switch (step)
        {
            // The other facts of the new observation are as random as before.
            case StepKind.RunWithoutLogin:
                return observation with
                {
                    StartsWithoutLogin = Answer.Yes,
                    Absence = observation.Absence is { CanBeStarted: false } lasting ? lasting : null,
                };
            case StepKind.Write:
                return observation with
                {
                    Installed = Files[0],
                    Loaded = observation.Loaded with { IsOlderThanDisk = observation.Loaded.IsLoaded == Answer.Yes },
                };
            case StepKind.Remove:
                return observation with { Installed = Seen.Installed(InstalledKind.Missing) };
            case StepKind.Enable:
                return observation with { Enabled = Answer.Yes };
            case StepKind.Disable:
                return observation with { Enabled = Answer.No };
            case StepKind.Load when observation.Installed.Content is { } content:
                var loaded = Definitions.First(one => one.Stamp == content.Stamp);
                return observation with
                {
                    Loaded = Seen.Loaded(loaded) with { DropIns = [.. observation.Loaded.DropIns, .. observation.Loaded.PendingDropIns] },
                };
            case StepKind.Unload:
                Assert.Equal(InstalledKind.Missing, observation.Installed.Kind);
                return observation with { Loaded = Seen.NotLoaded() };
            case StepKind.ClearFailure:
                return observation.Running.Activity == Activity.Failed ? observation with { Running = Seen.NotRunning() } : observation;
            case StepKind.Stop:
                return observation with { Running = Seen.NotRunning() };
            case StepKind.Start or StepKind.Restart:
                // A manager starts only loaded definitions.
                Assert.Equal(Answer.Yes, observation.Loaded.IsLoaded);
                var started = Definitions.First(one => one.Stamp == observation.Loaded.Stamp);
                return observation with { Running = Seen.Running(started) with { Invocation = "i2" } };
            default:
                throw new InvalidOperationException($"{step} makes no sense here");
        }
    }

    /// <summary>Returns the case after the reconciler's second planning: a plan for a user manager that was not running is
    /// made again when linger has started it.</summary>
    public static PlannerCase AfterLinger(PlannerCase given) =>
        given.Plan.Has(StepKind.RunWithoutLogin) && given.Seen.Absence is not null
            ? given with { Seen = After(given.Seen, StepKind.RunWithoutLogin) }
            : given;

    public static Property ForAll(Action<PlannerCase> assert) => Prop.ForAll(Cases.ToArbitrary(), assert);

    private static Gen<bool> Bools => Gen.Elements(true, false);

    private static Gen<DesiredService> AnyDefinition => Gen.Elements(Definitions);

    private static Gen<InstalledFacts> InstalledOnes => Gen.Frequency(
        (6, Gen.Elements(Files)),
        (1, Gen.Constant(HandWritten)),
        (2, Gen.Constant(Seen.Installed(InstalledKind.Missing))),
        (1, Gen.Elements(InstalledKind.Linked, InstalledKind.Unreadable).Select(Seen.Installed)));

    private static Gen<LoadedFacts> LoadedOnes => Gen.Frequency(
        (5, from old in AnyDefinition
            from older in Bools
            from pending in Gen.Elements<ImmutableArray<string>>([], [], ["/d/new.conf"])
            from dropIns in Gen.Elements<ImmutableArray<string>>([], [], ["/d/x.conf"])
            select Seen.Loaded(old) with { IsOlderThanDisk = older, PendingDropIns = pending, DropIns = dropIns }),
        (2, Gen.Elements(Answer.No, Answer.Unknown).Select(Seen.NotLoaded)));

    private static Gen<RunningFacts> RunningOnes => Gen.Frequency(
        (3, from old in AnyDefinition
            from activity in Gen.Elements(Activity.Up, Activity.Up, Activity.Starting, Activity.Stopping)
            from readable in Bools
            let running = Seen.Running(old) with { Activity = activity }
            select readable ? running : running with { Environment = null, Command = null }),
        (3, from activity in Gen.Elements(
                Activity.Unknown, Activity.Stopped, Activity.Failed, Activity.WaitingToRestart, Activity.Starting)
            from restarts in Gen.Choose(0, 3)
            select Seen.NotRunning(activity, restarts)));

    private static DesiredService Of(Func<ServiceDefinition, ServiceDefinition> change) =>
        Sample.Desired(change(Sample.Definition()));
}
