using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Redaction;

public sealed class SecretsOfAService : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Include_its_secret_variables_and_the_values_of_its_environment_file()
    {
        File.WriteAllText(_scratch.At("env"), $"""
            # COMMENT_TOKEN=in-a-comment
            SHORT=abc
            export TOKEN='in-single'
            HOME_OF_IT={_scratch.At(".")}
            PLAIN=a-plain-value
            broken
            """);
        var secrets = SecretsOf(("MODE", "fast-and-long"), ("TINY_KEY", "abc"), ("A_PRIVATE_KEY", "-----BEGIN\nMIIEvQIBADAN\n-----END"));

        AssertHidden(secrets, "in-single", "a-plain-value", "MIIEvQIBADAN");
        AssertShown(secrets, "abc", "fast-and-long", "in-a-comment", _scratch.At("."));
    }

    [Fact]
    public void Short_values_of_the_environment_file_are_hidden_only_as_whole_words()
    {
        File.WriteAllText(_scratch.At("env"), "SHORT=SECRETF\nFOUR=hu4t\nLEVEL=info\nPORT=8080\nPIN=4711\n");
        var secrets = SecretsOf();

        AssertHidden(secrets, "SECRETF", "hu4t", "4711");
        Assert.Equal("shu4ter '(hidden)'", secrets.Hide("shu4ter 'hu4t'"));
        AssertShown(secrets, "info", "8080");
    }

    [Theory]
    [InlineData("A=hunter\\\n-two\n", "hunter-two")]
    [InlineData("A=\"hunter\\\n-two\"\n", "hunter-two")]
    [InlineData("A=\"first-line\nsecond-line\"\n", "first-line\nsecond-line")]
    [InlineData("A=\"first-line\nsecond-line\"\n", "second-line")]
    [InlineData("A=first-line\\\nsecond-line\n", "second-line")]
    [InlineData("A='hunter\\two'\n", "hunter\\two")]
    [InlineData("A=\"hunter\\\"two\"\n", "hunter\"two")]
    [InlineData("A=\"hunter\\two\"\n", "hunter\\two")]
    [InlineData("A=hunter\\two\n", "huntertwo")]
    [InlineData("A=hunter\\two\n", "hunter\\two")]
    [InlineData("A='one-part''two-part'\n", "one-parttwo-part")]
    [InlineData("A=hun\"ter\"2\n", "hun\"ter\"2")]
    [InlineData("A=\"half\nB=hunter-two\n", "hunter-two")]
    [InlineData("A=  hunter two  \r\n", "hunter two")]
    [InlineData("#x \\\nA=hunter2\nB=hunter-three", "hunter-three")]
    public void Are_parsed_from_the_environment_file_by_the_rules_of_systemd(string file, string value)
    {
        File.WriteAllText(_scratch.At("env"), file);

        Assert.Equal("x (hidden) y", SecretsOf().Hide($"x {value} y"));
    }

    [Fact]
    public void Include_credentials_within_values_arguments_and_addresses()
    {
        var request = Request(("DB", "postgres://postgres:hunt%40er2@h/db"), ("MONGO", "mongodb+srv://abcdefghijklmnopqrst@h")) with
        {
            Health = HealthCheck.TryParse("http://u:health-pw@h/x?sig=sig%2Bvalue&verbose=true"),
        };
        request = request with
        {
            Definition = request.Definition with { Arguments = ["--header", "Authorization: Bearer bearer-value==", "-H", "X-Api-Key: head er"] },
        };
        var secrets = KnownSecrets.Of(request, null);

        AssertHidden(
            secrets, "hunt%40er2", "hunt@er2", "abcdefghijklmnopqrst", "health-pw", "sig%2Bvalue", "sig+value", "bearer-value==", "head er");
        AssertShown(secrets, "postgres", "true");
    }

    private SecretText SecretsOf(params (string Name, string Value)[] variables) => KnownSecrets.Of(Request(variables), null);

    private ServiceRequest Request(params (string Name, string Value)[] variables) => new()
    {
        Definition = Sample.Definition() with { Environment = Sample.Variables(variables), EnvironmentFile = _scratch.At("env") },
        Manager = "systemd", DeployCommand = "",
    };

    private static void AssertHidden(SecretText secrets, params string[] values) =>
        Assert.All(values, value => Assert.Equal("x (hidden) y", secrets.Hide($"x {value} y")));

    private static void AssertShown(SecretText secrets, params string[] values) =>
        Assert.All(values, value => Assert.Equal($"x {value} y", secrets.Hide($"x {value} y")));
}
