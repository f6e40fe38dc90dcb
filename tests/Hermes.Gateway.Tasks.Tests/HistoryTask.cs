using System.Globalization;
using System.Text.Json;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Tasks.Tests.Infra;
using Microsoft.Build.Framework;

namespace Hermes.Gateway.Tasks.Tests;

/// <summary>What was done is told by a task that reads only.</summary>
public sealed class HistoryTask : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Returns_an_item_and_logs_a_line_for_each_operation()
    {
        Run("Stop");
        Run("Stop");
        Run("Install");
        Run("Status");
        using var task = Task(_sandbox.Service("my-gateway"));

        Assert.True(task.Execute(), _sandbox.Engine.Text);

        Assert.Equal(["stop unchanged 2", "install failed 1"], task.Results.Select(result =>
            $"{result.GetMetadata("Verb")} {result.GetMetadata("Outcome")} {result.GetMetadata("Count")}"));
        var failed = task.Results[1];
        Assert.Equal("my-gateway", failed.ItemSpec);
        Assert.StartsWith("write\n", failed.GetMetadata("Steps"), StringComparison.Ordinal);
        Assert.StartsWith("HGW4003: ", failed.GetMetadata("Findings"), StringComparison.Ordinal);
        Assert.True(double.Parse(failed.GetMetadata("DurationMilliseconds"), CultureInfo.InvariantCulture) > 0);
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z$", failed.GetMetadata("Began"));
        using var record = JsonDocument.Parse(failed.GetMetadata("Record"));
        Assert.Equal(failed.GetMetadata("UserId"), record.RootElement.GetProperty("user").GetRawText());
        Assert.Equal("install", record.RootElement.GetProperty("report").GetProperty("verb").GetString());
        // In one message: of several, the terminal logger would show the last.
        var told = Assert.Single(_sandbox.Engine.Messages, message =>
            message.Importance == MessageImportance.High && message.Message!.StartsWith("My Project -> history of my-gateway: 2 on record", StringComparison.Ordinal));
        Assert.Contains("install    FAILED", told.Message, StringComparison.Ordinal);
        Assert.Contains("HGW4003", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Returns_the_newest_operations_up_to_Count()
    {
        foreach (var verb in new[] { "Stop", "Uninstall", "Stop", "Uninstall" }) Run(verb);
        using var task = Task(_sandbox.Service("my-gateway"));
        task.Count = "3";

        Assert.True(task.Execute(), _sandbox.Engine.Text);

        Assert.Equal(["uninstall", "stop", "uninstall"], task.Results.Select(result => result.GetMetadata("Verb")));
    }

    [Fact]
    public void Runs_no_command_and_writes_no_file()
    {
        Run("Stop");
        var before = (Files(), _sandbox.Commands.Length);
        using var task = Task(FakeRunner.Throwing(new InvalidOperationException("nothing may be started")), _sandbox.Service("my-gateway"));

        Assert.True(task.Execute(), _sandbox.Engine.Text);

        Assert.Single(task.Results);
        Assert.Equal(before, (Files(), _sandbox.Commands.Length));
    }

    [Fact]
    public void Succeeds_without_manager_program_and_valid_settings()
    {
        Run("Stop");
        File.Delete(_sandbox.Program);
        File.Delete(_sandbox.At("bin/systemctl"));
        using var task = Task(_sandbox.Service("my-gateway", ("HealthCheck", "nonsense"), ("TimeoutSeconds", "soon"), ("Program", "relative")));
        task.BundleFile = "report.json";

        Assert.True(task.Execute(), _sandbox.Engine.Text);

        Assert.Single(task.Results);
        Assert.True(File.Exists(_sandbox.At("report.json")));
    }

    [Fact]
    public void Fails_for_an_invalid_name()
    {
        using var task = Task(_sandbox.Service("../other"));

        Assert.False(task.Execute());

        Assert.Equal("HGW0001", Assert.Single(_sandbox.Engine.Errors).Code);
        Assert.Empty(task.Results);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("101")]
    [InlineData("-1")]
    [InlineData("many")]
    public void Fails_for_an_invalid_Count_and_names_the_property(string count)
    {
        using var task = Task(_sandbox.Service("my-gateway"));
        task.Count = count;

        Assert.False(task.Execute());

        var error = Assert.Single(_sandbox.Engine.Errors);
        Assert.Equal("HGW0005", error.Code);
        Assert.Contains("HermesGatewayHistoryCount", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fails_for_an_unreadable_history_and_returns_the_others()
    {
        using (var stop = _sandbox.Task("Stop", null, _sandbox.Service("one"), _sandbox.Service("other"))) Assert.True(stop.Execute());
        var file = _sandbox.At("state/hermes-gateway/.history/one.jsonl");
        File.Delete(file);
        Directory.CreateDirectory(file);
        using var task = Task(_sandbox.Service("one"), _sandbox.Service("other"));

        Assert.False(task.Execute());

        Assert.Equal("HGW1011", Assert.Single(_sandbox.Engine.Errors).Code);
        Assert.Equal("other", Assert.Single(task.Results).ItemSpec);
    }

    [Fact]
    public void Fails_for_an_unwritable_bundle_and_still_returns_the_history()
    {
        Run("Stop");
        Directory.CreateDirectory(_sandbox.At("report.json"));
        using var task = Task(_sandbox.Service("my-gateway"));
        task.BundleFile = _sandbox.At("report.json");

        Assert.False(task.Execute());

        Assert.Equal("HGW1012", Assert.Single(_sandbox.Engine.Errors).Code);
        Assert.Single(task.Results);
    }

    [Fact]
    public void Does_not_replace_a_symbolic_link_with_a_bundle()
    {
        Run("Stop");
        File.CreateSymbolicLink(_sandbox.At("report.json"), "/dev/null");
        using var task = Task(_sandbox.Service("my-gateway"));
        task.BundleFile = _sandbox.At("report.json");

        Assert.False(task.Execute());

        var error = Assert.Single(_sandbox.Engine.Errors);
        Assert.Equal("HGW1012", error.Code);
        Assert.Contains("it is a symbolic link to /dev/null", error.Message, StringComparison.Ordinal);
        Assert.Equal("/dev/null", new FileInfo(_sandbox.At("report.json")).LinkTarget);
    }

    [Fact]
    public void Writes_a_private_bundle_without_secrets()
    {
        using (var install = _sandbox.Task("Install", null, _sandbox.Service("my-gateway", ("Environment", "API_TOKEN=hunter2"))))
            Assert.False(install.Execute());
        using var task = Task(_sandbox.Service("my-gateway", ("Environment", "API_TOKEN=hunter2")));
        task.BundleFile = "evidence/report.json";

        Assert.True(task.Execute(), _sandbox.Engine.Text);

        var path = _sandbox.At("evidence/report.json");
        var text = File.ReadAllText(path);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.Contains("Environment[API_TOKEN]", text, StringComparison.Ordinal);
        Assert.Contains("HGW4003", text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    private void Run(string verb)
    {
        using var task = _sandbox.Task(verb, null, _sandbox.Service("my-gateway"));
        task.Execute();
    }

    private GetGatewayServiceHistory Task(params ITaskItem[] services) => Task(null, services);

    private GetGatewayServiceHistory Task(IProcessRunner? runner, params ITaskItem[] services) =>
        (GetGatewayServiceHistory)_sandbox.Ready(new GetGatewayServiceHistory { Runner = runner }, services);

    private string Files() => string.Join('\n', Directory.EnumerateFiles(_sandbox.At("."), "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O}"));
}
