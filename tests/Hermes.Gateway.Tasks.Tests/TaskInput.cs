using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Tasks.Tests.Infra;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hermes.Gateway.Tasks.Tests;

public sealed class TaskInput : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [MemberData(nameof(Verbs.Names), MemberType = typeof(Verbs))]
    public void Invalid_settings_are_all_reported_with_code_and_link_before_any_command(string verb)
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
    public void Help_links_default_to_the_page_in_the_package()
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
    public void Lists_are_split_at_semicolons_that_are_not_escaped()
    {
        var input = Read(_sandbox.Service("n",
            ("Arguments", "run; two words ;;a%3Bb;%20x"), ("Environment", "A=1;B=x%3By;C=")));

        Assert.Equal(["run", "two words", "a;b", " x"], input.Arguments.AsEnumerable());
        Assert.Equal(["A=1", "B=x;y", "C="], input.Environment.AsEnumerable());
    }

    [Fact]
    public void Item_metadata_override_single_defaults()
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
    public void Every_setting_is_read_from_defaults_and_item(string name)
    {
        var defaults = Item("defaults", (name, "from%25defaults"));

        Assert.Equal("from%defaults", Value(Read(Item("n"), defaults)));
        Assert.Equal("own", Value(Read(Item("n", (name, "own")), defaults)));

        object? Value(ServiceInput input) =>
            input.ManagerProperties.GetValueOrDefault(name) ?? typeof(ServiceInput).GetProperty(name)?.GetValue(input);
    }

    [Theory]
    [InlineData("HermesAgentHome", nameof(AgentInput.Home))]
    [InlineData("HermesAgentProfile", nameof(AgentInput.Profile))]
    [InlineData("HermesAgentCheckout", nameof(AgentInput.Checkout))]
    [InlineData("HermesAgentPython", nameof(AgentInput.Python))]
    [InlineData("AllowTemporary", nameof(AgentInput.AllowTemporary))]
    public void Every_preset_setting_is_read_from_defaults_and_item(string name, string property)
    {
        var defaults = Item("defaults", (name, "default"));
        var read = typeof(AgentInput).GetProperty(property)!;

        Assert.Equal("default", read.GetValue(Read(Item("n"), defaults).Agent));
        Assert.Equal("own", read.GetValue(Read(Item("n", (name, "own")), defaults).Agent));
    }

    [Fact]
    public void Preset_supplies_program_and_service_name()
    {
        var defaults = Item("defaults", ("OwnProgram", _sandbox.Program), ("Preset", "hermes-agent"), ("ParkExitCodes", "78;79"));

        var input = Read(Item("hermes-gateway", ("IsNameDefault", "true")), defaults);

        Assert.Equal(("", "", true), (input.Program, input.Revision, input.IsNameDefault));
        Assert.Equal(["78", "79"], input.ParkExitCodes.AsEnumerable());
        Assert.False(Read(Item("hermes-gateway"), defaults).IsNameDefault);
    }

    [Fact]
    public void Program_defaults_to_the_output_of_the_project()
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
    public void Program_without_apphost_gets_its_assembly_as_first_argument()
    {
        var defaults = Item("defaults", ("OwnProgram", "/usr/bin/dotnet"), ("OwnAssembly", _sandbox.Program));
        Assert.Equal([_sandbox.Program, "run"], Read(Item("n", ("Arguments", "run")), defaults).Arguments.AsEnumerable());
    }

    [Fact]
    public void Revision_defaults_to_the_fingerprint_of_the_program()
    {
        var before = Read(_sandbox.Service("n")).Revision;
        File.AppendAllText(_sandbox.Program, "# changed");

        Assert.NotEqual(before, Read(_sandbox.Service("n")).Revision);
        Assert.Equal("v1", Read(_sandbox.Service("n", ("Revision", "v1"))).Revision);
    }

    private ServiceInput Read(ITaskItem service, ITaskItem? defaults = null) =>
        ServiceItems.Read(service, defaults, PublishedOutput.Of(null), readsBuild: true, _sandbox.At("My Project.csproj"), ProgramFingerprint.Of);

    private static TaskItem Item(string name, params (string Name, string Value)[] metadata)
    {
        var item = new TaskItem(name);
        foreach (var (key, value) in metadata) item.SetMetadata(key, value);
        return item;
    }
}
