using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Tasks.Tests.Infra;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hermes.Gateway.Tasks.Tests;

public sealed class InputTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [MemberData(nameof(Verbs.Names), MemberType = typeof(Verbs))]
    public void All_problems_of_the_input_are_told_with_code_and_link_and_nothing_is_done(string verb)
    {
        using var task = _sandbox.Task(
            verb, null,
            _sandbox.Service("a b", ("Scope", "x"), ("Program", "relative")),
            _sandbox.Service("good"),
            _sandbox.Service("bad", ("Environment", "1=2;NOVALUE")));

        Assert.False(task.Execute());

        var errors = _sandbox.Engine.Errors;
        Assert.Equal(["HGW0001", "HGW0003", "HGW0004", "HGW0006", "HGW0006"], errors.Select(error => error.Code).Order(StringComparer.Ordinal));
        Assert.All(errors, error => Assert.Equal($"{Sandbox.Help}#{error.Code.ToLowerInvariant()}", error.HelpLink));
        Assert.Empty(_sandbox.Commands);
        Assert.False(Directory.Exists(_sandbox.ConfigHome));
    }

    [Fact]
    public void Without_a_page_of_their_own_links_lead_to_the_packages()
    {
        using var task = _sandbox.Task("Start", null, _sandbox.Service("a b"));
        task.HelpLinkBase = null;

        Assert.False(task.Execute());

        var link = new Uri(Assert.Single(_sandbox.Engine.Errors).HelpLink!);
        Assert.True(link.IsFile);
        Assert.EndsWith("/docs/diagnostics.md", link.AbsolutePath, StringComparison.Ordinal);
        Assert.Equal("#hgw0001", link.Fragment);
    }

    [Fact]
    public void Lists_are_split_at_semicolons_and_an_escaped_one_is_a_character()
    {
        var input = Read(_sandbox.Service("n",
            ("Arguments", "run; two words ;;a%3Bb;%20x"), ("Environment", "A=1;B=x%3By;C=")));

        Assert.Equal(["run", "two words", "a;b", " x"], input.Arguments.AsEnumerable());
        Assert.Equal(["A=1", "B=x;y", "C="], input.Environment.AsEnumerable());
    }

    [Fact]
    public void Metadata_override_the_defaults_one_by_one()
    {
        var defaults = Item("defaults", ("Scope", "system"), ("Restart", "always"), ("Arguments", "d1;d%3B2"), ("Environment", "D=1"));
        var input = Read(_sandbox.Service("n", ("Restart", "no"), ("Environment", "E=1")), defaults);

        Assert.Equal(("system", "no"), (input.Scope, input.Restart));
        Assert.Equal(["d1", "d;2"], input.Arguments.AsEnumerable());
        Assert.Equal(["E=1"], input.Environment.AsEnumerable());
    }

    [Theory]
    [InlineData("Label")]
    [InlineData("UnitName")]
    [InlineData("WorkingDirectory")]
    [InlineData("EnvironmentFile")]
    [InlineData("User")]
    [InlineData("Scope")]
    [InlineData("ServiceManager")]
    [InlineData("Restart")]
    [InlineData("SystemdType")]
    [InlineData("HealthCheck")]
    [InlineData("TimeoutSeconds")]
    [InlineData("StabilitySeconds")]
    [InlineData("Revision")]
    [InlineData("SystemctlPath")]
    [InlineData("TakeOver")]
    [InlineData("EnableLinger")]
    [InlineData("Rollback")]
    [InlineData("Preset")]
    [InlineData("Program")]
    public void Every_setting_can_be_a_default_and_be_overridden(string name)
    {
        var defaults = Item("defaults", (name, "from%25defaults"));
        var property = typeof(ServiceInput).GetProperty(name)!;

        Assert.Equal("from%defaults", property.GetValue(Read(Item("n"), defaults)));
        Assert.Equal("own", property.GetValue(Read(Item("n", (name, "own")), defaults)));
    }

    [Theory]
    [InlineData("HermesAgentHome", nameof(AgentInput.Home))]
    [InlineData("HermesAgentProfile", nameof(AgentInput.Profile))]
    [InlineData("HermesAgentCheckout", nameof(AgentInput.Checkout))]
    [InlineData("HermesAgentPython", nameof(AgentInput.Python))]
    [InlineData("AllowTemporary", nameof(AgentInput.AllowTemporary))]
    public void So_can_every_setting_of_the_preset(string name, string property)
    {
        var defaults = Item("defaults", (name, "default"));
        var read = typeof(AgentInput).GetProperty(property)!;

        Assert.Equal("default", read.GetValue(Read(Item("n"), defaults).Agent));
        Assert.Equal("own", read.GetValue(Read(Item("n", (name, "own")), defaults).Agent));
    }

    [Fact]
    public void A_preset_has_a_program_of_its_own_and_may_name_the_service()
    {
        var defaults = Item("defaults", ("OwnProgram", _sandbox.Program), ("Preset", "hermes-agent"), ("ParkExitCodes", "78;79"));

        var input = Read(Item("hermes-gateway", ("IsNameDefault", "true")), defaults);

        Assert.Equal(("", "", true), (input.Program, input.Revision, input.IsNameDefault));
        Assert.Equal(["78", "79"], input.ParkExitCodes.AsEnumerable());
        Assert.False(Read(Item("hermes-gateway"), defaults).IsNameDefault);
    }

    [Fact]
    public void The_projects_own_program_is_used_when_no_other_is_said()
    {
        var defaults = Item("defaults", ("OwnProgram", _sandbox.Program), ("DotnetRoot", "/usr/lib/dotnet"));

        var own = Read(Item("n"), defaults);
        Assert.Equal(_sandbox.Program, own.Program);
        Assert.Equal(["DOTNET_ROOT=/usr/lib/dotnet"], own.Environment.AsEnumerable());
        Assert.Matches("^[0-9a-f]{16}$", own.Revision);

        var given = Read(Item("n", ("Program", "/usr/bin/other")), defaults);
        Assert.Equal("/usr/bin/other", given.Program);
        Assert.Empty(given.Environment);
    }

    [Fact]
    public void A_program_that_dotnet_itself_runs_has_its_assembly_as_first_argument()
    {
        var defaults = Item("defaults", ("OwnProgram", "/usr/bin/dotnet"), ("OwnAssembly", _sandbox.Program));
        Assert.Equal([_sandbox.Program, "run"], Read(Item("n", ("Arguments", "run")), defaults).Arguments.AsEnumerable());
    }

    [Fact]
    public void A_rebuild_changes_the_revision_unless_it_is_given()
    {
        var before = Read(_sandbox.Service("n")).Revision;
        File.AppendAllText(_sandbox.Program, "# changed");

        Assert.NotEqual(before, Read(_sandbox.Service("n")).Revision);
        Assert.Equal("v1", Read(_sandbox.Service("n", ("Revision", "v1"))).Revision);
    }

    private ServiceInput Read(ITaskItem service, ITaskItem? defaults = null) =>
        ServiceItems.Read(service, defaults, _sandbox.At("My Project.csproj"), ProgramFingerprint.Of);

    private static TaskItem Item(string name, params (string Name, string Value)[] metadata)
    {
        var item = new TaskItem(name);
        foreach (var (key, value) in metadata) item.SetMetadata(key, value);
        return item;
    }
}
