using System.Diagnostics;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

/// <summary>The files of a machine that systemd runs, with this test's own user. Its systemctl knows no unit.</summary>
internal sealed class ScratchMachine : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ToldTime _time = new();

    public ScratchMachine()
    {
        var user = HostContext.Resolve(_ => null).UserId;
        Host = Sample.Host(_folder.At("")) with { UserId = user, SearchPath = [_folder.At("bin")] };
        UserName = Accounts.Find(user)!.Name;
        Directory.CreateDirectory(Host.Systemd.BootedFolder);
        Directory.CreateDirectory(Host.Systemd.LingerFolder);
        Directory.CreateDirectory(At("bin"));
        foreach (var name in new[] { "systemctl", "loginctl" })
        {
            File.WriteAllText(At($"bin/{name}"), "");
            File.SetUnixFileMode(At($"bin/{name}"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        Desired = Sample.Systemd(Host).Describe(Sample.Definition());
        // With FragmentPath, so that the manager does not request the unit path.
        Answer = request => FakeRunner.Exit(request, 0, $"LoadState=not-found\nFragmentPath={Desired.DefinitionPath}\n");
        Runner = new FakeRunner(request => Answer(request));
    }

    public HostContext Host { get; }

    public string UserName { get; }

    public DesiredService Desired { get; }

    public FakeRunner Runner { get; }

    /// <summary>Makes the result of each command.</summary>
    public Func<CommandRequest, CommandResult> Answer { get; set; }

    /// <summary>The user's default runtime folder.</summary>
    public string Usual => $"run/{Host.UserId}";

    public string At(string name) => _folder.At(name);

    public SystemdManager Manager(HostContext? host = null, string? systemctl = null, ServiceScope scope = ServiceScope.User) =>
        new(host ?? Host, Runner, _time, scope, systemctl ?? At("bin/systemctl"));

    /// <summary>Returns when a manager of this machine has started its first timed wait.</summary>
    public Task IsWaitedForAsync() => _time.FirstWait.WaitAsync(Bounds.Test);

    /// <summary>Creates a socket of a manager that has started.</summary>
    public void Socket(string folder, string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At($"{folder}/{name}"))!);
        File.WriteAllText(At($"{folder}/{name}"), "");
    }

    /// <summary>Enables linger for this test's user, as logind records it.</summary>
    public void Linger() => File.WriteAllText(Path.Combine(Host.Systemd.LingerFolder, UserName), "");

    /// <summary>Changes the owner of a folder to an account that is neither root nor this test's user. Does nothing for an
    /// ordinary user, who cannot; a folder of root serves the same purpose then.</summary>
    public async Task GiveAwayAsync(string folder)
    {
        if (!Host.IsRoot) return;
        using var chown = Process.Start("chown", ["65534", At(folder)]);
        await chown.WaitForExitAsync().WaitAsync(Bounds.Test);
        Assert.Equal(0, chown.ExitCode);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Returns a deadline on the manager's clock.</summary>
    public Deadline In(TimeSpan duration) => new(_time, duration);

    /// <summary>The system's clock. Its task completes when the first timer is made.</summary>
    private sealed class ToldTime : TimeProvider
    {
        private readonly TaskCompletionSource _firstWait = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task FirstWait => _firstWait.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _firstWait.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
