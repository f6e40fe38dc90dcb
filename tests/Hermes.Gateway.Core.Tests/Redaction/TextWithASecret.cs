using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Redaction;

public sealed class TextWithASecret : IDisposable
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
    [InlineData("mongodb+srv://hunter2@h/db", "mongodb+srv://(hidden)@h/db")]
    [InlineData("amqp://u:hunter/2?#x@host:5672/v", "amqp://(hidden)@host:5672/v")]
    [InlineData("jdbc:postgresql://u:hunter2@h/db", "jdbc:postgresql://(hidden)@h/db")]
    [InlineData("Authorization: Bearer hunter2", "Authorization: Bearer (hidden)")]
    [InlineData("authorization=token hunter2", "authorization=(hidden)")]
    [InlineData("""{"Authorization": "Basic aHVudGVyMg=="}""", """{"Authorization": (hidden)}""")]
    [InlineData("GH_PAT=hunter2 JWT=hunter2 CERT_PEM=hunter2", "GH_PAT=(hidden) JWT=(hidden) CERT_PEM=(hidden)")]
    [InlineData("PGPASS=hunter2, SMTPPASS: hunter2", "PGPASS=(hidden) SMTPPASS: (hidden)")]
    [InlineData("SLACK_WEBHOOK=https://h/hunter2", "SLACK_WEBHOOK=(hidden)")]
    public void Values_marked_as_secret_by_their_surroundings_are_hidden(string text, string hidden) =>
        Assert.Equal(hidden, SecretText.PatternsOnly.Hide(text));

    [Theory]
    [InlineData("")]
    [InlineData("start of my-gateway failed: exit 203 (cannot execute /opt/my gateway/app)")]
    [InlineData("systemctl --user --no-ask-password status my-gateway.service")]
    [InlineData("http://127.0.0.1:5080/health answered 503")]
    [InlineData("2026-08-01 12:00:00Z info: Microsoft.Hosting.Lifetime[14] Now listening on: http://[::]:80")]
    [InlineData("me@example.org asked for COMPASS: north, KEYBOARD=us, author: me")]
    [InlineData("PATH=/usr/bin, ping: ok, disk=full, bypass: on, SPAT=1, salty: yes")]
    [InlineData("http://host:80/@scope/x and http://[::1]:80/a@b")]
    public void Ordinary_text_is_unchanged(string text) => Assert.Equal(text, SecretText.PatternsOnly.Hide(text));

    [Fact]
    public void Known_secret_values_are_hidden_the_longest_first() => Assert.Equal(
        "(hidden)/(hidden)x", new SecretText(["hunter", "hunter2"]).Hide("hunter2/hunterx"));

    [Theory]
    [InlineData("a")]
    [InlineData("a-")]
    [InlineData("a=")]
    [InlineData("-token ")]
    [InlineData("://")]
    [InlineData("\"")]
    public async Task Is_redacted_in_linear_time(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 16_000));

        var hidden = await Task.Run(() => SecretText.PatternsOnly.Hide(text), TestContext.Current.CancellationToken)
            .WaitAsync(Bounds.Soon, TestContext.Current.CancellationToken);

        Assert.NotEmpty(hidden);
    }

    [Fact]
    public void Is_unchanged_for_a_missing_environment_file()
    {
        var request = new ServiceRequest
        {
            Manager = "systemd",
            Definition = Sample.Definition() with { EnvironmentFile = _scratch.At("none") },
            DeployCommand = "",
        };
        Assert.Equal("all of it", KnownSecrets.Of(request, null).Hide("all of it"));
    }
}
