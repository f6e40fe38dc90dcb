using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Input;

namespace Hermes.Gateway.Core.Tests.Input;

public class InvalidInput
{
    public static TheoryData<string, string, ServiceInput> InvalidValues => new()
    {
        { "HGW0001", "Name", InputFor.Good with { Name = "" } },
        { "HGW0001", "Name", InputFor.Good with { Name = "a/b" } },
        { "HGW0001", "Name", InputFor.Good with { Name = "a\nb" } },
        { "HGW0001", "UnitName", InputFor.Good.With("UnitName", "x") },
        { "HGW0001", "UnitName", InputFor.Good.With("UnitName", ".service") },
        { "HGW0001", "UnitName", InputFor.Good.With("UnitName", "a@.service") },
        { "HGW0001", "UnitName", InputFor.Good.With("UnitName", "../x.service") },
        { "HGW0001", "Label", InputFor.Good.With("Label", "a b") },
        { "HGW0001", "User", InputFor.Good with { User = "a b", Scope = "system" } },
        { "HGW0003", "Scope", InputFor.Good with { Scope = "global" } },
        { "HGW0003", "ServiceManager", InputFor.Good with { ServiceManager = "openrc" } },
        { "HGW0003", "Restart", InputFor.Good with { Restart = "sometimes" } },
        { "HGW0003", "SystemdType", InputFor.Good.With("SystemdType", "forking") },
        { "HGW0003", "Rollback", InputFor.Good with { Rollback = "yes" } },
        { "HGW0003", "TakeOver", InputFor.Good with { TakeOver = "yes" } },
        { "HGW0003", "EnableLinger", InputFor.Good.With("EnableLinger", "yes") },
        { "HGW0003", "Preset", InputFor.Good with { Preset = "hermes" } },
        { "HGW0004", "Program", InputFor.Good with { Program = "bin/gateway" } },
        { "HGW0004", "WorkingDirectory", InputFor.Good with { WorkingDirectory = "." } },
        { "HGW0004", "ReleaseFolder", InputFor.Good with { Releases = "true", PublishedFolder = "app" } },
        { "HGW0004", "EnvironmentFile", InputFor.Good with { EnvironmentFile = "~/env" } },
        { "HGW0004", "SystemctlPath", InputFor.Good.With("SystemctlPath", "systemctl") },
        { "HGW0005", "TimeoutSeconds", InputFor.Good with { TimeoutSeconds = "soon" } },
        { "HGW0005", "TimeoutSeconds", InputFor.Good with { TimeoutSeconds = "0" } },
        { "HGW0005", "TimeoutSeconds", InputFor.Good with { TimeoutSeconds = "-1" } },
        { "HGW0005", "TimeoutSeconds", InputFor.Good with { TimeoutSeconds = "1,5" } },
        { "HGW0005", "TimeoutSeconds", InputFor.Good with { TimeoutSeconds = "1e9" } },
        { "HGW0005", "TimeoutSeconds", InputFor.Good with { TimeoutSeconds = "NaN" } },
        { "HGW0005", "StabilitySeconds", InputFor.Good with { StabilitySeconds = "100000" } },
        { "HGW0005", "RestartExitCodes", InputFor.Good with { RestartExitCodes = ["75", "256"] } },
        { "HGW0005", "RestartExitCodes", InputFor.Good with { RestartExitCodes = ["TEMPFAIL"] } },
        { "HGW0005", "ParkExitCodes", InputFor.Good with { ParkExitCodes = ["-1"] } },
        { "HGW0005", "ParkExitCodes", InputFor.Good with { RestartExitCodes = ["3", "75"], ParkExitCodes = ["75"] } },
        { "HGW0006", "Environment", InputFor.Good with { Environment = ["NAME"] } },
        { "HGW0006", "Environment", InputFor.Good with { Environment = ["=x"] } },
        { "HGW0006", "Environment", InputFor.Good with { Environment = ["A-B=x"] } },
        { "HGW0006", "Environment", InputFor.Good with { Environment = ["1A=x"] } },
        { "HGW0006", "Environment", InputFor.Good with { Environment = ["A=1", "A=2"] } },
        { "HGW0006", "Environment", InputFor.Good with { Environment = ["HERMES_GATEWAY_STAMP=x"] } },
        { "HGW0006", "Environment", InputFor.Good with { Environment = ["HERMES_GATEWAY_SOURCE=x"] } },
        { "HGW0006", "Environment", InputFor.Good with { Environment = ["STATE_DIRECTORY=x"], StateDirectory = "my-data" } },
        { "HGW0015", "StateDirectory", InputFor.Good with { StateDirectory = "hermes-gateway" } },
        { "HGW0015", "StateDirectory", InputFor.Good with { StateDirectory = "hermes-gateway/my-gateway/data" } },
        { "HGW0015", "StateDirectory", InputFor.Good with { StateDirectory = "." } },
        { "HGW0015", "StateDirectory", InputFor.Good with { StateDirectory = "/" } },
        { "HGW0016", "ReleaseFolder", InputFor.Good with { Releases = "true", PublishedFolder = "/etc/init.d", Program = "/bin/sh", Arguments = ["/etc/init.d/app"] } },
        { "HGW0007", "StateDirectory", InputFor.Good with { StateDirectory = "/srv/a\nb" } },
        { "HGW0007", "Environment", InputFor.Good with { Environment = ["A=x\0y"] } },
        { "HGW0007", "Arguments", InputFor.Good with { Arguments = ["x\0y"] } },
        { "HGW0007", "Program", InputFor.Good with { Program = "/opt/a\nb" } },
        { "HGW0007", "Program", InputFor.Good with { Program = "/opt/a\"b" } },
        { "HGW0007", "WorkingDirectory", InputFor.Good with { WorkingDirectory = "/opt/a\nb" } },
        { "HGW0007", "EnvironmentFile", InputFor.Good with { EnvironmentFile = "/etc/a\0b" } },
        { "HGW0007", "Revision", InputFor.Good with { Revision = "a b" } },
        { "HGW0007", "Revision", InputFor.Good with { Revision = new string('L', 200_000) } },
        { "HGW0008", "HealthCheck", InputFor.Good with { HealthCheck = "localhost:80" } },
        { "HGW0008", "HealthCheck", InputFor.Good with { HealthCheck = "ftp://localhost" } },
        { "HGW0010", "Program", InputFor.Good with { Program = "" } },
        { "HGW0010", "Program", InputFor.Good with { Program = "", Releases = "true" } },
        { "HGW0011", "User", InputFor.Good with { User = "daemon" } },
    };

    [Theory]
    [MemberData(nameof(InvalidValues))]
    public void Invalid_value_is_one_error_that_names_the_property(string code, string property, ServiceInput input)
    {
        var problem = Assert.Single(InputFor.Problems(input));

        Assert.Equal((code, Severity.Error), (problem.Code, problem.Severity));
        Assert.Contains($"HermesGateway{property}", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"HermesGateway{property}", problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain(problem.Message, char.IsControl);
    }

    [Fact]
    public void Every_input_error_code_has_a_test_case()
    {
        // HGW0002 has tests below, and HGW0009 needs a machine (DefinitionThatCannotWork). The MSBuild targets report HGW0012
        // to HGW0014, the preset HGW0020 and HGW0021 (HermesAgentPresetDefaults).
        var covered = InvalidValues.Select(row => row.Data.Item1).Append("HGW0002").Append("HGW0009").Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(Enumerable.Range(1, 11).Append(15).Append(16).Select(number => $"HGW{number:0000}"), covered);
    }

    [Fact]
    public void All_errors_of_all_services_are_reported_in_one_run()
    {
        var problems = InputFor.Problems(
            (InputFor.Good with { Name = "a b", Scope = "x", Restart = "x", TimeoutSeconds = "x", TakeOver = "x" }).With("SystemdType", "x"),
            InputFor.Good with { Name = "b", Program = "", Environment = ["A", "B-C=1"], HealthCheck = "x", User = "u" });

        Assert.Equal(
            ["HGW0001", "HGW0003", "HGW0003", "HGW0003", "HGW0005", "HGW0003", "HGW0010", "HGW0006", "HGW0006", "HGW0011", "HGW0008"],
            problems.Select(problem => problem.Code).ToList(), Unordered);
        Assert.Equal(6, problems.Count(problem => problem.Message.Contains("'a b'", StringComparison.Ordinal)));
        Assert.Equal(5, problems.Count(problem => problem.Message.Contains("'b'", StringComparison.Ordinal)));
    }

    [Fact]
    public void Two_services_with_the_same_unit_or_label_are_duplicates()
    {
        var same = InputFor.Problems(InputFor.Good, InputFor.Good);
        Assert.NotEmpty(same);
        Assert.All(same, problem => Assert.Equal("HGW0002", problem.Code));

        var unit = Assert.Single(InputFor.Problems(InputFor.Good, (InputFor.Good with { Name = "other" }).With("UnitName", "my-gateway.service")));
        Assert.Contains("my-gateway.service", unit.Message, StringComparison.Ordinal);
        Assert.Contains("HermesGatewayUnitName", unit.Advice, StringComparison.Ordinal);

        var label = Assert.Single(InputFor.Problems(InputFor.Good, (InputFor.Good with { Name = "other" }).With("Label", "my-gateway")));
        Assert.Contains("HermesGatewayLabel", label.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Same_name_in_two_scopes_is_no_duplicate() =>
        Assert.Empty(InputFor.Problems(InputFor.Good, InputFor.Good with { Scope = "system" }));

    [Fact]
    public void Error_message_contains_no_value_of_an_environment_variable() => Assert.All(
        InputFor.Problems(InputFor.Good with
        {
            Environment = ["A-B=hunter2", "TOKEN=hunter2", "TOKEN=hunter2", "C=hunter2\0", "HERMES_GATEWAY_STAMP=hunter2"],
        }),
        problem => Assert.DoesNotContain("hunter2", problem.ToString(), StringComparison.Ordinal));

    [Fact]
    public void Error_message_contains_no_secret_of_an_invalid_value() => Assert.All(
        InputFor.Problems(InputFor.Good with
        {
            Name = "http://me:hunter2@host/",
            Arguments = ["--token", "hunter2\0", "--token=hunter2\0", "http://me:hunter2@host/\0", "Authorization: Bearer hunter2\0"],
            WorkingDirectory = "http://me:hunter2@host/",
            HealthCheck = "htp://host/?code=hunter2",
            Scope = "token=hunter2",
            Revision = "a+http://me:hunter2@host/" + new string('L', 200_000),
        }),
        problem =>
        {
            Assert.DoesNotContain("hunter2", problem.ToString(), StringComparison.Ordinal);
            Assert.InRange(problem.Message.Length, 1, 4000);
        });

    [Fact]
    public void Command_for_a_CI_agent_in_an_invalid_value_is_neutralized() => Assert.All(
        InputFor.Problems(InputFor.Good with { Scope = "##vso[x]\u202e", Restart = "a: error CS1: b" }),
        problem => Assert.DoesNotMatch("##vso|\u202e|: error CS1:", problem.Message));

    [Fact]
    public void Manager_that_the_machine_cannot_have_is_reported()
    {
        var (_, problems) = RequestReader.Read([InputFor.Good with { ServiceManager = "systemd" }], InputFor.Linux with { IsMacOS = true });
        Assert.Equal([DiagnosticCatalog.ManagerUnsupported], problems.Select(problem => problem.Descriptor));
    }

    [Theory]
    [InlineData("a\u0001b")]
    [InlineData("\u001b[31m")]
    public void Character_that_only_launchd_cannot_represent_is_an_error_only_there(string argument)
    {
        var input = InputFor.Good with { Arguments = [argument] };
        Assert.Empty(InputFor.Problems(input));
        var problem = Assert.Single(InputFor.Problems(input with { ServiceManager = "launchd" }));
        Assert.Equal(DiagnosticCatalog.InvalidCharacter, problem.Descriptor);
    }

    private static readonly IEqualityComparer<IEnumerable<string>> Unordered = EqualityComparer<IEnumerable<string>>.Create(
        (one, other) => one!.Order(StringComparer.Ordinal).SequenceEqual(other!.Order(StringComparer.Ordinal)), _ => 0);
}
