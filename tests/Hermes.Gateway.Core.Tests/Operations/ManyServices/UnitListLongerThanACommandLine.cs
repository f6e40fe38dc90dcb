using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Operations.ManyServices;

/// <summary>More units than the kernel accepts in the arguments of one command.</summary>
public sealed class UnitListLongerThanACommandLine : IDisposable
{
    private readonly MachineWithManyServices _many = new();

    public void Dispose() => _many.Dispose();

    [Fact]
    public void Command_line_is_filled_up_to_the_last_allowed_byte()
    {
        // A name of 200 characters with its terminator and its pointer in argv.
        const int bytes = 200 + 1 + 8;
        const int fit = SystemctlClient.MaxArgumentBytes / bytes;
        var rest = SystemctlClient.MaxArgumentBytes - (fit * bytes);
        var units = Enumerable.Repeat(new string('u', 200), fit).ToList();

        Assert.Equal([0..fit], SystemctlClient.SplitByLimit(rest, units));
        Assert.Equal([0..(fit - 1), (fit - 1)..fit], SystemctlClient.SplitByLimit(rest + 1, units));
        Assert.Equal([0..fit, fit..(fit + 1)], SystemctlClient.SplitByLimit(rest, [.. units, "u"]));
    }

    [Fact]
    public void Unit_names_are_counted_in_UTF8_bytes()
    {
        Assert.Equal(2 + 9 + 1 + 9, SystemctlClient.CountBytes(["é", "e"]));
    }

    [Fact]
    public void No_units_need_no_command_and_one_unit_always_gets_one()
    {
        Assert.Empty(SystemctlClient.SplitByLimit(0, []));
        Assert.Equal([0..1], SystemctlClient.SplitByLimit(SystemctlClient.MaxArgumentBytes, ["u"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(StepKind.Enable)]
    [InlineData(StepKind.Start)]
    [InlineData(StepKind.Restart)]
    [InlineData(StepKind.Stop)]
    [InlineData(StepKind.ClearFailure)]
    [InlineData(StepKind.Disable)]
    public void Twenty_thousand_long_unit_names_are_split_into_the_fewest_commands(StepKind? kind)
    {
        var manager = new SystemdManager(_many.Host, _many.Systemctl, TimeProvider.System, ServiceScope.User, "/usr/bin/systemctl");
        var first = manager.Describe(Sample.Definition());
        var services = Enumerable.Range(0, 20_000)
            .Select(i => $"{i:d5}{new string('u', 187)}.service")
            .Select(unit => first with
            {
                Definition = first.Definition with { Identifier = unit },
                DefinitionPath = Path.Combine(Path.GetDirectoryName(first.DefinitionPath)!, unit),
            })
            .ToList();
        Assert.All(services, service => Assert.Equal(200, service.Definition.Identifier.Length));

        var answers = kind is { } step
            ? manager.Apply(step, services, TimeSpan.FromMinutes(1).FromNow(), TestContext.Current.CancellationToken).Count
            : manager.Observe(services, TimeSpan.FromMinutes(1).FromNow(), TestContext.Current.CancellationToken)
                .Count(observation => observation.Loaded.IsLoaded == Answer.No);

        Assert.Equal(20_000, answers);
        var commands = _many.Systemctl.Commands.Where(command => command.Units > 0).ToList();
        Assert.Equal(20_000, commands.Sum(command => command.Units));
        Assert.Equal((20_000 * 209 / SystemctlClient.MaxArgumentBytes) + 1, commands.Count);
        Assert.InRange(_many.Systemctl.LongestArguments, SystemctlClient.MaxArgumentBytes - 209, SystemctlClient.MaxArgumentBytes);
    }

    [Fact]
    public void Failed_command_leaves_only_its_own_units_unknown()
    {
        var calls = 0;
        var runner = new FakeRunner(request => request.About.Length > 0 && ++calls == 2
            ? FakeRunner.Exit(request, 1, error: "Failed to connect to bus: Connection refused\n")
            : _many.Systemctl.Run(request, TestContext.Current.CancellationToken));
        var manager = new SystemdManager(_many.Host, runner, TimeProvider.System, ServiceScope.User, "/usr/bin/systemctl");
        var first = manager.Describe(Sample.Definition());
        var services = Enumerable.Range(0, 10_000)
            .Select(i => first with { Definition = first.Definition with { Identifier = $"{i:d5}{new string('u', 187)}.service" } })
            .ToList();

        var observation = manager.Observe(services, TimeSpan.FromMinutes(1).FromNow(), TestContext.Current.CancellationToken);

        Assert.Equal(10_000, observation.Count);
        var unknown = observation.Index().Where(pair => pair.Item.Loaded.IsLoaded == Answer.Unknown).Select(pair => pair.Index).ToList();
        Assert.Equal(Enumerable.Range(unknown[0], unknown.Count), unknown);
        Assert.Equal(services.Count - 1, unknown[^1]);
        Assert.InRange(unknown[0], 1, services.Count - 1);
    }
}
