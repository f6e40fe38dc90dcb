using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Tests.Redaction;

public class SecretNamesTests
{
    [Theory]
    [InlineData("API_TOKEN")]
    [InlineData("token")]
    [InlineData("DB_PASSWORD")]
    [InlineData("MY_SECRET_VALUE")]
    [InlineData("OPENAI_API_KEY")]
    [InlineData("APIKEY")]
    [InlineData("AWS_ACCESS_KEY_ID")]
    [InlineData("PRIVATE_KEY")]
    [InlineData("ConnectionStrings__Main_CONNECTION_STRING")]
    [InlineData("ConnectionString")]
    [InlineData("SSH_PASSPHRASE")]
    [InlineData("GITHUB_CREDENTIALS")]
    [InlineData("DB_PASS")]
    [InlineData("PASS")]
    [InlineData("PWD_OF_ROOT")]
    [InlineData("KEY")]
    [InlineData("SIGNING_KEY")]
    [InlineData("SENTRY_DSN")]
    [InlineData("AUTH")]
    [InlineData("HTTP_AUTH_HEADER")]
    [InlineData("GH_PAT")]
    [InlineData("JWT")]
    [InlineData("CERT_PEM")]
    [InlineData("PGPASS")]
    [InlineData("SMTPPASS")]
    [InlineData("STRIPE_SK")]
    [InlineData("CARD_PIN")]
    [InlineData("SESSION_SALT")]
    [InlineData("SLACK_WEBHOOK")]
    [InlineData("WEBHOOK_URL")]
    public void Values_of_variables_with_a_secrets_name_are_hidden(string name)
    {
        var hidden = Hide(new Drift(Layer.Running, $"Environment[{name}]", "hunter2", "hunter1"));

        Assert.DoesNotContain("hunter", hidden.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", DriftRedaction.Show(hidden), StringComparison.Ordinal);
        Assert.Equal($"Environment[{name}]", hidden.Key);
    }

    [Theory]
    [InlineData("-i API_KEY=hunter2 /opt/app run", "-i API_KEY=(hidden) /opt/app run")]
    [InlineData("'MY_TOKEN=hunter2 and more' run", "'MY_TOKEN=(hidden)' run")]
    [InlineData("'TOKEN=hunter2 it'\\''s hunter2' run", "'TOKEN=(hidden)' run")]
    [InlineData("--api-key=hunter2 --mode=fast", "--api-key=(hidden) --mode=fast")]
    [InlineData("-e 'exec TOKEN=hunter2 python'", "-e 'exec TOKEN=(hidden) python'")]
    [InlineData("--token hunter2 run", "--token (hidden) run")]
    [InlineData("-api-key 'hunter2 it'\\''s hunter2' run", "-api-key (hidden) run")]
    [InlineData("--no-token run", "--no-token run")]
    [InlineData("--token --mode=fast", "--token --mode=fast")]
    [InlineData("http://user:hunter2@host/ --depth 1", "http://(hidden)@host/ --depth 1")]
    [InlineData("--header 'Authorization: Bearer hunter2' run", "--header 'Authorization: (hidden)' run")]
    [InlineData("--header 'X-Api-Key: hunter2 and more' run", "--header 'X-Api-Key: (hidden)' run")]
    [InlineData("--header Bearer hunter2", "--header Bearer (hidden)")]
    [InlineData("run --mode=fast 'two words'", "run --mode=fast 'two words'")]
    public void In_a_command_too(string command, string shown)
    {
        Assert.Equal(shown, Hide(new Drift(Layer.Installed, "Arguments", "run", command)).Actual);
        Assert.Equal(shown, Hide(new Drift(Layer.Loaded, "Command", command, null)).Expected);
    }

    [Theory]
    [InlineData("x", "")]
    [InlineData("-", "")]
    [InlineData("'", "")]
    [InlineData("'x", "")]
    [InlineData("token", "")]
    [InlineData("--token ", "")]
    [InlineData("token-", "=")]
    [InlineData("'TOKEN=a'\\''", "")]
    public Task In_a_time_that_does_not_grow_with_the_square_of_the_command(string piece, string end)
    {
        // The longest argument that Linux allows; with the square of it, this would take many minutes.
        var command = string.Concat(Enumerable.Repeat(piece, 131_071 / piece.Length)) + end;

        return Task.Run(() => Hide(new Drift(Layer.Installed, "Arguments", command, command)), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Environment[MODE]")]
    [InlineData("Environment[KEYBOARD]")]
    [InlineData("Environment[COMPASS]")]
    [InlineData("Environment[AUTHOR]")]
    [InlineData("Environment[PATH]")]
    [InlineData("Environment[BYPASS]")]
    [InlineData("Environment[TASK]")]
    [InlineData("Environment[PINNED]")]
    [InlineData("Environment[SMTP_LOGIN]")]
    [InlineData("Program")]
    [InlineData("WorkingDirectory")]
    public void Other_values_are_shown(string key)
    {
        var drift = new Drift(Layer.Installed, key, "/new", "/old");
        Assert.Equal(drift, Hide(drift));
    }

    [Fact]
    public void That_a_secret_is_new_or_gone_is_still_told()
    {
        var drift = new Drift(Layer.Installed, "Environment[TOKEN]", "hunter2", null);
        Assert.Null(Hide(drift).Actual);
        Assert.NotNull(Hide(drift).Expected);
    }

    [Theory]
    [InlineData("Environment[TOKEN]", "hunter1", "hunter2", "(hidden)", "(hidden, another value)")]
    [InlineData("Environment[DB_URL]", "postgres://u:hunter1@h/db", "postgres://u:hunter2@h/db", "postgres://(hidden)@h/db",
        "postgres://(hidden)@h/db (another hidden value)")]
    public void Two_sides_that_differ_in_a_secret_alone_still_show_that_they_differ(
        string key, string before, string after, string actual, string expected)
    {
        var shown = Hide(new Drift(Layer.Installed, key, after, before));

        Assert.Equal((actual, expected), (shown.Actual, shown.Expected));
    }

    private static Drift Hide(Drift drift) => DriftRedaction.Of(drift, SecretText.Unknowing, text => text);
}
