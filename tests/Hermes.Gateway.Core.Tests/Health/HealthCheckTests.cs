using Hermes.Gateway.Core.Health;

namespace Hermes.Gateway.Core.Tests.Health;

public class HealthCheckTests
{
    [Theory]
    [InlineData("http://localhost:8080/healthz")]
    [InlineData("https://example.org/")]
    [InlineData("http://[::1]:80/x?y=z")]
    public void A_web_address_is_asked_as_it_is(string text) =>
        Assert.Equal(new Uri(text), Assert.IsType<HealthCheck.Http>(HealthCheck.TryParse(text)).Address);

    [Theory]
    [InlineData("tcp://localhost:81", "localhost", 81)]
    [InlineData("tcp://127.0.0.1:65535", "127.0.0.1", 65535)]
    [InlineData("tcp://localhost:81/", "localhost", 81)]
    public void A_port_is_connected_to(string text, string host, int port) =>
        Assert.Equal(new HealthCheck.Tcp(host, port), HealthCheck.TryParse(text));

    [Theory]
    [InlineData("exec:/usr/bin/check", "/usr/bin/check")]
    [InlineData("exec:/a b/ü", "/a b/ü")]
    public void A_program_is_run(string text, string program) =>
        Assert.Equal(new HealthCheck.Exec(program), HealthCheck.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("localhost:80")]
    [InlineData("/usr/bin/check")]
    [InlineData("exec:")]
    [InlineData("exec:check")]
    [InlineData("http://")]
    [InlineData("http:///x")]
    [InlineData("tcp://localhost")]
    [InlineData("tcp://localhost:0")]
    [InlineData("tcp://localhost:99999")]
    [InlineData("tcp://localhost:80/path")]
    [InlineData("tcp://:80")]
    [InlineData("udp://localhost:80")]
    [InlineData("file:///etc/passwd")]
    public void Anything_else_is_no_health_check(string text) => Assert.Null(HealthCheck.TryParse(text));

    [Theory]
    [InlineData("http://127.0.0.1:9/path?token=hunter2&sig=hunter2#hunter2", "http://127.0.0.1:9/path")]
    [InlineData("https://me:hunter2@host/", "https://host/")]
    [InlineData("http://[::1]:8080/a%20b", "http://[::1]:8080/a%20b")]
    public void An_address_is_shown_without_user_query_and_fragment(string text, string shown) =>
        Assert.Equal(shown, HealthCheck.TryParse(text)?.ToString());

    [Fact]
    public void A_password_in_an_address_is_not_shown() => Assert.DoesNotContain(
        "hunter2", HealthCheck.TryParse("http://me:hunter2@localhost/")?.ToString() ?? "", StringComparison.Ordinal);
}
