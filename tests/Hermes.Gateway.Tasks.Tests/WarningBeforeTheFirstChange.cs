using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Tasks.Tests.Infra;

namespace Hermes.Gateway.Tasks.Tests;

/// <summary>A warning about what is going to be done is of use only before it is done.</summary>
public sealed class WarningBeforeTheFirstChange : IDisposable
{
    private readonly Sandbox _sandbox = new();
    private readonly List<(string Command, int Warnings)> _commands = [];

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Is_logged_before_the_change_and_only_once()
    {
        // Another copy of the project, still there, owns the service.
        var other = _sandbox.At("copy/My Project.csproj");
        Directory.CreateDirectory(Path.GetDirectoryName(other)!);
        File.WriteAllText(other, "<Project/>");
        var unit = Path.Combine(_sandbox.ConfigHome, "systemd", "user", "my-gateway.service");
        Execute("Install");
        var text = File.ReadAllText(unit);
        File.WriteAllText(unit, text.Replace(_sandbox.Engine.ProjectFileOfTaskNode, other, StringComparison.Ordinal));
        Assert.Empty(_sandbox.Engine.Warnings);
        _commands.Clear();

        Execute("Install");

        Assert.Equal("HGW2005", Assert.Single(_sandbox.Engine.Warnings).Code);
        Assert.DoesNotContain(
            _commands, command => !command.Command.Contains("show", StringComparison.Ordinal) && command.Warnings == 0);
        Assert.Contains(_commands, command => command.Command.Contains("daemon-reload", StringComparison.Ordinal));
    }

    private void Execute(string verb)
    {
        using var task = _sandbox.Task(verb, new FakeRunner(Answer), _sandbox.Service("my-gateway"));
        task.Execute();
    }

    private CommandResult Answer(CommandRequest request)
    {
        _commands.Add((string.Join(' ', request.Arguments), _sandbox.Engine.Warnings.Count));
        return new CommandResult
        {
            Request = request,
            End = CommandEnd.Exited,
            ExitCode = 0,
            StandardOutput = request.Arguments.Contains("show")
                ? "LoadState=not-found\nActiveState=inactive\nUnitFileState=\n"
                : "",
            StandardError = "",
        };
    }
}
