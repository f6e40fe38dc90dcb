using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core.Reconciliation;
using Hermes.Gateway.Core.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;
using Activity = Hermes.Gateway.Core.Reconciliation.Activity;

namespace Hermes.Gateway.Core.Tests.Systemd;

/// <summary>A process can have ended while its manager, being busy, still names it.</summary>
public class DeadProcessTests
{
    [Fact]
    public async Task What_has_ended_does_not_run_whatever_the_manager_still_says()
    {
        // A child that nobody waits for: the shell becomes a program that knows nothing of it.
        using var parent = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sleep 1000 & echo $!; exec sleep 1000"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            var id = int.Parse((await parent.StandardOutput.ReadLineAsync().WaitAsync(Bounds.Test))!, CultureInfo.InvariantCulture);
            // A shell might ask for its child.
            Assert.True(SpinWait.SpinUntil(() => ProcessFiles.ReadCommand(parent.Id) == "sleep 1000", Bounds.Test));
            using var machine = new ScratchMachine();
            machine.Socket(machine.Usual, "bus");
            machine.Answer = request => FakeRunner.Exit(
                request, 0,
                $"LoadState=loaded\nActiveState=active\nSubState=running\nMainPID={id}\nInvocationID=i1\nFragmentPath={machine.Desired.DefinitionPath}\n");
            var alive = await ObserveAsync(machine);
            Assert.Equal((Activity.Up, id), (alive.Activity, alive.ProcessId));

            using (var child = Process.GetProcessById(id)) child.Kill();
            Assert.True(SpinWait.SpinUntil(() => ProcessFiles.HasEnded(id), Bounds.Test));
            var dead = await ObserveAsync(machine);

            Assert.Equal((Activity.WaitingToRestart, (int?)null), (dead.Activity, dead.ProcessId));
            Assert.Contains($"its process {id} has ended", dead.Evidence, StringComparison.Ordinal);
        }
        finally
        {
            parent.Kill();
        }
    }

    private static async Task<RunningFacts> ObserveAsync(ScratchMachine machine) =>
        Assert.Single(await machine.Manager().ObserveAsync([machine.Desired], Bounds.Test, CancellationToken.None)).Running;
}
