using System.Text.Json;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Tasks.Tests.Infra;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks.Tests;

/// <summary>Whatever happens below, a task returns, tells the truth about it, and hands out its results.</summary>
public sealed class TaskErrorsAndResults : IDisposable
{
    private static readonly string[] Metadata =
    [
        "Manager", "Scope", "DefinitionPath", "Release", "Released", "Installed", "Loaded", "Running", "Enabled", "ProcessId", "Health", "Outcome",
        "Changed", "Differences", "Findings", "Advice", "Report",
    ];

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [MemberData(nameof(Verbs.Names), MemberType = typeof(Verbs))]
    public void Exception_is_reported_as_one_error(string verb)
    {
        using var task = _sandbox.Task(
            verb, FakeRunner.Throwing(new InvalidOperationException("a defect {0} % ;")), _sandbox.Service("my-gateway"));

        Assert.False(task.Execute());

        var error = Assert.Single(_sandbox.Engine.Errors);
        Assert.Equal(("HGW9001", $"{Sandbox.Help}#hgw9001"), (error.Code, error.HelpLink));
        Assert.Contains("a defect {0} % ;", error.Message, StringComparison.Ordinal);
        Assert.Contains(_sandbox.Engine.Messages, message =>
            message.Importance == MessageImportance.Low && message.Message!.Contains(nameof(FakeRunner), StringComparison.Ordinal));
    }

    [Fact]
    public void Exception_message_is_redacted_in_error_and_details()
    {
        using var task = _sandbox.Task(
            "Deploy",
            FakeRunner.Throwing(new InvalidOperationException("http://me:hunter2@host/ token=hunter2 ##vso[x] a: error CS1: b")),
            _sandbox.Service("my-gateway"));

        Assert.False(task.Execute());

        const string shown = "http://(hidden)@host/ token=(hidden) ## vso[x] a: [error] CS1: b";
        Assert.Contains(shown, Assert.Single(_sandbox.Engine.Errors).Message, StringComparison.Ordinal);
        Assert.Contains(_sandbox.Engine.Messages, message => message.Message!.Contains(shown, StringComparison.Ordinal));
        Assert.All(_sandbox.Engine.Messages, message => Assert.DoesNotMatch(@"hunter2|##vso\[", message.Message));
    }

    [Theory]
    [MemberData(nameof(Verbs.Names), MemberType = typeof(Verbs))]
    public void Task_fails_exactly_when_it_logged_an_error_and_always_has_results(string verb)
    {
        Func<CommandRequest, CommandResult>[] answers =
        [
            request => Result(request, CommandEnd.Exited, 0),
            request => Result(request, CommandEnd.Exited, 1) with { StandardError = "Failed to connect to bus: {0} No medium found" },
            request => Result(request, CommandEnd.Exited, 0) with { StandardOutput = "LoadState=loaded\n\n\nx=y\n{2}=" },
            request => Result(request, CommandEnd.TimedOut, null),
            request => Result(request, CommandEnd.NotStarted, null) with { StandardError = "no such file" },
        ];
        foreach (var answer in answers)
        {
            var before = _sandbox.Engine.Errors.Count;
            using var task = _sandbox.Task(
                verb, new FakeRunner(answer), _sandbox.Service("b", ("TimeoutSeconds", "1")), _sandbox.Service("a", ("TimeoutSeconds", "1")));

            var succeeded = task.Execute();

            Assert.Equal(succeeded, _sandbox.Engine.Errors.Count == before);
            // A plan may be made of anything that is an answer; all other verbs have nothing here that they could prove.
            if (verb != "Plan") Assert.Equal(verb == "Status", succeeded);
            Assert.Equal(["b", "a"], task.Results.Select(result => result.ItemSpec));
            Assert.All(task.Results, AssertIsWhole);
        }

        Assert.All(_sandbox.Engine.Errors, error => Assert.Matches("^HGW[0-9]{4}$", error.Code));
        Assert.All(_sandbox.Engine.Errors, error => Assert.Equal($"{Sandbox.Help}#{error.Code.ToLowerInvariant()}", error.HelpLink));
    }

    [Fact]
    public void Status_reports_problems_without_errors_or_warnings()
    {
        using var task = _sandbox.Task("Status", null, _sandbox.Service("my-gateway"));

        Assert.True(task.Execute());

        Assert.Empty(_sandbox.Engine.Errors);
        Assert.Empty(_sandbox.Engine.Warnings);
        Assert.Contains("HGW4001", Assert.Single(task.Results).GetMetadata("Findings"), StringComparison.Ordinal);
        Assert.Contains(_sandbox.Engine.Messages, message =>
            message.Importance == MessageImportance.High && message.Message!.Contains("HGW4001", StringComparison.Ordinal));
    }

    [Fact]
    public void Plan_logs_steps_and_runs_none()
    {
        using var task = _sandbox.Task("Plan", null, _sandbox.Service("my-gateway"));

        Assert.True(task.Execute());

        using var report = JsonDocument.Parse(Assert.Single(task.Results).GetMetadata("Report"));
        Assert.Equal(
            ["write", "enable", "load", "start"],
            report.RootElement.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("kind").GetString()));
        Assert.All(_sandbox.Commands, command => Assert.Contains(" show ", command, StringComparison.Ordinal));
        Assert.False(Directory.Exists(_sandbox.ConfigHome));
    }

    [Fact]
    public void Last_message_has_the_form_that_the_terminal_logger_shows()
    {
        using var task = _sandbox.Task("Stop", null, _sandbox.Service("my-gateway"));

        Assert.True(task.Execute(), _sandbox.Engine.Text);

        Assert.Single(_sandbox.Engine.Messages, message =>
            message.Importance == MessageImportance.High && message.Message!.StartsWith("My Project -> ", StringComparison.Ordinal));
    }

    [Fact]
    public void Secrets_are_in_no_event_or_result()
    {
        using var task = _sandbox.Task("Deploy", null, _sandbox.Service("my-gateway", ("Environment", "API_TOKEN=hunter2")));

        Assert.False(task.Execute());

        Assert.DoesNotContain("hunter2", _sandbox.Engine.Text, StringComparison.Ordinal);
        Assert.All(task.Results, result => Assert.All(Metadata, name =>
            Assert.DoesNotContain("hunter2", result.GetMetadata(name), StringComparison.Ordinal)));
    }

    [Fact]
    public void Empty_list_of_services_succeeds_without_commands()
    {
        using var task = _sandbox.Task("Deploy", FakeRunner.Throwing(new InvalidOperationException()));

        Assert.True(task.Execute(), _sandbox.Engine.Text);
        Assert.Empty(task.Results);
    }

    private static void AssertIsWhole(ITaskItem result)
    {
        var names = result.MetadataNames.Cast<string>().ToHashSet();
        Assert.All(Metadata, name => Assert.Contains(name, names));
        Assert.Contains(result.GetMetadata("Outcome"), new[] { "unchanged", "changed", "rolled-back", "failed" });
        Assert.Contains(result.GetMetadata("Changed"), new[] { "true", "false" });
        Assert.NotEmpty(result.GetMetadata("DefinitionPath"));
        using var report = JsonDocument.Parse(result.GetMetadata("Report"));
        Assert.Equal(result.ItemSpec, report.RootElement.GetProperty("service").GetString());
        Assert.Equal(result.GetMetadata("Outcome"), report.RootElement.GetProperty("outcome").GetString());
    }

    private static CommandResult Result(CommandRequest request, CommandEnd end, int? exitCode) =>
        new() { Request = request, End = end, ExitCode = exitCode };
}
