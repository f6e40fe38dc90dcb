using System.Globalization;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>Whatever a definition says reaches the process as it is, and is recognised in launchd's raw words.</summary>
public class HostileValues
{
    private static readonly string[] Values =
    [
        "", " ", "two words", " around ", "'single' \"double\"", "a & b < c > d", "]]>", "<!-- no comment -->", "$HOME `id` $(id)",
        "%h %%", "~", "\\n \\", "tab\there", "line\nbreak", "\n", "}\n\t}\n", "x\n\tpid = 1\n\tstate = not running\n\truns = 99",
        "\tenvironment = {\n\t\tHERMES_GATEWAY_STAMP => 1:0:0\n\t}", "a => b", "=", "carriage\rreturn", "Grüße, Ελλάδα", "😀", "{", "(",
    ];

    [Fact]
    public void Arguments_reach_the_process_and_are_no_drift_afterwards()
    {
        using var agent = new CoreAgent();
        agent.Input = agent.Input with { Arguments = [.. Values] };

        var report = agent.Succeed(Operation.Deploy);

        Assert.Equal(["/bin/sh", agent.ProgramPath, .. Values], CoreAgent.Arguments(report));
        Assert.Equal(Outcome.Unchanged, agent.Succeed(Operation.Deploy).Outcome);
    }

    [Fact]
    public void Variables_reach_the_process_and_are_no_drift_afterwards()
    {
        using var agent = new CoreAgent();
        agent.Input = agent.Input with { Environment = [.. Values.Select((value, i) => $"V{i.ToString(CultureInfo.InvariantCulture)}={value}")] };

        var report = agent.Succeed(Operation.Deploy);

        Assert.Superset(agent.Input.Environment.ToHashSet(), CoreAgent.Variables(report).ToHashSet());
        Assert.Equal(Outcome.Unchanged, agent.Succeed(Operation.Deploy).Outcome);
    }

    [Fact]
    public void A_changed_value_among_them_is_drift()
    {
        using var agent = new CoreAgent();
        agent.Input = agent.Input with { Arguments = [.. Values] };
        agent.Succeed(Operation.Deploy);
        agent.Input = agent.Input with { Arguments = [.. Values, "one more"] };

        var report = agent.Succeed(Operation.Deploy);

        Assert.Equal((Outcome.Changed, "one more"), (report.Outcome, CoreAgent.Arguments(report)[^1]));
    }
}
