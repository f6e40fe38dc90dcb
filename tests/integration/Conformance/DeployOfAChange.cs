using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Conformance;

/// <summary>The first deploy, and deploys after a change of the project.</summary>
public class DeployOfAChange
{
    [Fact, Trait("Os", "linux")]
    public async Task First_deploy_installs_loads_enables_and_starts_the_exact_definition()
    {
        await using var service = ServiceUnderTest.New();
        service.Input = service.Input with
        {
            Arguments = ["plain", "two words", "50%", "$HOME", "q\"uo'te", "back\\slash", "ü&<>"],
            Environment = ["PLAIN=x", "HOSTILE=a b\"c'd$e%f\\g\nh"],
        };

        var report = service.Succeed(Operation.Deploy);

        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.True(report.After.AllCurrent);
        Assert.Equal(Answer.Yes, report.After.Enabled);
        Assert.Equal(service.DefinitionPath, report.DefinitionPath);
        Assert.Equal(service.ProcessId, report.ProcessId);
        var process = report.ProcessId!.Value;
        Assert.Equal([service.ProgramPath, .. service.Input.Arguments], service.CommandLine.Skip(1));
        Assert.Equal("a b\"c'd$e%f\\g\nh", Manager.Variable(process, "HOSTILE"));
        Assert.Equal(service.Project, Manager.WorkingDirectory(process));
        Assert.Equal(service.Input.Source, Manager.Variable(process, Stamp.SourceVariable));
    }

    [Fact, Trait("Os", "linux")]
    public async Task Environment_file_reaches_the_process_and_its_values_are_in_no_definition_or_report()
    {
        await using var service = ServiceUnderTest.New();
        var file = Path.Combine(service.Scratch, "secrets of ours.env");
        await File.WriteAllTextAsync(
            file, "# ours\nAPI_TOKEN=hunter2 and $(touch no)\n\nQUOTED=\"two words\"\n", TestContext.Current.CancellationToken);
        service.Input = service.Input with { EnvironmentFile = file, Arguments = ["an argument"] };

        var report = service.Succeed(Operation.Deploy);

        // On launchd a shell reads the file and then executes the program.
        await Manager.UntilAsync(() => service.CommandLine.SequenceEqual(["/bin/sh", service.ProgramPath, "an argument"]), "the program runs");
        Assert.Equal("hunter2 and $(touch no)", Manager.Variable(report.ProcessId!.Value, "API_TOKEN"));
        Assert.Equal("two words", Manager.Variable(report.ProcessId!.Value, "QUOTED"));
        Assert.Contains("secrets of ours.env", service.DefinitionText, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", service.DefinitionText, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", ReportJson.Write(report), StringComparison.Ordinal);
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
    }

    [Fact, Trait("Os", "linux")]
    public Task Moved_project_folder_is_repaired_and_restarted() => AssertRepairAsync(
        service => service.MoveProject("moved to another place"),
        ["Program", "Source", "WorkingDirectory"],
        (service, process) =>
        {
            Assert.Equal(service.ProgramPath, service.CommandLine[1]);
            Assert.Equal(service.Project, Manager.WorkingDirectory(process));
        });

    [Fact, Trait("Os", "linux")]
    public Task Changed_working_directory_is_repaired_and_restarted() => AssertRepairAsync(
        service => service.Input = service.Input with { WorkingDirectory = service.Scratch },
        ["WorkingDirectory"],
        (service, process) => Assert.Equal(service.Scratch, Manager.WorkingDirectory(process)));

    [Fact]
    public Task Added_argument_is_repaired_and_restarted() => AssertRepairAsync(
        service => service.Input = service.Input with { Arguments = ["--verbose"] },
        ["Arguments"],
        (service, _) => Assert.Equal("--verbose", service.CommandLine[^1]));

    [Fact, Trait("Os", "linux")]
    public Task Changed_environment_is_repaired_and_restarted() => AssertRepairAsync(
        service => service.Input = service.Input with { Environment = ["MODE=new"] },
        ["Environment[MODE]"],
        (service, process) => Assert.Equal("new", Manager.Variable(process, "MODE")));

    [Fact, Trait("Os", "linux")]
    public Task Rebuilt_program_is_restarted() => AssertRepairAsync(
        service =>
        {
            service.WriteProgram(ServiceUnderTest.LongRunningProgram + "# rebuilt\n");
            service.Input = service.Input with { Revision = ProgramFingerprint.Of(service.ProgramPath, null) };
        },
        ["Revision"],
        (service, process) => Assert.EndsWith(service.Input.Revision, Manager.Variable(process, Stamp.Variable), StringComparison.Ordinal));

    [Fact]
    public async Task Second_copy_of_a_project_takes_over_with_a_warning_that_names_both()
    {
        await using var service = ServiceUnderTest.Deploy();
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
        await using var service = ServiceUnderTest.Deploy();
        var before = service.ReadState();
        service.Input = service.Input with { Source = Path.Combine(service.Project, "Other.csproj") };

        foreach (var operation in new[]
            { Operation.Deploy, Operation.Install, Operation.Start, Operation.Restart, Operation.Stop, Operation.Uninstall })
            service.Fail(operation, DiagnosticCatalog.OwnedByOther);

        Assert.Equal(before, service.ReadState());
        service.Input = service.Input with { TakeOver = "true" };
        service.Succeed(Operation.Deploy);
        Assert.Contains("Other.csproj", service.DefinitionText, StringComparison.Ordinal);
        // Nothing else differs.
        Assert.Equal(before.ProcessId, service.ProcessId);
    }

    private static async Task AssertRepairAsync(
        Action<ServiceUnderTest> change, ImmutableArray<string> keys, Action<ServiceUnderTest, int> assertProcess)
    {
        await using var service = ServiceUnderTest.Deploy();
        var before = service.Succeed(Operation.Status);
        Assert.True(before.After.AllCurrent);

        change(service);
        var status = service.Succeed(Operation.Status);
        var plan = service.Succeed(Operation.PlanDeploy);
        var report = service.Succeed(Operation.Deploy);

        Assert.Equal((InstalledState.Stale, RunningState.Stale), (status.After.Installed, status.After.Running));
        Assert.Equal(before.ProcessId, status.ProcessId);
        Assert.Equal(keys, status.Differences.Where(drift => drift.Layer == Layer.Installed).Select(drift => drift.Key).Where(key => key != "Revision" || keys.Contains("Revision")));
        Assert.Equal(plan.Steps.Select(step => (step.Kind, step.Reason)), report.Steps.Select(step => (step.Kind, step.Reason)));
        Assert.Equal(Outcome.Changed, report.Outcome);
        Assert.True(report.After.AllCurrent);

        // Read without the report: the process was started anew, from the new definition.
        var process = service.ProcessId!.Value;
        Assert.Equal(report.ProcessId, process);
        Assert.NotEqual(before.ProcessId, process);
        assertProcess(service, process);
        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
    }
}
