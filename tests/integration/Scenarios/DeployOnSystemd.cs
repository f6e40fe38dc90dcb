using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Scenarios;

public class DeployOnSystemd
{
    public DeployOnSystemd() => Requires.Systemd();

    [Fact]
    public async Task First_deploy_installs_loads_enables_and_starts_the_exact_definition()
    {
        await using var service = new TestService();
        service.Input = service.Input with
        {
            Arguments = ["plain", "two words", "50%", "$HOME", "q\"uo'te", "back\\slash", "ü&<>"],
            Environment = ["PLAIN=x", "HOSTILE=a b\"c'd$e%f\\g\nh"],
        };

        var report = service.Succeed(Operation.Deploy);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.True(report.After.AllCurrent);
        Assert.Equal(Answer.Yes, report.After.Enabled);
        Assert.Equal("enabled", Manager.Property(service.Unit, "UnitFileState"));
        var process = Manager.MainProcess(service.Unit);
        Assert.Equal(report.ProcessId, process);
        Assert.Equal([service.ProgramPath, .. service.Input.Arguments], Manager.Arguments(process)[1..]);
        Assert.Equal("a b\"c'd$e%f\\g\nh", Manager.Variable(process, "HOSTILE"));
        Assert.Equal(service.Project, Manager.WorkingDirectory(process));
        Assert.Equal(service.Input.Source, Manager.Variable(process, Stamp.SourceVariable));
    }

    [Fact]
    public Task Moved_project_folder_is_repaired_and_restarted() => AssertRepairAsync(
        service => service.MoveProject("moved to another place"),
        ["Program", "Source", "WorkingDirectory"],
        (service, process) =>
        {
            Assert.Equal(service.ProgramPath, Manager.Arguments(process)[1]);
            Assert.Equal(service.Project, Manager.WorkingDirectory(process));
        });

    [Fact]
    public Task Changed_working_directory_is_repaired_and_restarted() => AssertRepairAsync(
        service => service.Input = service.Input with { WorkingDirectory = service.Scratch },
        ["WorkingDirectory"],
        (service, process) => Assert.Equal(service.Scratch, Manager.WorkingDirectory(process)));

    [Fact]
    public Task Added_argument_is_repaired_and_restarted() => AssertRepairAsync(
        service => service.Input = service.Input with { Arguments = ["--verbose"] },
        ["Arguments"],
        (service, process) => Assert.Equal("--verbose", Manager.Arguments(process)[^1]));

    [Fact]
    public Task Changed_environment_is_repaired_and_restarted() => AssertRepairAsync(
        service => service.Input = service.Input with { Environment = ["MODE=new"] },
        ["Environment[MODE]"],
        (service, process) => Assert.Equal("new", Manager.Variable(process, "MODE")));

    [Fact]
    public Task Rebuilt_program_is_restarted() => AssertRepairAsync(
        service => service.WriteProgram(TestService.LongRunningProgram + "# rebuilt\n"),
        ["Revision"],
        (service, process) => Assert.EndsWith(
            Core.Input.ProgramFingerprint.Of(service.ProgramPath, null), Manager.Variable(process, Stamp.Variable), StringComparison.Ordinal));

    [Fact]
    public async Task Removed_variable_is_removed_and_foreign_directives_are_kept()
    {
        await using var service = new TestService();
        service.Input = service.Input with { Environment = ["OURS=1"] };
        service.Succeed(Operation.Deploy);
        var text = File.ReadAllText(service.UnitPath)
            .Replace("[Install]", "# the operator's\nEnvironment=THEIRS=2\nNice=5\n\n[Install]", StringComparison.Ordinal);
        File.WriteAllText(service.UnitPath, text);
        service.Input = service.Input with { Environment = [] };

        var report = service.Succeed(Operation.Deploy);

        var process = Manager.MainProcess(service.Unit);
        Assert.Null(Manager.Variable(process, "OURS"));
        Assert.Equal("2", Manager.Variable(process, "THEIRS"));
        Assert.Equal("5", Manager.Property(service.Unit, "Nice"));
        Assert.Contains("# the operator's", File.ReadAllText(service.UnitPath), StringComparison.Ordinal);
        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.ForeignKept);
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
    }

    [Fact]
    public async Task Second_copy_of_a_project_takes_over_with_a_warning_that_names_both()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);
        var first = service.Input.Source;
        service.CopyProject("worktree");

        var report = service.Succeed(Operation.Deploy);

        var warning = Assert.Single(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.SecondCopy);
        Assert.Equal(Severity.Warning, warning.Severity);
        Assert.Contains(first, warning.Message, StringComparison.Ordinal);
        Assert.Contains(service.Input.Source, warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_of_another_project_is_refused_unless_TakeOver_is_true()
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);
        var (text, process) = (File.ReadAllText(service.UnitPath), Manager.MainProcess(service.Unit));
        service.Input = service.Input with { Source = Path.Combine(service.Project, "Other.csproj") };

        foreach (var operation in new[]
            { Operation.Deploy, Operation.Install, Operation.Start, Operation.Restart, Operation.Stop, Operation.Uninstall })
            service.Fail(operation, DiagnosticCatalog.OwnedByOther);

        Assert.Equal(text, File.ReadAllText(service.UnitPath));
        Assert.Equal(process, Manager.MainProcess(service.Unit));
        service.Input = service.Input with { TakeOver = "true" };
        service.Succeed(Operation.Deploy);
        Assert.NotEqual(process, Manager.MainProcess(service.Unit));
    }

    [Fact]
    public async Task Handwritten_unit_is_adopted_with_a_backup_and_its_foreign_directives()
    {
        await using var service = new TestService();
        const string handWritten = "[Unit]\nDescription=mine\n[Service]\nExecStart=/bin/sleep 1000\nEnvironment=TOKEN_FILE=/x\nNice=3\n";
        File.WriteAllText(service.UnitPath, handWritten);
        Manager.Run("daemon-reload");
        Manager.Run("start", service.Unit);

        var report = service.Succeed(Operation.Deploy);

        Assert.Contains(report.Findings, finding => finding.Descriptor == DiagnosticCatalog.Adopted);
        var process = Manager.MainProcess(service.Unit);
        Assert.Equal(service.ProgramPath, Manager.Arguments(process)[1]);
        Assert.Equal("/x", Manager.Variable(process, "TOKEN_FILE"));
        Assert.Equal("3", Manager.Property(service.Unit, "Nice"));
        Assert.Equal(handWritten, File.ReadAllText(Assert.Single(Directory.GetFiles(service.Originals))));
    }

    private static async Task AssertRepairAsync(
        Action<TestService> drift, ImmutableArray<string> keys, Action<TestService, int> assertProcess)
    {
        await using var service = new TestService();
        service.Succeed(Operation.Deploy);
        var before = service.Succeed(Operation.Status);
        Assert.True(before.After.AllCurrent);

        drift(service);
        var status = service.Succeed(Operation.Status);
        var plan = service.Succeed(Operation.PlanDeploy);
        var report = service.Succeed(Operation.Deploy);

        Assert.Equal(InstalledState.Stale, status.After.Installed);
        Assert.Equal(RunningState.Stale, status.After.Running);
        Assert.Equal(before.Invocation, status.Invocation);
        Assert.Equal(keys, status.Differences.Where(drift => drift.Layer == Layer.Installed).Select(drift => drift.Key).Where(key => key != "Revision" || keys.Contains("Revision")));
        Assert.Equal(plan.Steps.Select(step => step.Kind), report.Steps.Select(step => step.Kind));
        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.True(report.After.AllCurrent);

        // Checked with systemctl and /proc, not with the report: the process was started anew, from the new definition.
        var process = Manager.MainProcess(service.Unit);
        Assert.NotEqual(before.Invocation, Manager.Invocation(service.Unit));
        Assert.Equal(report.Invocation, Manager.Invocation(service.Unit));
        Assert.NotEqual(before.ProcessId, process);
        Assert.Contains(Manager.Variable(process, Stamp.Variable)!, File.ReadAllText(service.UnitPath), StringComparison.Ordinal);
        assertProcess(service, process);
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
    }
}
