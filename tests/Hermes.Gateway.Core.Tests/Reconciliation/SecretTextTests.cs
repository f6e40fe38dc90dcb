using Hermes.Gateway.Core.Reconciliation;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Reconciliation;

public sealed class SecretTextTests : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("run --token hunter2 --port 80", "run --token (hidden) --port 80")]
    [InlineData("run --password=hunter2", "run --password=(hidden)")]
    [InlineData("run --api-key 'hunter2 and more' x", "run --api-key (hidden) x")]
    [InlineData("run -db.password hunter2", "run -db.password (hidden)")]
    [InlineData("run --password", "run --password")]
    [InlineData("run --auth --verbose", "run --auth --verbose")]
    [InlineData("API_TOKEN=hunter2 MODE=fast", "API_TOKEN=(hidden) MODE=fast")]
    [InlineData("password: hunter2", "password: (hidden)")]
    [InlineData("""{"apiKey":"hunter \"2\"","mode":"fast"}""", """{"apiKey":(hidden),"mode":"fast"}""")]
    [InlineData("Server=db;User=me;Password=hunter2;Port=1", "Server=db;User=me;Password=(hidden);Port=1")]
    [InlineData("GET http://h/x?access_token=hunter2&page=2", "GET http://h/x?access_token=(hidden)&page=2")]
    [InlineData("http://me:hunter2@host:80/x", "http://(hidden)@host:80/x")]
    [InlineData("postgres://me:hunt@er2@host/db", "postgres://(hidden)@host/db")]
    [InlineData("sent Bearer hunter2.x-y=", "sent Bearer (hidden)")]
    public void What_looks_like_a_secret_by_its_surroundings_is_hidden(string text, string hidden) =>
        Assert.Equal(hidden, SecretText.Unknowing.Hide(text));

    [Theory]
    [InlineData("")]
    [InlineData("start of my-gateway failed: exit 203 (cannot execute /opt/my gateway/app)")]
    [InlineData("systemctl --user --no-ask-password status my-gateway.service")]
    [InlineData("http://127.0.0.1:5080/health answered 503")]
    [InlineData("2026-08-01 12:00:00Z info: Microsoft.Hosting.Lifetime[14] Now listening on: http://[::]:80")]
    [InlineData("me@example.org asked for COMPASS: north, KEYBOARD=us, author: me")]
    public void Other_text_stays_as_it_is(string text) => Assert.Equal(text, SecretText.Unknowing.Hide(text));

    [Fact]
    public void A_known_value_is_hidden_wherever_it_occurs_and_the_longest_first() => Assert.Equal(
        "(hidden)/(hidden)x", new SecretText(["hunter", "hunter2"]).Hide("hunter2/hunterx"));

    [Theory]
    [InlineData("a")]
    [InlineData("a-")]
    [InlineData("a=")]
    [InlineData("-token ")]
    [InlineData("://")]
    [InlineData("\"")]
    public async Task A_long_line_takes_no_longer_than_its_length(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 16_000));

        var hidden = await Task.Run(() => SecretText.Unknowing.Hide(text)).WaitAsync(Bounds.Soon);

        Assert.NotEmpty(hidden);
    }

    [Fact]
    public void The_secrets_of_a_service_are_those_its_definition_tells_of()
    {
        File.WriteAllText(_scratch.At("env"), $"""
            # COMMENT_TOKEN=in-a-comment
            SHORT=abc
            export TOKEN='in-single'
            HOME_OF_IT={_scratch.At(".")}
            PLAIN=a-plain-value
            broken
            """);
        var request = new ServiceRequest
        {
            Definition = Sample.Definition() with
            {
                Environment = Sample.Variables(("MODE", "fast-and-long"), ("TINY_KEY", "abc"), ("PEM_PRIVATE_KEY", "-----BEGIN\nMIIEvQIBADAN\n-----END")),
                EnvironmentFile = _scratch.At("env"),
            },
            DeployCommand = "",
        };
        var secrets = KnownSecrets.Of(request, null);

        foreach (var secret in new[] { "in-single", "a-plain-value", "MIIEvQIBADAN" })
            Assert.Equal("x (hidden) y", secrets.Hide($"x {secret} y"));
        foreach (var text in new[] { "abc", "fast-and-long", "in-a-comment", _scratch.At(".") })
            Assert.Equal(text, secrets.Hide(text));
    }

    [Fact]
    public void A_file_that_is_not_there_tells_nothing()
    {
        var request = new ServiceRequest
        {
            Definition = Sample.Definition() with { EnvironmentFile = _scratch.At("none") },
            DeployCommand = "",
        };
        Assert.Equal("all of it", KnownSecrets.Of(request, null).Hide("all of it"));
    }
}
