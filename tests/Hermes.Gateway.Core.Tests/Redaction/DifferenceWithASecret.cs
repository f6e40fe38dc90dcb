using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Redaction;

namespace Hermes.Gateway.Core.Tests.Redaction;

public class DifferenceWithASecret
{
    public static TheoryData<string> SecretVariables =>
    [
        "API_TOKEN", "token", "DB_PASSWORD", "MY_SECRET_VALUE", "OPENAI_API_KEY", "APIKEY", "AWS_ACCESS_KEY_ID",
        "PRIVATE_KEY", "ConnectionStrings__Main_CONNECTION_STRING", "ConnectionString", "SSH_PASSPHRASE",
        "GITHUB_CREDENTIALS", "DB_PASS", "PASS", "PWD_OF_ROOT", "KEY", "SIGNING_KEY", "SENTRY_DSN", "AUTH",
        "HTTP_AUTH_HEADER", "GH_PAT", "JWT", "CERT_PEM", "PGPASS", "SMTPPASS", "STRIPE_SK", "CARD_PIN", "SESSION_SALT",
        "SLACK_WEBHOOK", "WEBHOOK_URL",
    ];

    [Theory]
    [MemberData(nameof(SecretVariables))]
    public void Is_shown_without_the_value_of_a_variable_with_a_secret_name(string name)
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
    public void Is_shown_without_the_secrets_in_a_command_line(string command, string shown)
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
    public Task Is_redacted_in_linear_time(string piece, string end)
    {
        // The longest argument that Linux allows; quadratic time would be many minutes.
        var command = string.Concat(Enumerable.Repeat(piece, 131_071 / piece.Length)) + end;

        return Task.Run(() => Hide(new Drift(Layer.Installed, "Arguments", command, command)), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    public static TheoryData<string> OtherKeys =>
    [
        "Environment[MODE]", "Environment[KEYBOARD]", "Environment[COMPASS]", "Environment[AUTHOR]", "Environment[PATH]",
        "Environment[BYPASS]", "Environment[TASK]", "Environment[PINNED]", "Environment[SMTP_LOGIN]", "Program",
        "WorkingDirectory",
    ];

    [Theory]
    [MemberData(nameof(OtherKeys))]
    public void Values_that_are_not_secret_are_shown(string key)
    {
        var drift = new Drift(Layer.Installed, key, "/new", "/old");
        Assert.Equal(drift, Hide(drift));
    }

    [Fact]
    public void Shows_that_a_secret_was_added_or_removed()
    {
        var drift = new Drift(Layer.Installed, "Environment[TOKEN]", "hunter2", null);
        Assert.Null(Hide(drift).Actual);
        Assert.NotNull(Hide(drift).Expected);
    }

    [Theory]
    [InlineData("Environment[TOKEN]", "hunter1", "hunter2", "(hidden)", "(hidden, another value)")]
    [InlineData("Environment[DB_URL]", "postgres://u:hunter1@h/db", "postgres://u:hunter2@h/db", "postgres://(hidden)@h/db",
        "postgres://(hidden)@h/db (another hidden value)")]
    public void Shows_that_only_the_secret_differs(
        string key, string before, string after, string actual, string expected)
    {
        var shown = Hide(new Drift(Layer.Installed, key, after, before));

        Assert.Equal((actual, expected), (shown.Actual, shown.Expected));
    }

    private static Drift Hide(Drift drift) => DriftRedaction.Of(drift, SecretText.PatternsOnly, text => text);
}
