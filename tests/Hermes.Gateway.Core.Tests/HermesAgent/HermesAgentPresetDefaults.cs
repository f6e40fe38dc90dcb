using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Input;
using Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

namespace Hermes.Gateway.Core.Tests.HermesAgent;

/// <summary>Fills in the preset from given facts about the machine.</summary>
public class HermesAgentPresetDefaults
{
    private static readonly ServiceInput Asked = new()
    {
        Name = "hermes-gateway",
        IsNameDefault = true,
        Preset = AgentPreset.Word,
        Agent = new AgentInput { Checkout = "/src/agent" },
        Source = "/src/my/Gateway.csproj",
    };

    [Fact]
    public void Unset_values_are_derived_from_the_checkout_and_the_home()
    {
        var input = AgentPreset.Fill(Asked, Facts("/home/me/.hermes"));
        var definition = InputFor.Accepted(input).Definition;

        Assert.Equal(("hermes-gateway", "hermes-gateway.service"), (definition.Name.Value, definition.Identifier));
        Assert.Equal("ai.hermes.gateway", InputFor.Accepted(input with { ServiceManager = "launchd" }).Definition.Identifier);
        Assert.Equal("/src/agent/venv/bin/python", definition.Program);
        Assert.Equal(["-m", "hermes_cli.main", "gateway", "run", "--external-supervisor"], definition.Arguments.AsEnumerable());
        Assert.Equal("/home/me/.hermes", definition.WorkingDirectory);
        Assert.Equal(
            [
                ("HERMES_HOME", "/home/me/.hermes"), ("HERMES_SUPERVISED_CHILD", "1"),
                ("PATH", "/src/agent/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
                ("VIRTUAL_ENV", "/src/agent/venv"),
            ],
            definition.Environment.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal((RestartPolicy.OnFailure, "r1"), (definition.Restart, definition.Revision));
        Assert.Equal([75], definition.RestartExitCodes.AsEnumerable());
        Assert.Equal([78], definition.ParkExitCodes.AsEnumerable());
    }

    [Fact]
    public void Profile_sets_name_home_and_argument()
    {
        var input = AgentPreset.Fill(Asked, Facts("/home/me/.hermes", "work")) with { ServiceManager = "launchd" };
        var definition = InputFor.Accepted(input).Definition;

        Assert.Equal(("hermes-gateway-work", "ai.hermes.gateway-work"), (definition.Name.Value, definition.Identifier));
        Assert.Equal(
            ["-m", "hermes_cli.main", "--profile", "work", "gateway", "run", "--external-supervisor"], definition.Arguments.AsEnumerable());
        Assert.Equal("/home/me/.hermes/profiles/work", definition.Environment["HERMES_HOME"]);
        Assert.Equal("/home/me/.hermes/profiles/work", definition.WorkingDirectory);
    }

    [Fact]
    public void Values_set_by_the_user_are_kept()
    {
        var input = AgentPreset.Fill(
            Asked with
            {
                Name = "mine",
                IsNameDefault = false,
                Program = "/opt/wrapper",
                Arguments = ["--then", "gateway"],
                WorkingDirectory = "/srv",
                Environment = ["PATH=/only", "TZ=UTC"],
                RestartExitCodes = ["7"],
                ParkExitCodes = ["8", "9"],
                Revision = "v1",
            },
            Facts("/home/me/.hermes"));
        var request = InputFor.Accepted(input);
        var definition = request.Definition;

        Assert.Equal(("mine", "/opt/wrapper", "/srv", "v1"), (definition.Name.Value, definition.Program, definition.WorkingDirectory, definition.Revision));
        Assert.Equal(["--then", "gateway"], definition.Arguments.AsEnumerable());
        Assert.Equal(("/only", "UTC"), (definition.Environment["PATH"], definition.Environment["TZ"]));
        Assert.Equal("/home/me/.hermes", definition.Environment["HERMES_HOME"]);
        Assert.Equal([7], definition.RestartExitCodes.AsEnumerable());
        Assert.Equal([8, 9], definition.ParkExitCodes.AsEnumerable());
        // A probe exists only for the Python interpreter.
        Assert.Null(request.Probe);
    }

    [Fact]
    public void Working_directory_is_the_checkout_when_the_home_does_not_exist() => Assert.Equal(
        "/src/agent", AgentPreset.Fill(Asked, Facts("/home/me/.hermes") with { HomeExists = false }).WorkingDirectory);

    [Fact]
    public void Interpreter_outside_a_virtual_environment_sets_no_VIRTUAL_ENV()
    {
        var input = AgentPreset.Fill(Asked, Facts("/home/me/.hermes") with { Interpreters = ["/usr/bin/python3"], VirtualEnvironment = null });

        Assert.DoesNotContain(input.Environment, entry => entry.StartsWith("VIRTUAL_ENV=", StringComparison.Ordinal));
        Assert.Contains("PATH=/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin", input.Environment);
    }

    [Fact]
    public void PATH_contains_the_folders_of_Homebrew_on_macOS() => Assert.Contains(
        "PATH=/src/agent/venv/bin:/opt/homebrew/bin:/opt/homebrew/sbin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        AgentPreset.Fill(Asked, Facts("/home/me/.hermes") with { IsMacOS = true }).Environment);

    [Fact]
    public void Program_is_not_probed_when_the_service_runs_as_another_account()
    {
        Assert.NotNull(AgentPreset.Fill(Asked, Facts("/home/me/.hermes")).FromPreset.Probe);
        Assert.Null(AgentPreset.Fill(Asked with { User = "agent", Scope = "system" }, Facts("/home/me/.hermes")).FromPreset.Probe);
    }

    [Theory]
    [InlineData("/home/a b/.hermes")]
    [InlineData("/home/ü/ギリシャ")]
    [InlineData("/home/%h/100%")]
    [InlineData("/home/$HOME/${X}")]
    [InlineData("/home/\"quoted\"/it's")]
    [InlineData("/home/R&D <x>")]
    [InlineData("/home/a\\b")]
    [InlineData("/home/#;=")]
    public void Special_characters_in_the_home_are_kept_in_unit_file_and_property_list(string home)
    {
        var definition = InputFor.Accepted(AgentPreset.Fill(Asked, Facts(home))).Definition;
        var onSystemd = Sample.Desired(definition);
        var onLaunchd = LaunchdSample.Desired(definition);
        var unit = SystemdUnit.Understand(SystemdUnit.Render(onSystemd, null), onSystemd.Keys)!;
        var plist = LaunchdPlist.Understand(LaunchdPlist.Render(onLaunchd, null), onLaunchd.Keys)!;

        foreach (var keys in new[] { unit.Keys, plist.Keys })
        {
            Assert.Equal(home, keys["Environment[HERMES_HOME]"]);
            Assert.Equal(home, keys["WorkingDirectory"]);
        }
    }

    [Fact]
    public void Home_with_a_line_break_is_rejected()
    {
        var problem = Assert.Single(InputFor.Problems(AgentPreset.Fill(Asked, Facts("/home/a\nb"))), one => one.Message.Contains("WorkingDirectory", StringComparison.Ordinal));
        Assert.Equal(DiagnosticCatalog.InvalidCharacter, problem.Descriptor);
    }

    [Fact]
    public void Checkout_with_a_colon_is_rejected_because_PATH_cannot_contain_it() => Assert.Equal(
        [DiagnosticCatalog.InvalidCharacter],
        AgentPreset.Fill(Asked, Facts("/h") with { Interpreters = ["/src/a:b/venv/bin/python"] }).FromPreset.Problems.Select(problem => problem.Descriptor));

    [Fact]
    public void Two_virtual_environments_are_an_error_that_names_both()
    {
        var problem = Assert.Single(Obstacles(Facts("/h") with { Interpreters = ["/c/venv/bin/python", "/c/.venv/bin/python"] }));

        Assert.Equal(DiagnosticCatalog.PresetIncomplete, problem.Descriptor);
        foreach (var named in new[] { "/c/venv/bin/python", "/c/.venv/bin/python", "HermesAgentPython" })
            Assert.Contains(named, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_interpreter_and_missing_checkout_are_errors()
    {
        Assert.Equal(DiagnosticCatalog.InterpreterUnusable, Assert.Single(Obstacles(Facts("/h") with { Interpreters = [] })).Descriptor);
        Assert.Equal(
            DiagnosticCatalog.PresetIncomplete,
            Assert.Single(Obstacles(Facts("/h") with { Interpreters = [], CheckoutExists = false })).Descriptor);
    }

    [Fact]
    public void Temporary_folder_is_rejected_unless_AllowTemporary_is_true()
    {
        var facts = Facts("/tmp/h") with { Temporary = [("HermesAgentHome", "/tmp/h")] };

        var problem = Assert.Single(Obstacles(facts));
        Assert.Equal(DiagnosticCatalog.TemporaryFolder, problem.Descriptor);
        Assert.Contains("/tmp/h", problem.Message, StringComparison.Ordinal);
        Assert.Empty(AgentPreset.Fill(Asked with { Agent = Asked.Agent with { AllowTemporary = "True" } }, facts).FromPreset.Obstacles);
        Assert.Equal(
            [DiagnosticCatalog.UnknownValue],
            AgentPreset.Fill(Asked with { Agent = Asked.Agent with { AllowTemporary = "yes" } }, facts).FromPreset.Problems.Select(one => one.Descriptor));
    }

    private static ImmutableArray<Finding> Obstacles(AgentFacts facts) => AgentPreset.Fill(Asked, facts).FromPreset.Obstacles;

    private static AgentFacts Facts(string home, string profile = "") => new()
    {
        Identity = AgentIdentity.Of(home, "/home/me/.hermes", profile, out _)!,
        Checkout = "/src/agent",
        Interpreters = ["/src/agent/venv/bin/python"],
        VirtualEnvironment = "/src/agent/venv",
        Revision = "r1",
    };
}
