using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Dumps;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

public class PreviousProcess
{
    [Theory]
    [InlineData("last exit code = 0", "exit 0 (success)", false)]
    [InlineData("last exit code = 1", "exit 1", true)]
    [InlineData("last exit code = 2: an error", "exit 2 (an error)", true)]
    [InlineData("last exit code = 64: EX_USAGE", "exit 64 (EX_USAGE: the program refuses its arguments)", true)]
    [InlineData("last exit code = 70: EX_SOFTWARE", "exit 70 (EX_SOFTWARE)", true)]
    [InlineData("last exit code = 127", "exit 127 (a command was not found)", true)]
    [InlineData("last exit code = 143", "exit 143", true)]
    [InlineData(
        "last exit code = 78: EX_CONFIG",
        "exit 78 (EX_CONFIG: launchd could not start it, or the program refuses its configuration)", true)]
    [InlineData(
        "last exit code = 78",
        "exit 78 (EX_CONFIG: launchd could not start it, or the program refuses its configuration)", true)]
    [InlineData(
        "last exit code = 78: EX_CONFIG\n\tjob state = spawn failed",
        "exit 78 (EX_CONFIG: launchd could not start it)", true)]
    [InlineData(
        "last exit code = 78: EX_CONFIG\n\tproperties = runatload | penalty box",
        "exit 78 (EX_CONFIG: launchd could not start it)", true)]
    [InlineData("last terminating signal = Killed: 9", "killed by Killed: 9", true)]
    [InlineData("last terminating signal = Segmentation fault: 11", "killed by Segmentation fault: 11", true)]
    [InlineData("last terminating signal = Terminated: 15", "killed by Terminated: 15", false)]
    [InlineData("last terminating signal = Hangup: 1", "killed by Hangup: 1", false)]
    [InlineData(
        "last exit reason = OS_REASON_CODESIGNING",
        "ended by macOS (OS_REASON_CODESIGNING: the program's signature is not accepted)", true)]
    [InlineData("last exit reason = OS_REASON_OTHER", "ended by macOS (OS_REASON_OTHER)", true)]
    [InlineData(
        "last exit reason = JETSAM_REASON_MEMORY_PERPROCESSLIMIT",
        "ended by macOS (JETSAM_REASON_MEMORY_PERPROCESSLIMIT: to free memory)", true)]
    [InlineData("last exit code = (never exited)", null, false)]
    [InlineData("forks = 0", null, false)]
    public void Exit_is_described_and_judged(string lines, string? words, bool failed)
    {
        var job = PrintedJob.TryParse($"gui/501/a = {{\n\tstate = not running\n\t{lines}\n}}\n")!;
        Assert.Equal((words, failed), (JobFailure.DescribeLastExit(job), JobFailure.HasFailed(job)));
    }

    [Fact]
    public void Spawn_failure_without_any_process_counts_as_failed()
    {
        var job = PrintedJob.TryParse(
            "a = {\n\tstate = not running\n\tlast exit code = (never exited)\n\tjob state = spawn failed\n}\n")!;
        Assert.True(JobFailure.HasFailed(job));
        Assert.Null(JobFailure.DescribeLastExit(job));
    }

    [Fact]
    public void Exit_is_described_although_a_new_process_runs()
    {
        var job = PrintedJob.TryParse(PrintedDumps.Running26)!;
        Assert.Equal(("killed by Killed: 9", true), (JobFailure.DescribeLastExit(job), JobFailure.HasFailed(job)));
    }
}
