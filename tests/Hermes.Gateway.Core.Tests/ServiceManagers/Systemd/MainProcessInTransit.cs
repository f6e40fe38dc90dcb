using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;
using Activity = Hermes.Gateway.Core.Operations.Observing.Activity;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd;

/// <summary>The process that the manager reports has already ended, or has not executed the program yet.</summary>
public class MainProcessInTransit
{
    [Fact]
    public async Task Is_reported_as_waiting_to_restart_when_it_is_a_zombie()
    {
        // A child that becomes a zombie: the shell becomes a program that does not wait for it.
        using var parent = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sleep 1000 & echo $!; exec sleep 1000"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            var line = await parent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);
            var id = int.Parse(line!, CultureInfo.InvariantCulture);
            // A shell might wait for its child.
            Assert.True(SpinWait.SpinUntil(() => ProcessFiles.ReadCommand(parent.Id) == "sleep 1000", Bounds.Test));
            // Between fork and exec the child is a copy of the shell.
            Assert.True(SpinWait.SpinUntil(() => ProcessFiles.ReadCommand(id) == "sleep 1000", Bounds.Test));
            using var machine = new ScratchMachine();
            machine.Socket(machine.Usual, "bus");
            machine.Answer = request => Runs(machine, request, id);
            var alive = Observe(machine);
            Assert.Equal((Activity.Up, id, false), (alive.Activity, alive.ProcessId, alive.IsInTransit));

            using (var child = Process.GetProcessById(id)) child.Kill();
            Assert.True(SpinWait.SpinUntil(() => ProcessFiles.HasEnded(id), Bounds.Test));
            var dead = Observe(machine);

            Assert.Equal((Activity.WaitingToRestart, (int?)null, true), (dead.Activity, dead.ProcessId, dead.IsInTransit));
            Assert.Contains($"its process {id} has ended", dead.Evidence, StringComparison.Ordinal);
        }
        finally
        {
            parent.Kill();
        }
    }

    [Theory]
    [InlineData("systemd")]
    [InlineData("systemd-executor")]
    public async Task Is_reported_without_environment_and_command_before_exec(string manager)
    {
        using var machine = new ScratchMachine();
        machine.Socket(machine.Usual, "bus");
        using var folder = new TemporaryFolder();
        // Not copied by this process, whose other threads start programs: a child that inherits the open file makes exec fail (ETXTBSY).
        using (var copy = Process.Start("/bin/cp", ["/bin/sleep", folder.At(manager)])) await copy.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var process = Process.Start(folder.At(manager), "1000");
        try
        {
            Assert.True(SpinWait.SpinUntil(() => ProcessFiles.IsBeforeExec(process.Id), Bounds.Test));
            machine.Answer = request => Runs(machine, request, process.Id);

            var running = Observe(machine);

            Assert.Equal((Activity.Up, process.Id, true), (running.Activity, running.ProcessId, running.IsInTransit));
            Assert.Null(running.Environment);
            Assert.Null(running.Command);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Is_reported_as_up_when_it_cannot_be_read()
    {
        using var machine = new ScratchMachine();
        machine.Socket(machine.Usual, "bus");
        machine.Answer = request => Runs(machine, request, int.MaxValue);

        var running = Observe(machine);

        Assert.Equal((Activity.Up, int.MaxValue, false), (running.Activity, running.ProcessId, running.IsInTransit));
        Assert.DoesNotContain("program", running.Evidence, StringComparison.Ordinal);
    }

    private static CommandResult Runs(ScratchMachine machine, CommandRequest request, int process) => FakeRunner.Exit(
        request, 0,
        $"LoadState=loaded\nActiveState=active\nSubState=running\nMainPID={process}\nInvocationID=i1\n"
        + $"FragmentPath={machine.Desired.DefinitionPath}\n");

    private static RunningFacts Observe(ScratchMachine machine) =>
        Assert.Single(machine.Manager().Observe([machine.Desired], Bounds.Test.FromNow(), TestContext.Current.CancellationToken)).Running;
}
