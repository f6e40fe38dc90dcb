using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.ServiceManagers.Systemd;

namespace Hermes.Gateway.Core.Tests.Input;

public class InputOfAService
{
    [Theory]
    [InlineData("", false, "systemd", "/s/systemctl")]
    [InlineData("auto", false, "systemd", "/s/systemctl")]
    [InlineData("launchd", false, "launchd", "/l/launchctl")]
    [InlineData("", true, "launchd", "/l/launchctl")]
    [InlineData("auto", true, "launchd", "/l/launchctl")]
    [InlineData("LAUNCHD", true, "launchd", "/l/launchctl")]
    public void Manager_is_the_default_of_the_machine_unless_another_is_named(string text, bool isMacOS, string expected, string command)
    {
        var input = (InputFor.Good with { ServiceManager = text })
            .With("SystemctlPath", "/s/systemctl").With("LaunchctlPath", "/l/launchctl");
        var request = Assert.Single(RequestReader.Read([input], InputFor.Linux with { IsMacOS = isMacOS }).Requests);

        Assert.Equal((expected, command), (request.Manager, request.ManagerCommandPath));
    }

    [Fact]
    public void Unset_properties_have_their_documented_defaults()
    {
        var request = InputFor.Accepted(InputFor.Good);
        var definition = request.Definition;

        Assert.Equal(("my-gateway", "my-gateway.service"), (definition.Name.Value, definition.Identifier));
        Assert.Equal("my-gateway", InputFor.Accepted(InputFor.Good with { ServiceManager = "launchd" }).Definition.Identifier);
        Assert.Equal("/opt/my", definition.WorkingDirectory);
        Assert.Equal(
            (ServiceScope.User, RestartPolicy.OnFailure, SystemdServiceType.Exec),
            (definition.Scope, definition.Restart, definition.SystemdType));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(2)), (request.Timeout, request.Stability));
        Assert.Equal((null, null, null), (request.Health, definition.User, definition.EnvironmentFile));
        Assert.Null(request.ManagerCommandPath);
        Assert.False(request.TakeOver);
        Assert.False(request.RunWithoutLogin);
        Assert.True(request.Rollback);
        Assert.Empty(definition.Arguments);
        Assert.Empty(definition.Environment);
    }

    [Fact]
    public void Every_set_property_reaches_the_request()
    {
        var input = (InputFor.Good with
        {
            Name = "n",
            Arguments = ["a b", "", "--x=$y"],
            WorkingDirectory = "/var/lib/n",
            Environment = ["A=1", "B=", "C=x=y"],
            EnvironmentFile = "/etc/n.env",
            User = "daemon",
            Scope = "System",
            ServiceManager = "systemd",
            Restart = "ALWAYS",
            RestartExitCodes = ["75", "3", "75"],
            ParkExitCodes = ["78"],
            HealthCheck = "tcp://localhost:81",
            TimeoutSeconds = "1.5",
            StabilitySeconds = "0",
            TakeOver = "True",
            Rollback = "False",
        }).With("Label", "org.example.n").With("UnitName", "other.service").With("SystemdType", "notify")
            .With("SystemctlPath", "/usr/bin/systemctl").With("EnableLinger", "true");
        var request = InputFor.Accepted(input);
        var definition = request.Definition;

        Assert.Equal("other.service", definition.Identifier);
        Assert.Equal("org.example.n", InputFor.Accepted(input with { ServiceManager = "launchd" }).Definition.Identifier);
        Assert.Equal(["a b", "", "--x=$y"], definition.Arguments.AsEnumerable());
        Assert.Equal([("A", "1"), ("B", ""), ("C", "x=y")], definition.Environment.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(("/var/lib/n", "/etc/n.env", "daemon"), (definition.WorkingDirectory, definition.EnvironmentFile, definition.User));
        Assert.Equal(
            (ServiceScope.System, RestartPolicy.Always, SystemdServiceType.Notify),
            (definition.Scope, definition.Restart, definition.SystemdType));
        Assert.Equal([3, 75], definition.RestartExitCodes.AsEnumerable());
        Assert.Equal([78], definition.ParkExitCodes.AsEnumerable());
        Assert.Equal(new HealthCheck.Tcp("localhost", 81), request.Health);
        Assert.Equal((TimeSpan.FromSeconds(1.5), TimeSpan.Zero), (request.Timeout, request.Stability));
        Assert.Equal(("/usr/bin/systemctl", true, true), (request.ManagerCommandPath, request.TakeOver, request.RunWithoutLogin));
        Assert.Equal(("/usr/bin/systemctl", true, false), (request.ManagerCommandPath, request.TakeOver, request.Rollback));
    }

    [Theory]
    [InlineData("/opt/my//app/", "/opt/my/app")]
    [InlineData("/opt/./my", "/opt/my")]
    [InlineData("/opt/x/../my", "/opt/my")]
    [InlineData("/", "/")]
    [InlineData("/a b/ü%$&<\"'", "/a b/ü%$&<\"'")]
    public void Working_directory_is_normalized(string given, string expected) =>
        Assert.Equal(expected, InputFor.Accepted(InputFor.Good with { WorkingDirectory = given }).Definition.WorkingDirectory);

    [Fact]
    public void Deploy_command_is_quoted_for_a_shell() => Assert.Equal(
        "dotnet msbuild '/src/my project/Gateway.csproj' -t:DeployGateway", InputFor.Accepted(InputFor.Good).DeployCommand);

    [Fact]
    public void Requests_are_in_the_order_of_the_inputs()
    {
        var names = new[] { "c", "a", "b" };
        var (requests, problems) = RequestReader.Read(names.Select(name => InputFor.Good with { Name = name }), InputFor.Linux);

        Assert.Empty(problems);
        Assert.Equal(names, requests.Select(request => request.Definition.Name.Value));
    }

    [Fact]
    public void Empty_input_gives_no_requests()
    {
        var (requests, problems) = RequestReader.Read([], InputFor.Linux);
        Assert.Empty(requests);
        Assert.Empty(problems);
    }
}
