using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Dumps;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

public class PrintOutput
{
    // All samples have nested blocks with another "state", "pid" or "type".
    public static TheoryData<string, string, string, int?, int, string?, string?> States => new()
    {
        { nameof(PrintedDumps.Running26), PrintedDumps.Running26, "running", 4242, 3, null, "Killed: 9" },
        { nameof(PrintedDumps.Terminating26), PrintedDumps.Terminating26, "SIGTERMed", 4242, 3, null, null },
        { nameof(PrintedDumps.Spawning26), PrintedDumps.Spawning26, "xpcproxy", 4242, 3, null, "Killed: 9" },
        { nameof(PrintedDumps.Pended26), PrintedDumps.Pended26, "not running", null, 0, null, null },
        {
            nameof(PrintedDumps.PenaltyBox26), PrintedDumps.PenaltyBox26, "spawn scheduled", null, 1,
            "78: EX_CONFIG", null
        },
        {
            nameof(PrintedDumps.ServiceManagement14), PrintedDumps.ServiceManagement14, "spawn scheduled", null, 13741,
            "78: EX_CONFIG", null
        },
        { nameof(PrintedDumps.Exited12), PrintedDumps.Exited12, "not running", null, 2, "1", null },
        { nameof(PrintedDumps.Waiting1015), PrintedDumps.Waiting1015, "waiting", null, 1, "0", null },
        { nameof(PrintedDumps.NotRunning27), PrintedDumps.NotRunning27, "not running", null, 7, null, null },
    };

    [Theory]
    [MemberData(nameof(States))]
    public void State_is_read_on_every_macOS_version(
        string dump, string text, string state, int? processId, int runs, string? exitCode, string? signal)
    {
        var job = PrintedJob.TryParse(text)!;
        Assert.Equal(
            (dump, state, processId, runs, exitCode, signal),
            (dump, job.State, job.ProcessId, job.Runs, job.LastExitCode, job.LastSignal));
    }

    [Fact]
    public void All_fields_of_an_agent_are_read()
    {
        var job = PrintedJob.TryParse(PrintedDumps.Running26)!;

        Assert.Equal("/Users/me/Library/LaunchAgents/net.example.gateway.plist", job.Path);
        Assert.Equal("/opt/example/bin/gateway", job.Program);
        Assert.Equal(
            ["/opt/example/bin/gateway", "--config", "/Users/me/Library/Application Support/example/a=b.json"],
            job.Arguments.AsEnumerable());
        Assert.Equal("/Users/me/Library/Application Support/example", job.WorkingDirectory);
        Assert.Equal("/Users/me/Library/Logs/example/out.log", job.StandardOutPath);
        Assert.Equal("/Users/me/Library/Logs/example/error.log", job.StandardErrorPath);
        Assert.Equal(5, job.ExitTimeoutSeconds);
        Assert.Equal(["keepalive", "runatload", "inferred program", "has LWCR"], job.Properties.AsEnumerable());
        Assert.Equal("running", job.JobState);
        Assert.Null(job.PendedSpawn);
        Assert.False(job.HasNeverExited);
    }

    [Fact]
    public void Only_the_own_environment_of_the_job_is_read()
    {
        var job = PrintedJob.TryParse(PrintedDumps.Running26)!;

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["OSLogRateLimit"] = "64", ["START"] = "cd / && exec a=$(date) => b", ["EMPTY"] = "",
                ["XPC_SERVICE_NAME"] = "net.example.gateway", ["MODE"] = "own",
            },
            job.Environment);
        Assert.True(job.HasVariable("MODE", "own"));
        Assert.False(job.HasVariable("MODE", "inherited"));
        Assert.False(job.HasVariable("PATH", "/usr/bin:/bin:/usr/sbin:/sbin"));
    }

    [Fact]
    public void Reason_of_a_delayed_start_is_read()
    {
        var job = PrintedJob.TryParse(PrintedDumps.Pended26)!;
        Assert.Equal(("speculative", "uninitialized", true), (job.PendedSpawn, job.JobState, job.HasNeverExited));
        Assert.Contains("needs LWCR update", job.Properties);
    }

    [Fact]
    public void Penalty_box_is_read_as_a_property()
    {
        var job = PrintedJob.TryParse(PrintedDumps.PenaltyBox26)!;
        Assert.Contains("penalty box", job.Properties);
        Assert.Null(job.JobState);
    }

    [Fact]
    public void Job_registered_by_an_application_has_no_program()
    {
        var job = PrintedJob.TryParse(PrintedDumps.ServiceManagement14)!;
        Assert.Equal(("(submitted by smd.512)", null), (job.Path, job.Program));
        Assert.Equal(["agent", "--background"], job.Arguments.AsEnumerable());
        Assert.Empty(job.Environment);
        Assert.Null(job.WorkingDirectory);
    }

    [Fact]
    public void Properties_are_read_from_a_block_too()
    {
        Assert.Equal(
            ["runatload", "inferred program"],
            PrintedJob.TryParse(PrintedDumps.Waiting1015)!.Properties.AsEnumerable());
        Assert.Empty(PrintedJob.TryParse(PrintedDumps.Exited12)!.Properties);
    }

    [Fact]
    public void Exit_reason_replaces_the_exit_code()
    {
        var job = PrintedJob.TryParse(PrintedDumps.NotRunning27)!;
        Assert.Equal(("OS_REASON_CODESIGNING", null), (job.LastReason, job.LastExitCode));
        Assert.Equal(["runatload", "inferred program"], job.Properties.AsEnumerable());
    }

    [Fact]
    public void Windows_line_ends_are_ignored()
    {
        var job = PrintedJob.TryParse(PrintedDumps.Running26.Replace("\n", "\r\n", StringComparison.Ordinal))!;
        Assert.Equal(("running", 4242, "own"), (job.State, job.ProcessId, job.Environment["MODE"]));
    }

    [Theory]
    [InlineData("pid = 0")]
    [InlineData("pid = -1")]
    [InlineData("pid = +5")]
    [InlineData("pid = 5 (stopped)")]
    [InlineData("pid = 99999999999")]
    [InlineData("pid =")]
    public void Malformed_process_id_is_no_process(string line) => Assert.Null(
        PrintedJob.TryParse(PrintedDumps.Running26.Replace("pid = 4242", line, StringComparison.Ordinal))!.ProcessId);

    [Fact]
    public void Output_of_few_lines_is_read()
    {
        var job = PrintedJob.TryParse("gui/501/a = {\n\tstate = running\n\truns = 2\n\tpid = 7\n}\n")!;
        Assert.Equal(("running", 7, 2, null), (job.State, job.ProcessId, job.Runs, job.Path));

        job = PrintedJob.TryParse("gui/501/a = {\n\tstate = running\n\targuments = {\n\t\ta\n\t}\n\tpid = 7\n}\n")!;
        Assert.Equal(("running", 7), (job.State, job.ProcessId));
        Assert.Equal(["a"], job.Arguments.AsEnumerable());
    }

    [Fact]
    public void Truncated_output_has_its_remaining_fields_and_no_process()
    {
        const string pid = "\tpid = 4242\n";
        var job = Cut(pid.Length);
        Assert.Equal(("running", 3, null), (job.State, job.Runs, job.ProcessId));
        Assert.Equal("own", job.Environment["MODE"]);

        // Truncated within "runs = 3", and within "state = running".
        Assert.Equal(0, Cut(-2).Runs);
        Assert.Equal(
            "",
            PrintedJob.TryParse(PrintedDumps.Running26.Split("ning\n\n\tprogram", StringSplitOptions.None)[0])!.State);

        static PrintedJob Cut(int after) => PrintedJob.TryParse(
            PrintedDumps.Running26[..(PrintedDumps.Running26.IndexOf(pid, StringComparison.Ordinal) + after)])!;
    }

    [Fact]
    public void Script_as_argument_is_kept_whole()
    {
        // A line of it is a brace behind one tab, as at the end of a block.
        const string script = "run() {\n\tif true\n\t{\n\t\ttrue\n\t}\n}\nrun";
        var job = PrintedJob.TryParse(With("--config", script))!;

        Assert.Equal("/Users/me/Library/Application Support/example/a=b.json", job.Arguments[^1]);
        Assert.Equal(("running", 4242), (job.State, job.ProcessId));
        Assert.True(job.HasArguments(["/opt/example/bin/gateway", script, job.Arguments[^1]]));
        Assert.False(job.HasArguments(["/opt/example/bin/gateway", script]));
        Assert.False(job.HasArguments(["/opt/example/bin/gateway"]));
        Assert.False(job.HasArguments(["/opt/example/bin/gateway", "run() {\n\tif true\n\t{\n\t\ttrue"]));

        string[] expected = ["/opt/example/bin/gateway", script, job.Arguments[^1]];
        Assert.Equal(expected, PrintedJob.TryParse(With("--config", script), expected)!.Arguments.AsEnumerable());
    }

    [Fact]
    public void Variable_that_imitates_the_end_of_its_block_is_kept_whole()
    {
        var job = PrintedJob.TryParse(With("EMPTY => ", "EMPTY => {\n\t}\n\n\tdone"))!;
        Assert.Equal(("{\n\t}\n\n\tdone", "own"), (job.Environment["EMPTY"], job.Environment["MODE"]));
    }

    [Fact]
    public void Missing_state_is_not_taken_from_an_argument()
    {
        var text = With("--config", "--\n\tstate = running")
            .Replace("\tstate = running\n\n", "\n", StringComparison.Ordinal);
        Assert.Equal("", PrintedJob.TryParse(text)!.State);
    }

    [Fact]
    public void Multi_line_variable_does_not_match_its_first_line()
    {
        var text = With("MODE => own", "MODE => own\nand more");
        foreach (var expected in new[] { "own", "own\nand more" })
        {
            var job = PrintedJob.TryParse(text, null, new Dictionary<string, string> { ["MODE"] = expected })!;
            Assert.Equal("own\nand more", job.Environment["MODE"]);
            Assert.False(job.HasVariable("MODE", "own"));
            Assert.True(job.HasVariable("MODE", "own\nand more"));
        }
    }

    [Fact]
    public void Only_exactly_the_printed_arguments_match()
    {
        var job = PrintedJob.TryParse(PrintedDumps.Exited12)!;
        Assert.True(job.HasArguments(["/usr/local/bin/daemon"]));
        Assert.False(job.HasArguments([]));
        Assert.False(job.HasArguments(["/usr/local/bin/daemon", ""]));
        Assert.False(job.HasArguments(["/usr/local/bin"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData(" = {\n}")]
    [InlineData("gui/501/a = {\n")]
    [InlineData("gui/501/a = {\n}\n")]
    [InlineData("Bad request.\nCould not find service \"a\" in domain for user gui: 501\n")]
    [InlineData("\tstate = running\n\tpid = 1\n")]
    [InlineData("disabled services = {\n\t\"a\" => disabled\n}\n")]
    [InlineData("{\n\t\"PID\" = 12;\n};\n")]
    public void Text_that_describes_no_job_is_rejected(string text) => Assert.Null(PrintedJob.TryParse(text));

    [Fact]
    public void Output_for_a_domain_is_rejected() => Assert.Null(PrintedJob.TryParse(PrintedDumps.Domain12));

    private static string With(string old, string replacement)
    {
        Assert.Contains(old, PrintedDumps.Running26, StringComparison.Ordinal);
        return PrintedDumps.Running26.Replace(old, replacement, StringComparison.Ordinal);
    }
}
