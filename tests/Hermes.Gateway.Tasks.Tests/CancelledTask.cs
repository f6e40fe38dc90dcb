using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Tasks.Tests.Infra;

namespace Hermes.Gateway.Tasks.Tests;

/// <summary>MSBuild may cancel from another thread at any time.</summary>
public sealed class CancelledTask : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [MemberData(nameof(Verbs.Names), MemberType = typeof(Verbs))]
    public void Runs_no_command_when_cancelled_before_it_starts(string verb)
    {
        using var task = _sandbox.Task(verb, null, _sandbox.Service("my-gateway"));
        task.Cancel();

        Assert.False(task.Execute());

        Assert.Empty(_sandbox.Commands);
        Assert.Empty(_sandbox.Engine.Errors);
        Assert.False(Directory.Exists(_sandbox.ConfigHome));
        Assert.Equal("failed", Assert.Single(task.Results).GetMetadata("Outcome"));
    }

    [Theory]
    [MemberData(nameof(Verbs.Names), MemberType = typeof(Verbs))]
    public async Task Stops_a_running_command_and_reports_it(string verb)
    {
        var isRunning = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runner = new FakeRunner((request, cancellationToken) =>
        {
            isRunning.TrySetResult();
            Assert.True(cancellationToken.WaitHandle.WaitOne(Bound));
            return new CommandResult { Request = request, End = CommandEnd.Canceled };
        });
        using var task = _sandbox.Task(verb, runner, _sandbox.Service("my-gateway"));
        var executing = Task.Run(task.Execute);
        await isRunning.Task.WaitAsync(Bound, TestContext.Current.CancellationToken);

        task.Cancel();

        Assert.False(await executing.WaitAsync(Bound, TestContext.Current.CancellationToken));
        Assert.Single(runner.Requests);
        Assert.Empty(_sandbox.Engine.Errors);
        var result = Assert.Single(task.Results);
        Assert.Equal("failed", result.GetMetadata("Outcome"));
        Assert.Contains("HGW9002", result.GetMetadata("Findings"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stops_a_real_process()
    {
        ProgramFile.Write(_sandbox.At("bin/systemctl"), "#!/bin/sh\n: > \"$HOME/started\"\nexec /bin/sleep 600\n");
        using var task = _sandbox.Task("Start", null, _sandbox.Service("my-gateway", ("TimeoutSeconds", "600")));
        using var started = new FileSystemWatcher(_sandbox.At("."), "started") { EnableRaisingEvents = true };
        var isRunning = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        started.Created += (_, _) => isRunning.TrySetResult();
        var executing = Task.Run(task.Execute);
        if (!File.Exists(_sandbox.At("started"))) await isRunning.Task.WaitAsync(Bound, TestContext.Current.CancellationToken);

        task.Cancel();

        Assert.False(await executing.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Accepts_a_second_or_late_cancellation()
    {
        using var task = _sandbox.Task("Status", null, _sandbox.Service("my-gateway"));
        Assert.True(task.Execute());

        task.Cancel();
        task.Cancel();
        task.Dispose();
        task.Cancel();

        Assert.Equal("unchanged", Assert.Single(task.Results).GetMetadata("Outcome"));
    }
}
