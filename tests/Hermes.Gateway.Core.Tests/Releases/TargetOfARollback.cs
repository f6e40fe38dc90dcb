using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Releases;

/// <summary>The choice of the release that <c>RollbackGateway</c> restores, and the error when there is none.</summary>
public sealed class TargetOfARollback : ServiceWithReleases
{
    [Fact]
    public void Goes_back_further_each_time_and_then_says_that_there_is_none()
    {
        var (first, second) = (Deploy("1"), Deploy("2"));
        Deploy("3");

        Assert.Equal(second.Folder, RollBack().Release);
        Assert.Equal(first.Folder, RollBack().Release);
        var problem = Refused("");

        Assert.Equal("HGW2023", problem.Code);
        Assert.Contains($"no release is known that worked before {first.Revision}", problem.Message, StringComparison.Ordinal);
        Assert.Contains(second.Revision, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_deploy_that_followed_a_rollback_the_release_of_that_rollback_comes_back()
    {
        Deploy("1");
        var second = Deploy("2");
        Deploy("3");
        RollBack();
        Deploy("4");

        Assert.Equal(second.Folder, RollBack().Release);
    }

    [Fact]
    public void After_a_deploy_that_failed_and_was_not_taken_back_the_release_that_worked_last_comes_back()
    {
        Deploy("1");
        var second = Deploy("2");
        var broken = Request("3", input => input with { Rollback = "false" });
        _world.Service(broken).OnStart = OnStart.Fails;
        Assert.Equal(Outcome.Failed, _world.Run(Operation.Deploy, broken).Outcome);
        _world.Service(broken).OnStart = OnStart.Runs;

        Assert.Equal(second.Folder, RollBack().Release);
    }

    [Fact]
    public void Release_can_be_chosen_by_the_beginning_of_its_revision()
    {
        var first = Deploy("1");
        Deploy("2");
        Deploy("3");

        Assert.Equal(first.Folder, RollBack(first.Revision[..6]).Release);
    }

    [Fact]
    public void Does_not_go_round_in_a_circle_when_an_earlier_version_was_deployed_again()
    {
        var (first, second) = (Deploy("1"), Deploy("2"));
        Deploy("1");

        Assert.Equal(second.Folder, RollBack().Release);
        Assert.Contains($"worked before {second.Revision}", Refused("").Message, StringComparison.Ordinal);
        Assert.Equal(first.Folder, RollBack(first.Revision).Release);
    }

    [Fact]
    public void Rollback_that_failed_and_was_not_taken_back_is_followed_by_one_that_goes_back_further()
    {
        var first = Deploy("1");
        var second = Deploy("2");
        Deploy("3");
        _world.Service(Request("3")).OnStart = OnStart.Fails;

        var failed = RollBack("", input => input with { Rollback = "false" });

        Assert.Equal((Outcome.Failed, second.Folder), (failed.Outcome, failed.Release));
        _world.Service(Request("3")).OnStart = OnStart.Runs;
        Assert.Equal(first.Folder, RollBack().Release);
    }

    [Fact]
    public void Services_that_can_go_back_do_and_the_others_are_named()
    {
        Deploy("1");
        var second = Deploy("2");
        var other = _input with { Name = "other", Releases = "false", Program = "/bin/true" };

        var (requests, problems) = RequestReader.Read([_input with { ChosenRelease = "" }, other with { ChosenRelease = "" }], _world.Host);

        Assert.NotEqual(second.Folder, Assert.Single(requests).Release!.Folder);
        Assert.Equal((Severity.Warning, "HGW2023"), (Assert.Single(problems).Severity, problems[0].Code));
        Assert.EndsWith("It is left as it is.", problems[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0123456789abcdef", "there is no release '0123456789abcdef' that was ever observed to work")]
    [InlineData("../../etc", "there is no release '../../etc' that was ever observed to work")]
    public void Unknown_release_is_refused_and_the_known_ones_are_listed(string wanted, string message)
    {
        var (first, second) = (Deploy("1"), Deploy("2"));

        var problem = Refused(wanted);

        Assert.Equal("HGW2023", problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Matches($"{second.Revision} \\(worked at [^)]*, current\\)", problem.Message);
        Assert.Contains($"{first.Revision} (worked at ", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith($"-t:RollbackGateway -p:HermesGatewayRelease={first.Revision}", problem.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Release_that_never_worked_or_was_removed_is_not_brought_back()
    {
        var first = Deploy("1");
        var broken = Request("2");
        _world.Service(broken).OnStart = OnStart.Fails;
        _world.Run(Operation.Deploy, broken);
        _world.Service(broken).OnStart = OnStart.Runs;

        Assert.Equal("HGW2023", Refused(broken.Release!.Revision).Code);
        Deploy("3", input => input with { KeepReleases = "0" });
        Assert.Contains($"{first.Revision}, which worked before", Refused("").Message, StringComparison.Ordinal);
        Assert.Null(Records(first).Read(first.Revision));
    }

    [Fact]
    public void Service_without_releases_is_refused() =>
        Assert.Equal("HGW2023", Refused("", input => input with { Releases = "false", Program = "/bin/true" }).Code);
}
