using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

public class OwnerOfADefinition
{
    private static readonly DesiredService Wanted = Sample.Desired();

    [Theory]
    [InlineData("/src/my/Gateway.csproj", true, nameof(Ownership.Ours))]
    [InlineData("/src/my/Gateway.csproj", false, nameof(Ownership.Ours))]
    [InlineData("/old/my/Gateway.csproj", false, nameof(Ownership.Moved))]
    [InlineData("/worktree/Gateway.csproj", true, nameof(Ownership.SecondCopy))]
    [InlineData("/src/my/Other.csproj", true, nameof(Ownership.Other))]
    [InlineData("/src/my/Other.csproj", false, nameof(Ownership.Other))]
    public void Project_file_in_the_definition_determines_the_owner(string source, bool exists, string ownership) =>
        Assert.Equal(Enum.Parse<Ownership>(ownership), Comparison.Of(Wanted, OwnedBy(source, exists)).Ownership);

    [Fact]
    public void Definition_without_a_stamp_has_no_owner() =>
        Assert.Equal(Ownership.Unowned, Comparison.Of(Wanted, HandWritten).Ownership);

    [Theory]
    [InlineData(Goal.Installed)]
    [InlineData(Goal.Running)]
    [InlineData(Goal.Restarted)]
    public void Definition_of_a_moved_project_a_second_copy_or_no_owner_is_repaired(Goal goal)
    {
        Assert.True(Plan(goal, OwnedBy("/old/my/Gateway.csproj", false)).Has(StepKind.Write));
        Assert.True(Plan(goal, OwnedBy("/worktree/Gateway.csproj", true)).Has(StepKind.Write));
        Assert.True(Plan(goal, HandWritten).Has(StepKind.Write));
    }

    [Theory]
    [InlineData(Goal.Installed)]
    [InlineData(Goal.Running)]
    [InlineData(Goal.Restarted)]
    [InlineData(Goal.Stopped)]
    [InlineData(Goal.Absent)]
    public void Service_of_another_project_is_left_alone(Goal goal)
    {
        var plan = Plan(goal, OwnedBy("/src/my/Other.csproj", true));

        Assert.Empty(plan.Steps);
        Assert.Equal([DiagnosticCatalog.OwnedByOther], plan.Blockers.Select(blocker => blocker.Descriptor));
        Assert.Contains("/src/my/Other.csproj", plan.Blockers[0].Message, StringComparison.Ordinal);
        Assert.Contains("HermesGatewayTakeOver", plan.Blockers[0].Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Goal.Installed, StepKind.Write)]
    [InlineData(Goal.Running, StepKind.Write)]
    [InlineData(Goal.Stopped, StepKind.Stop)]
    [InlineData(Goal.Absent, StepKind.Remove)]
    public void Service_of_another_project_can_be_taken_over(Goal goal, StepKind step)
    {
        var plan = Plan(goal, OwnedBy("/src/my/Other.csproj", true), takeOver: true);

        Assert.Empty(plan.Blockers);
        Assert.True(plan.Has(step));
    }

    [Fact]
    public void Handwritten_definition_is_removed_only_with_take_over()
    {
        Assert.Equal(DiagnosticCatalog.OwnedByOther, Assert.Single(Plan(Goal.Absent, HandWritten).Blockers).Descriptor);
        Assert.True(Plan(Goal.Absent, HandWritten, takeOver: true).Has(StepKind.Remove));
    }

    [Theory]
    [InlineData(nameof(InstalledKind.Linked))]
    [InlineData(nameof(InstalledKind.Unreadable))]
    public void Take_over_does_not_overwrite_a_link_or_an_unreadable_file(string kind) => Assert.NotEmpty(
        Plan(Goal.Running, Seen.AllCurrent(Wanted) with { Installed = Seen.Installed(Enum.Parse<InstalledKind>(kind)) }, takeOver: true).Blockers);

    private static ServiceObservation HandWritten => Seen.AllCurrent(Wanted) with
    {
        Installed = Seen.Installed("[Service]\nExecStart=/usr/bin/python3 gateway.py\n", Wanted, sourceExists: false),
    };

    private static ServiceObservation OwnedBy(string source, bool exists) =>
        Seen.From(Sample.Desired(Sample.Definition() with { Source = source }), Wanted, exists);

    private static Plan Plan(Goal goal, ServiceObservation observation, bool takeOver = false) =>
        Planner.For(goal, Comparison.Of(Wanted, observation), new PlanOptions(true, takeOver));
}
