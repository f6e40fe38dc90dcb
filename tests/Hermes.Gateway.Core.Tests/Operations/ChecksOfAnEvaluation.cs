using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations;

/// <summary>The checks of an evaluation never contradict its outcome.</summary>
public class ChecksOfAnEvaluation
{
    private static readonly DesiredService Wanted = Sample.Desired();
    private static readonly DesiredService Old = Sample.Desired(Sample.Definition() with { Revision = "r0" });
    private static readonly ServiceObservation Current = Seen.AllCurrent(Wanted);
    private static readonly ServiceRequest Request = new() { Definition = Sample.Definition(), Manager = "systemd", DeployCommand = Sample.DeployCommand };

    private static IEnumerable<ServiceObservation> Everything =>
        from installed in new[]
        {
            Current.Installed, Seen.Installed(Old, Wanted), Seen.Installed(InstalledKind.Missing),
            Seen.Installed(InstalledKind.Unreadable), Seen.Installed(InstalledKind.Linked), From("/src/copy/Gateway.csproj"),
            From("/src/other/Other.csproj"), Seen.Installed("[Service]\nExecStart=/opt/my/gateway\n", Wanted),
        }
        from loaded in new[]
        {
            Current.Loaded, Seen.Loaded(Old), Current.Loaded with { IsOlderThanDisk = true },
            Current.Loaded with { PendingDropIns = ["/x.conf"] }, Seen.NotLoaded(), Seen.NotLoaded(Answer.Unknown),
        }
        from activity in Enum.GetValues<Activity>()
        from process in new[] { Seen.Running(Wanted), Seen.Running(Old), Seen.NotRunning() }
        from environment in new[] { process.Environment, null }
        from enabled in Enum.GetValues<Answer>()
        from blocker in new Finding?[] { null, DiagnosticCatalog.Shadowed.Error("shadowed", "cat"), DiagnosticCatalog.ManagerUnreachable.Error("no bus") }
        select Current with
        {
            Installed = installed,
            Loaded = loaded,
            Running = process with { Activity = activity, Environment = environment },
            Enabled = enabled,
            Findings = blocker is null ? [] : [blocker],
        };

    [Fact]
    public void Verify_succeeds_exactly_when_no_check_is_failed_or_unknown()
    {
        foreach (var observation in Everything)
        {
            var now = Comparison.Of(Wanted, observation);
            var problems = Problems(Operation.Verify, now);
            // Without the facts of a failed operation, and with them as an operation passes them.
            foreach (var facts in new[] { new EvaluationFacts(), new EvaluationFacts { HasFailed = problems.Count > 0, Findings = [.. problems] } })
            {
                var bad = Bad(Rows(Operation.Verify, Request, now, facts));
                Assert.True((problems.Count == 0) == (bad.Count == 0), $"{Show(now)}: {string.Join(' ', problems)} but {string.Join(' ', bad)}");
            }
        }
    }

    [Fact]
    public void Successful_deploy_has_no_failed_check()
    {
        foreach (var now in Everything.Select(observation => Comparison.Of(Wanted, observation)))
        {
            if (Problems(Operation.Deploy, now).Count > 0) continue;
            var bad = Bad(Rows(Operation.Deploy, Request, now, new EvaluationFacts { HasStarted = true }));
            // An enabled state that the manager does not report stays unknown.
            Assert.True(bad.All(row => row is { Name: CheckName.Enabled, Result: CheckResult.Unknown } && now.States.Enabled == Answer.Unknown), Show(now));
        }
    }

    [Fact]
    public void Check_passes_only_on_positive_evidence()
    {
        foreach (var now in Everything.Select(observation => Comparison.Of(Wanted, observation)))
        {
            var rows = Rows(Operation.Status, Request, now, new EvaluationFacts());
            var passed = rows.Where(row => row.Result == CheckResult.Pass).Select(row => row.Name).ToHashSet();

            Assert.Equal(Enum.GetValues<CheckName>(), rows.Select(row => row.Name));
            Assert.All(rows, row => Assert.NotEmpty(row.Evidence));
            Assert.True(!passed.Contains(CheckName.Definition) || now.States.Installed == InstalledState.Current, Show(now));
            Assert.True(!passed.Contains(CheckName.Loaded) || now.States.Loaded == LoadedState.Current, Show(now));
            Assert.True(!passed.Contains(CheckName.Process) || now is { States.Running: RunningState.Current, Observation.Running: { Activity: Activity.Up, ProcessId: not null } }, Show(now));
            Assert.Equal(now.States.Enabled == Answer.Yes, passed.Contains(CheckName.Enabled));
            Assert.Equal(now.Ownership == Ownership.Ours, passed.Contains(CheckName.Ownership));
            Assert.DoesNotContain(CheckName.Stability, passed);
            Assert.DoesNotContain(CheckName.Health, passed);
        }
    }

    [Fact]
    public void Unobserved_service_has_only_unknown_checks() => Assert.All(
        Evaluation.ReportUnobserved(), row => Assert.Equal(CheckResult.Unknown, row.Result));

    [Fact]
    public void Drift_is_named_in_the_evidence_without_its_values()
    {
        var wanted = Sample.Desired(Sample.Definition() with { Environment = Sample.Variables(("API_TOKEN", "hunter2")) });
        var now = Comparison.Of(wanted, Seen.From(Wanted, wanted));

        var row = Row(Rows(Operation.Verify, Request, now, new EvaluationFacts()), CheckName.Definition);

        Assert.Equal(CheckResult.Fail, row.Result);
        Assert.Contains("Environment[API_TOKEN]", row.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", row.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "", CheckResult.Unknown)]
    [InlineData(false, "unhealthy: exec:/check exit 3", CheckResult.Fail)]
    [InlineData(true, "healthy: exec:/check exit 0", CheckResult.Pass)]
    public void Health_check_passes_only_on_a_healthy_answer(bool isHealthy, string health, CheckResult expected) => Assert.Equal(
        expected,
        Row(
            Rows(
                Operation.Verify, Request with { Health = new HealthCheck.Exec("/check") }, Comparison.Of(Wanted, Current),
                new EvaluationFacts { Health = new HealthResult("i1", isHealthy, health) }),
            CheckName.Health).Result);

    [Theory]
    [InlineData(true, false, null, CheckResult.Pass)]
    [InlineData(true, true, null, CheckResult.Unknown)]
    [InlineData(false, false, null, CheckResult.Skipped)]
    [InlineData(false, false, 1.0, CheckResult.Skipped)]
    [InlineData(false, false, 2.0, CheckResult.Pass)]
    public void Stability_check_passes_after_a_lasting_start_or_by_the_age_of_the_process(bool hasStarted, bool hasFailed, double? age, CheckResult expected) =>
        Assert.Equal(
            expected,
            Row(
                Rows(Operation.Deploy, Request, Comparison.Of(Wanted, Current), new EvaluationFacts
                {
                    HasStarted = hasStarted,
                    HasFailed = hasFailed,
                    Age = age is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                }),
                CheckName.Stability).Result);

    [Fact]
    public void Restart_that_left_the_same_process_fails_the_process_check()
    {
        var now = Comparison.Of(Wanted, Current);
        CheckResult Of(Operation operation, string before) => Row(
            Rows(operation, Request, now, new EvaluationFacts { InvocationBefore = before }), CheckName.Process).Result;

        Assert.Equal(CheckResult.Fail, Of(Operation.Restart, "i1"));
        Assert.Equal(CheckResult.Pass, Of(Operation.Restart, "i0"));
        Assert.Equal(CheckResult.Pass, Of(Operation.Deploy, "i1"));
    }

    [Fact]
    public void Failure_without_a_failed_check_is_shown_by_the_check_of_its_finding()
    {
        var now = Comparison.Of(Wanted, Current);
        foreach (var code in DiagnosticCatalog.All)
        {
            var rows = Rows(Operation.Deploy, Request, now, new EvaluationFacts { HasFailed = true, Findings = [code.Error("why")] });

            var row = Assert.Single(Bad(rows));
            Assert.Equal(code.Check ?? CheckName.Stability, row.Name);
            Assert.Equal(code.Check is null ? CheckResult.Unknown : CheckResult.Fail, row.Result);
            Assert.Contains(code.Code, row.Evidence, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("HGW0009", CheckName.Definition)]
    [InlineData("HGW2004", CheckName.Ownership)]
    [InlineData("HGW2009", CheckName.Definition)]
    [InlineData("HGW3003", CheckName.Loaded)]
    [InlineData("HGW3006", CheckName.Process)]
    [InlineData("HGW4006", CheckName.Stability)]
    [InlineData("HGW4008", CheckName.Enabled)]
    [InlineData("HGW1005", null)]
    [InlineData("HGW9002", null)]
    public void Code_belongs_to_one_check_or_to_the_operation(string code, CheckName? name) =>
        Assert.Equal(name, DiagnosticCatalog.All.Single(one => one.Code == code).Check);

    private static InstalledFacts From(string source) =>
        Seen.Installed(Sample.Desired(Sample.Definition() with { Source = source }), Wanted);

    private static List<Finding> Problems(Operation operation, Comparison now) =>
        [.. Evaluate(operation, Request, now, new EvaluationFacts()).Problems];

    private static ImmutableArray<CheckReport> Rows(Operation operation, ServiceRequest request, Comparison now, EvaluationFacts facts) =>
        Evaluate(operation, request, now, facts).Report(facts.HasFailed, facts.Findings);

    private static Evaluation Evaluate(Operation operation, ServiceRequest request, Comparison now, EvaluationFacts facts) =>
        new GoalEvaluator(operation, Sample.Systemd(Sample.Host("/home/me")), request, now, facts).Evaluate();

    private static List<CheckReport> Bad(IEnumerable<CheckReport> rows) => [.. rows.Where(row => row.Result is CheckResult.Fail or CheckResult.Unknown)];

    private static CheckReport Row(IEnumerable<CheckReport> rows, CheckName name) => rows.Single(row => row.Name == name);

    private static string Show(Comparison now) =>
        $"{now.States}, {now.Ownership}, {now.Observation.Running.Activity}, {string.Join(' ', now.Observation.Findings)}";
}
