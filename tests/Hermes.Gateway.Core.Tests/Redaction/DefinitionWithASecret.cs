using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Tests.Fakes;

namespace Hermes.Gateway.Core.Tests.Redaction;

public class DefinitionWithASecret
{
    [Theory]
    [InlineData("DB_URL", "postgres://u:hunter2@h/db")]
    [InlineData("MONGO", "mongodb+srv://hunter2@h")]
    [InlineData("HEADER", "Authorization: Bearer hunter2")]
    [InlineData("PGPASS", "hunter2")]
    [InlineData("GH_PAT", "hunter2")]
    public void Is_reported_with_the_name_of_the_variable_and_without_its_value(string name, string value)
    {
        var finding = SecretInDefinition.Find(Sample.Desired(Sample.Definition() with { Environment = Sample.Variables((name, value)) }));

        Assert.Equal("HGW0022", finding?.Code);
        Assert.StartsWith($"{name} in HermesGatewayEnvironment looks like a secret", finding?.Message, StringComparison.Ordinal);
        Assert.Contains($"move {name} to a file", finding?.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", finding?.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://u:hunter2@h/")]
    [InlineData("Authorization: Bearer hunter2")]
    public void Is_reported_with_the_position_of_the_argument(string argument)
    {
        var finding = SecretInDefinition.Find(Sample.Desired(Sample.Definition() with { Arguments = ["run", "--header", argument] }));

        Assert.StartsWith("argument 3 of HermesGatewayArguments looks like a secret", finding?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", finding?.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MODE", "fast")]
    [InlineData("REPOSITORY", "ssh://git@host/x")]
    [InlineData("URL", "http://127.0.0.1:5080/?page=2")]
    [InlineData("TOKEN_FILE", "/etc/passwd")]
    [InlineData("COMPASS", "north-east")]
    public void Is_not_reported_for_other_variables(string name, string value) =>
        Assert.Null(SecretInDefinition.Find(Sample.Desired(Sample.Definition() with { Environment = Sample.Variables((name, value)) })));
}
