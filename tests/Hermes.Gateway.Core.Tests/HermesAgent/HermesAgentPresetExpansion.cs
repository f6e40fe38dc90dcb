using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Input;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.HermesAgent;

/// <summary>Expands the preset with files and links on the machine.</summary>
public sealed class HermesAgentPresetExpansion : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private ServiceInput Asked => new()
    {
        Name = "hermes-gateway",
        IsNameDefault = true,
        Preset = AgentPreset.Word,
        Agent = new AgentInput { Checkout = _scratch.At("checkout"), Home = _scratch.At("home") },
        Source = "/src/my/Gateway.csproj",
    };

    [Fact]
    public void Input_with_another_preset_or_none_is_returned_unchanged()
    {
        Assert.Same(InputFor.Good, AgentPreset.Expand(InputFor.Good, Machine()));
        var unknown = InputFor.Good with { Preset = "other" };
        Assert.Same(unknown, AgentPreset.Expand(unknown, Machine()));
    }

    [Theory]
    [InlineData("venv")]
    [InlineData(".venv")]
    public void Interpreter_of_the_existing_virtual_environment_is_used(string environment)
    {
        var python = AddEnvironment(environment);

        var input = AgentPreset.Expand(Asked, Machine());

        Assert.Equal(python, input.Program);
        Assert.Contains($"VIRTUAL_ENV={_scratch.At($"checkout/{environment}")}", input.Environment);
        Assert.Empty(input.FromPreset.Obstacles);
    }

    [Fact]
    public void Two_virtual_environments_with_the_same_interpreter_are_reported_as_ambiguous()
    {
        AddEnvironment("venv");
        AddEnvironment(".venv");

        var input = AgentPreset.Expand(Asked, Machine());

        Assert.Equal([DiagnosticCatalog.PresetIncomplete], input.FromPreset.Obstacles.Select(one => one.Descriptor));
        Assert.Empty(AgentPreset.Expand(
            Asked with { Agent = Asked.Agent with { Python = _scratch.At("checkout/.venv/bin/python") } }, Machine()).FromPreset.Obstacles);
    }

    [Fact]
    public void Virtual_environment_with_a_symbolic_link_to_it_is_not_reported_as_ambiguous()
    {
        AddEnvironment("venv");
        Directory.CreateSymbolicLink(_scratch.At("checkout/.venv"), "venv");

        Assert.Empty(AgentPreset.Expand(Asked, Machine()).FromPreset.Obstacles);
    }

    [Fact]
    public void Home_that_is_a_symbolic_link_is_resolved()
    {
        AddEnvironment("venv");
        Directory.CreateDirectory(_scratch.At("real home"));
        Directory.CreateSymbolicLink(_scratch.At("home"), _scratch.At("real home"));

        var direct = AgentPreset.Expand(Asked with { Agent = Asked.Agent with { Home = _scratch.At("real home") } }, Machine());
        var linked = AgentPreset.Expand(Asked, Machine());

        Assert.Equal((direct.Name, _scratch.At("real home")), (linked.Name, linked.WorkingDirectory));
        Assert.Contains($"HERMES_HOME={_scratch.At("real home")}", linked.Environment);
    }

    [Fact]
    public void Home_that_links_into_a_temporary_folder_is_rejected()
    {
        AddEnvironment("venv");
        Directory.CreateDirectory(_scratch.At("scratch/home"));
        Directory.CreateSymbolicLink(_scratch.At("home"), _scratch.At("scratch/home"));
        Directory.CreateDirectory(_scratch.At("scratch2"));

        var obstacle = Assert.Single(AgentPreset.Expand(Asked, Machine(_scratch.At("scratch"))).FromPreset.Obstacles);

        Assert.Equal(DiagnosticCatalog.TemporaryFolder, obstacle.Descriptor);
        Assert.StartsWith("HermesAgentHome ", obstacle.Message, StringComparison.Ordinal);
        Assert.Empty(AgentPreset.Expand(
            Asked with { Agent = Asked.Agent with { Home = _scratch.At("scratch2") } }, Machine(_scratch.At("scratch"))).FromPreset.Obstacles);
    }

    [Fact]
    public void Missing_checkout_is_a_blocker_and_not_an_input_error()
    {
        var input = AgentPreset.Expand(Asked, Machine());

        Assert.Empty(InputFor.Problems(input));
        Assert.Equal([DiagnosticCatalog.PresetIncomplete], InputFor.Accepted(input).Obstacles.Select(one => one.Descriptor));
    }

    [Fact]
    public void Home_defaults_to_the_hermes_folder_of_the_account()
    {
        var account = Accounts.Find(NativeMethods.EffectiveUserId)!;
        var host = Machine() with { UserId = NativeMethods.EffectiveUserId, Home = "/nowhere" };

        var input = AgentPreset.Expand(Asked with { Agent = Asked.Agent with { Home = "" } }, host);

        Assert.Equal("hermes-gateway", input.Name);
        Assert.Contains($"HERMES_HOME={RealPath.Of(account.Home + "/.hermes")}", input.Environment);
    }

    public static TheoryData<string, string, ServiceInput> Mistakes => new()
    {
        { "HGW0001", "HermesAgentProfile", Good with { Agent = Good.Agent with { Profile = "A b" } } },
        { "HGW0004", "HermesAgentHome", Good with { Agent = Good.Agent with { Home = "~/.hermes" } } },
        { "HGW0004", "HermesAgentPython", Good with { Agent = Good.Agent with { Python = "python3" } } },
        { "HGW0020", "HermesAgentCheckout", Good with { Agent = Good.Agent with { Checkout = "" } } },
        { "HGW0020", "HermesAgentHome", Good with { Agent = Good.Agent with { Home = "/srv/profiles/one", Profile = "two" } } },
        { "HGW0020", "HermesGatewayArguments", Good with { Arguments = ["-m", "hermes_cli.main", "gateway", "run", "--replace"] } },
        { "HGW0004", "HermesAgentCheckout", Good with { Agent = Good.Agent with { Checkout = "agent\u0001" } } },
    };

    private static ServiceInput Good => new()
    {
        Name = "n",
        Preset = "Hermes-Agent",
        Agent = new AgentInput { Checkout = "/src/agent", Home = "/home/me/.hermes" },
        Source = "/src/my/Gateway.csproj",
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Invalid_setting_is_one_error_that_names_the_property(string code, string property, ServiceInput input)
    {
        var problem = Assert.Single(InputFor.Problems(AgentPreset.Expand(input, Machine())));

        Assert.Equal((code, Severity.Error), (problem.Code, problem.Severity));
        Assert.StartsWith(property + " ", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(problem.Message, char.IsControl);
    }

    private string AddEnvironment(string name)
    {
        var folder = Directory.CreateDirectory(_scratch.At($"checkout/{name}/bin")).FullName;
        File.WriteAllText(_scratch.At($"checkout/{name}/pyvenv.cfg"), "home = /usr/bin\n");
        var python = Path.Combine(folder, "python");
        File.CreateSymbolicLink(python, "/bin/sh");
        return python;
    }

    private HostContext Machine(string? temporary = null) =>
        Sample.Host(_scratch.At("account")) with { TemporaryFolders = temporary is null ? [] : [temporary] };
}
