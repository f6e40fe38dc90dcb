using Hermes.Gateway.Core.Health;

namespace Hermes.Gateway.Core.Tests.Health;

public class HealthCheckSyntax
{
    [Theory]
    [InlineData("http://localhost:8080/healthz")]
    [InlineData("https://example.org/")]
    [InlineData("http://[::1]:80/x?y=z")]
    public void Accepts_a_web_address(string text) =>
        Assert.Equal(new Uri(text), Assert.IsType<HealthCheck.Http>(HealthCheck.TryParse(text)).Address);

    [Theory]
    [InlineData("tcp://localhost:81", "localhost", 81)]
    [InlineData("tcp://127.0.0.1:65535", "127.0.0.1", 65535)]
    [InlineData("tcp://localhost:81/", "localhost", 81)]
    public void Accepts_a_TCP_port(string text, string host, int port) =>
        Assert.Equal(new HealthCheck.Tcp(host, port), HealthCheck.TryParse(text));

    [Theory]
    [InlineData("exec:/usr/bin/check", "/usr/bin/check")]
    [InlineData("exec:/a b/ü", "/a b/ü")]
    public void Accepts_a_program_with_an_absolute_path(string text, string program) =>
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
    public void Rejects_text_of_another_form(string text) => Assert.Null(HealthCheck.TryParse(text));

    [Theory]
    [InlineData("http://127.0.0.1:9/path?token=hunter2&sig=hunter2#hunter2", "http://127.0.0.1:9/path")]
    [InlineData("https://me:hunter2@host/", "https://host/")]
    [InlineData("http://[::1]:8080/a%20b", "http://[::1]:8080/a%20b")]
    public void Is_formatted_without_user_query_and_fragment(string text, string shown) =>
        Assert.Equal(shown, HealthCheck.TryParse(text)?.ToString());
}
