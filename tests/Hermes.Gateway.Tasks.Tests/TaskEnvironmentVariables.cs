using Hermes.Gateway.Tasks.Tests.Infra;

namespace Hermes.Gateway.Tasks.Tests;

/// <summary>With many builds in one process, the environment and the folder of that process are nobody's.</summary>
public sealed class TaskEnvironmentVariables : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Determine_the_systemctl_command_and_the_folders_that_are_read()
    {
        using var task = _sandbox.Task("Status", null, _sandbox.Service("my-gateway"));

        Assert.True(task.Execute(), _sandbox.Engine.Text);

        Assert.NotEmpty(_sandbox.Commands);
        Assert.All(_sandbox.Commands, command => Assert.EndsWith($"MARK={Sandbox.Mark}", command, StringComparison.Ordinal));
        var result = Assert.Single(task.Results);
        Assert.Equal(
            Path.Combine(_sandbox.ConfigHome, "systemd", "user", "my-gateway.service"), result.GetMetadata("DefinitionPath"));
        Assert.Equal("missing", result.GetMetadata("Installed"));
    }

    [Fact]
    public void Determine_where_files_are_written()
    {
        using var task = _sandbox.Task("Install", null, _sandbox.Service("my-gateway"));

        // The fake systemctl never loads it, so it fails; but the file is where it belongs.
        Assert.False(task.Execute());

        Assert.True(File.Exists(Path.Combine(_sandbox.ConfigHome, "systemd", "user", "my-gateway.service")));
        Assert.True(Directory.Exists(_sandbox.At("state")));
        Assert.Contains(_sandbox.Commands, command => command.Contains("daemon-reload", StringComparison.Ordinal));
    }

    [Fact]
    public void Do_not_override_a_given_SystemctlPath()
    {
        File.Move(_sandbox.At("bin/systemctl"), _sandbox.At("another"));
        using var task = _sandbox.Task("Status", null, _sandbox.Service("my-gateway", ("SystemctlPath", _sandbox.At("another"))));

        Assert.True(task.Execute());
        Assert.NotEmpty(_sandbox.Commands);
    }

    [Fact]
    public void Missing_systemctl_is_reported_as_an_error()
    {
        using var task = _sandbox.Task("Start", null, _sandbox.Service("my-gateway", ("SystemctlPath", _sandbox.At("nowhere"))));

        Assert.False(task.Execute());

        Assert.Equal("HGW1001", _sandbox.Engine.Errors[0].Code);
        Assert.Equal("unknown", Assert.Single(task.Results).GetMetadata("Loaded"));
    }
}
