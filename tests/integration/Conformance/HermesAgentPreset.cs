using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Conformance;

/// <summary>Services of the preset <c>hermes-agent</c>. A script stands for the Python program.</summary>
[Trait("Os", "linux")]
public class HermesAgentPreset
{
    public HermesAgentPreset() => Requires.Python();

    [Fact]
    public async Task Process_has_the_environment_of_its_profile_and_a_second_deploy_changes_nothing()
    {
        await using var service = ServiceUnderTest.New();
        var (checkout, home) = Use(service, "work");

        var report = service.Succeed(Operation.Deploy);

        Assert.True(report.After.AllCurrent);
        var process = service.ProcessId!.Value;
        Assert.Equal(
            [checkout.Python, "-m", "hermes_cli.main", "--profile", "work", "gateway", "run", "--external-supervisor"], service.CommandLine);
        Assert.Equal((home, home, "1"), (
            Manager.WorkingDirectory(process), Manager.Variable(process, "HERMES_HOME"), Manager.Variable(process, "HERMES_SUPERVISED_CHILD")));
        Assert.Equal(Path.Combine(checkout.Folder, "venv"), Manager.Variable(process, "VIRTUAL_ENV"));
        Assert.Equal(
            $"{checkout.Folder}/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", Manager.Variable(process, "PATH"));

        Assert.Equal(Outcome.Unchanged, service.Succeed(Operation.Deploy).Outcome);
        Assert.Empty(service.Changes);
        Assert.Equal(process, service.ProcessId);
    }

    [Fact]
    public async Task New_commit_of_the_checkout_is_deployed_in_a_new_process()
    {
        await using var service = ServiceUnderTest.New();
        var (checkout, _) = Use(service);
        service.Succeed(Operation.Deploy);
        var before = service.ProcessId;

        checkout.Commit("0000000000000000000000000000000000000002");
        Expand(service);
        var report = service.Succeed(Operation.Deploy);

        Assert.Contains(report.Differences, drift => drift.Key == "Revision");
        Assert.NotEqual(before, service.ProcessId);
    }

    [Fact]
    public async Task New_commit_that_cannot_be_imported_is_refused_before_any_change()
    {
        await using var service = ServiceUnderTest.New();
        var (checkout, _) = Use(service);
        service.Succeed(Operation.Deploy);
        var before = service.ReadState();

        checkout.Break();
        checkout.Commit("0000000000000000000000000000000000000002");
        Expand(service);
        var report = service.Run(Operation.Deploy);

        var error = Assert.Single(report.Findings, finding => finding.Severity == Severity.Error);
        Assert.Equal(DiagnosticCatalog.InterpreterUnusable, error.Descriptor);
        Assert.Contains("No module named 'a_module_that_is_nowhere'", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, service.ReadState());
    }

    /// <summary>Sets the preset for a service: home and checkout are beside its project.</summary>
    internal static (HermesCheckout Checkout, string Home) Use(ServiceUnderTest service, string profile = "")
    {
        var checkout = new HermesCheckout(Path.Combine(service.Scratch, "hermes agent é"));
        var root = Path.Combine(service.Scratch, ".hermes");
        var home = Directory.CreateDirectory(profile.Length == 0 ? root : Path.Combine(root, "profiles", profile)).FullName;
        service.Input = service.Input with
        {
            Program = "",
            Preset = AgentPreset.Word,
            Agent = new AgentInput { Home = root, Profile = profile, Checkout = checkout.Folder, AllowTemporary = "true" },
        };
        Expand(service);
        return (checkout, home);
    }

    /// <summary>Reads the checkout, as a new build does. The service keeps the name of the test, by which it is removed.</summary>
    private static void Expand(ServiceUnderTest service) =>
        service.Input = AgentPreset.Expand(service.Input with { Revision = "" }, service.Host);
}
