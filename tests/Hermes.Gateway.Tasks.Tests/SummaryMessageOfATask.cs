using Hermes.Gateway.Tasks.Tests.Infra;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks.Tests;

/// <summary>What a task says on the screen: one message of high importance, in the only shape that MSBuild's terminal
/// logger shows.</summary>
public sealed class SummaryMessageOfATask : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("Status", "My Project -> status of my-gateway: ")]
    [InlineData("Plan", "My Project -> plan of my-gateway: ")]
    [InlineData("Stop", "My Project -> stop of my-gateway: ")]
    [InlineData("Deploy", "My Project -> deploy of my-gateway: ")]
    public void Is_logged_once_for_one_service(string verb, string start)
    {
        using var task = _sandbox.Task(verb, null, _sandbox.Service("my-gateway"));
        task.Execute();

        Assert.StartsWith(start, Shown(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Status", "2 services: 2 not good: one two")]
    [InlineData("Plan", "2 services: 2 to be changed: one two")]
    [InlineData("Stop", "2 services: 2 good")]
    [InlineData("Deploy", "2 services: 2 failed: one two")]
    public void Is_logged_once_for_several_services(string verb, string summary)
    {
        using var task = _sandbox.Task(verb, null, _sandbox.Service("one"), _sandbox.Service("two"));

        Assert.Equal(verb != "Deploy", task.Execute());

        Assert.StartsWith($"My Project -> {verb.ToLowerInvariant()} of 2 services\n", Shown(), StringComparison.Ordinal);
        Assert.EndsWith($"\n{summary}", Shown(), StringComparison.Ordinal);
    }

    // Before a colon, an address would have no blank.
    [Fact]
    public void Contains_no_line_that_the_terminal_logger_shows_as_a_link()
    {
        using var task = _sandbox.Task("Status", null, _sandbox.Service("a:b", ("UnitName", "a.service"), ("Label", "a")));
        task.Execute();

        Assert.False(Uri.TryCreate(Path.GetDirectoryName(Shown()["My Project -> ".Length..]), UriKind.Absolute, out _));
    }

    private string Shown() => Assert.Single(_sandbox.Engine.Messages, message => message.Importance == MessageImportance.High).Message!;
}
