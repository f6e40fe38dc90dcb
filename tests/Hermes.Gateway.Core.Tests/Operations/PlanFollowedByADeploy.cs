using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;
using Outcome = Hermes.Gateway.Core.Reporting.Outcome;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>A deploy right after a plan applies exactly the planned steps, whatever happened to the machine before.</summary>
public class PlanFollowedByADeploy
{
    /// <summary>Changes that may have happened to a service before the plan.</summary>
    public enum Event
    {
        DeployedNow,
        DeployedEarlier,
        DeployedFromAPlaceThatIsGone,
        WrittenByHand,
        WrittenByAnotherProject,
        AddedTo,
        Removed,
        ReplacedByAFolder,
        Loaded,
        Started,
        Stopped,
        Disabled,
    }

    [Property(MaxTest = 40)]
    public Property Deploy_applies_exactly_the_planned_steps() =>
        Prop.ForAll(Gen.Elements(Enum.GetValues<Event>()).ListOf().ToArbitrary(), AssertPlanIsApplied);

    private static void AssertPlanIsApplied(IEnumerable<Event> history)
    {
        using var world = new World();
        var request = world.Request();
        foreach (var one in history) Happen(one, world, request);

        // The fake manager's waits advance its clock and return at once.
        var planned = world.Run(Operation.PlanDeploy, request);
        var before = TextOf(world, request);
        Assert.Empty(world.Manager.Applied);
        var done = world.Run(Operation.Deploy, request);

        Assert.Equal(StepsOf(planned), StepsOf(done));
        Assert.Equal(planned.Outcome == Outcome.Failed, done.Outcome == Outcome.Failed);
        Assert.Equal(planned.FileDiff.AsEnumerable(), done.FileDiff);
        Assert.Equal(planned.Steps.Any(step => step.Kind == StepKind.Write), !planned.FileDiff.IsEmpty);
        Assert.Equal(planned.FileDiff.IsEmpty, before == TextOf(world, request));
        Assert.All(planned.Steps, step => Assert.Null(step.Status));
        Assert.All(done.Steps, step => Assert.Equal(StepStatus.Done, step.Status));
        Assert.Empty(world.Run(Operation.PlanDeploy, request).Steps);
    }

    private static IEnumerable<(StepKind Kind, string Reason, string? Command)> StepsOf(ServiceReport report) =>
        report.Steps.Select(step => (step.Kind, step.Reason, step.Command));

    private static string? TextOf(World world, ServiceRequest request) =>
        File.Exists(world.PathOf(request)) ? File.ReadAllText(world.PathOf(request)) : null;

    private static void Happen(Event one, World world, ServiceRequest request)
    {
        var (definition, path, service) = (request.Definition, world.PathOf(request), world.Service(request));
        if (Directory.Exists(path)) Directory.Delete(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        switch (one)
        {
            case Event.DeployedNow: world.Deployed(definition); break;
            case Event.DeployedEarlier: world.Deployed(definition with { Revision = "r0", Environment = Sample.Variables(("API_TOKEN", "x")) }); break;
            case Event.DeployedFromAPlaceThatIsGone: world.Deployed(definition with { Source = "/old/Gateway.csproj", WorkingDirectory = "/old" }); break;
            case Event.WrittenByHand: File.WriteAllText(path, "[Service]\nExecStart=/usr/bin/python3 gateway.py\n"); break;
            case Event.WrittenByAnotherProject: Write(definition with { Source = "/src/Other.csproj" }); break;
            case Event.AddedTo when File.Exists(path): File.AppendAllText(path, "[Service]\nNice=5\n"); break;
            case Event.Removed: File.Delete(path); break;
            case Event.ReplacedByAFolder: File.Delete(path); Directory.CreateDirectory(path); break;
            case Event.Loaded: service.Load(); break;
            case Event.Started: service.Start(again: false); break;
            case Event.Stopped: service.Stop(); break;
            case Event.Disabled: service.IsEnabled = false; break;
        }

        void Write(ServiceDefinition other) =>
            File.WriteAllText(path, Core.ServiceManagers.Systemd.UnitFiles.SystemdUnit.Render(world.Manager.Describe(other), null));
    }
}
