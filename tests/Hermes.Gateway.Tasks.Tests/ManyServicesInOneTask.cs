using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Tasks.Tests.Infra;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks.Tests;

/// <summary>What a build says of very many services: little, and all of it in items and files.</summary>
public sealed class ManyServicesInOneTask : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Ten_errors_of_a_code_are_logged_and_the_others_counted()
    {
        // Nothing runs after the start.
        using var task = _sandbox.Task("Deploy", null, Services(25));

        Assert.False(task.Execute());

        foreach (var same in _sandbox.Engine.Errors.GroupBy(error => error.Code))
        {
            Assert.Equal(11, same.Count());
            Assert.Matches($"^and 15 more services with {same.Key}: s10, s11, .*, s19, …\\. ", same.Last().Message);
            Assert.Contains("HermesGatewayReportFile", same.Last().Message, StringComparison.Ordinal);
            Assert.Equal($"{Sandbox.Help}#{same.Key.ToLowerInvariant()}", same.Last().HelpLink);
        }

        Assert.NotEmpty(_sandbox.Engine.Errors);
        Assert.Equal(25, task.Results.Length);
        Assert.All(task.Results, result => Assert.NotEmpty(result.GetMetadata("Findings")));
    }

    [Fact]
    public void Report_file_is_named_when_errors_are_omitted()
    {
        using var task = _sandbox.Task("Deploy", null, Services(12));
        task.ReportFile = "all.json";

        task.Execute();

        Assert.Contains(_sandbox.Engine.Errors, error => error.Message!.EndsWith("s10, s11. All of them are in all.json.", StringComparison.Ordinal));
        Assert.Equal(12, Regex.Count(File.ReadAllText(_sandbox.At("all.json")), "\"service\": "));
    }

    [Fact]
    public void Up_to_ten_errors_are_logged_one_by_one()
    {
        using var task = _sandbox.Task("Deploy", null, Services(10));

        task.Execute();

        Assert.All(_sandbox.Engine.Errors.GroupBy(error => error.Code), same => Assert.Equal(10, same.Count()));
    }

    [Fact]
    public void Number_of_logged_input_errors_is_limited()
    {
        using var task = _sandbox.Task("Deploy", FakeRunner.Throwing(new InvalidOperationException()), [.. Enumerable.Range(0, 200).Select(i => _sandbox.Service($"s{i}", ("Scope", "none")))]);

        Assert.False(task.Execute());

        Assert.Equal(51, _sandbox.Engine.Errors.Count);
        Assert.StartsWith("and 150 more problems. ", _sandbox.Engine.Errors[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_step_is_logged_once_before_its_command_runs()
    {
        var before = new List<(string Verb, string Last)>();
        using var task = _sandbox.Task("Install", new FakeRunner(Answer), Services(30));

        task.Execute();

        Assert.Equal(
            [
                ("enable", "install: step 2 of 4: enable of 30 services"),
                ("daemon-reload", "install: step 3 of 4: load of 30 services"),
            ],
            before.Where(one => one.Verb != "show"));
        Assert.Equal(4, Steps().Count);
        Assert.Equal("install: step 4 of 4: verify of 30 services", Steps()[^1]);

        CommandResult Answer(CommandRequest request)
        {
            before.Add((request.Arguments[1], Steps().LastOrDefault() ?? ""));
            return new CommandResult
            {
                Request = request,
                End = CommandEnd.Exited,
                ExitCode = 0,
                StandardOutput = request.Arguments[1] == "show"
                    ? string.Concat(request.About.Select(unit => $"Id={unit}\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n\n"))
                    : "",
            };
        }
    }

    [Fact]
    public void Each_shared_command_is_logged_once_without_all_unit_names()
    {
        using var task = _sandbox.Task("Status", null, Services(30));

        task.Execute();

        var commands = _sandbox.Engine.Messages.Where(message => message.Importance == MessageImportance.Low && message.Message!.Contains("  exit ", StringComparison.Ordinal)).ToList();
        Assert.Equal(_sandbox.Commands.Length, commands.Count);
        Assert.Contains(commands, command => command.Message!.Contains(" s0.service s1.service s2.service … and 27 more  exit 0, ", StringComparison.Ordinal));
        Assert.All(commands, command => Assert.InRange(command.Message!.Length, 1, 1000));
    }

    [Fact]
    public void Summary_message_has_a_bounded_length()
    {
        var few = Shown(100);
        var many = Shown(300);

        Assert.InRange(many, few - 200, few + 200);

        int Shown(int count)
        {
            using var sandbox = new Sandbox();
            using var task = sandbox.Task("Status", null, [.. Enumerable.Range(100, count).Select(i => sandbox.Service($"s{i}"))]);
            task.Execute();
            return Assert.Single(sandbox.Engine.Messages, message => message.Importance == MessageImportance.High).Message!
                .Replace(sandbox.At(""), "", StringComparison.Ordinal).Length;
        }
    }

    private ITaskItem[] Services(int count) =>
        [.. Enumerable.Range(0, count).Select(i => _sandbox.Service($"s{i}"))];

    private List<string> Steps() =>
    [
        .. _sandbox.Engine.Messages
            .Where(message => message.Importance == MessageImportance.Normal && message.Message!.Contains(": step ", StringComparison.Ordinal))
            .Select(message => message.Message!),
    ];
}
