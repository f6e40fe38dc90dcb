using System.Net;
using System.Net.Sockets;
using System.Text;
using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.Health;

/// <summary>Against real sockets on free loopback ports, and real programs.</summary>
public sealed class HealthProbe : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HealthProber _prober = new(new CliWrapProcessRunner());

    public HealthProbe() => _listener.Start();

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Dispose();
        _prober.Dispose();
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(302, false)]
    [InlineData(404, false)]
    [InlineData(503, false)]
    public async Task Is_healthy_only_for_a_successful_HTTP_status(int status, bool healthy)
    {
        var answering = AnswerAsync($"HTTP/1.1 {status} X\r\nLocation: http://127.0.0.1:{Port}/ok\r\nContent-Length: 0\r\n\r\n");

        var answer = Ask($"http://127.0.0.1:{Port}/x");

        Assert.Equal((healthy, $"HTTP {status}"), (answer.Healthy, answer.Evidence));
        Assert.StartsWith("GET /x ", await answering, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("me:hun%40ter@", "Authorization: Basic bWU6aHVuQHRlcg==\r\n")]
    [InlineData("token@", "Authorization: Basic dG9rZW46\r\n")]
    public async Task Sends_the_user_information_of_an_address_as_basic_authentication(string userInfo, string header)
    {
        var answering = AnswerAsync("HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n");

        Assert.True(Ask($"http://{userInfo}127.0.0.1:{Port}/x?a=b").Healthy);

        var request = await answering;
        Assert.StartsWith("GET /x?a=b ", request, StringComparison.Ordinal);
        Assert.Contains(header, request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opens_a_new_connection_each_time()
    {
        for (var i = 0; i < 2; i++)
        {
            var answering = AnswerAsync("HTTP/1.1 200 X\r\nContent-Length: 0\r\n\r\n");
            Assert.True(Ask($"http://127.0.0.1:{Port}/").Healthy);
            await answering;
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("tcp://127.0.0.1:{0}")]
    public void Is_unhealthy_with_evidence_when_no_program_listens(string check)
    {
        // Taken and not listened at: else another test could be given the port in between.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var answer = Ask(string.Format(null, check, ((IPEndPoint)silent.LocalEndPoint!).Port));

        Assert.False(answer.Healthy);
        Assert.NotEmpty(answer.Evidence);
    }

    [Fact]
    public async Task Is_unhealthy_for_an_answer_that_is_not_HTTP()
    {
        var answering = AnswerAsync("hello\r\n\r\n");
        Assert.False(Ask($"http://127.0.0.1:{Port}/").Healthy);
        await answering;
    }

    [Fact]
    public void Is_unhealthy_when_the_server_does_not_answer_in_time()
    {
        var answer = Ask($"http://127.0.0.1:{Port}/", TimeSpan.FromMilliseconds(200));
        Assert.Equal((false, "no answer within 0.2 s"), (answer.Healthy, answer.Evidence));
    }

    [Fact]
    public void Is_healthy_when_a_port_accepts_the_connection() => Assert.True(Ask($"tcp://127.0.0.1:{Port}").Healthy);

    [Fact]
    public void Is_unhealthy_for_an_unknown_host() =>
        Assert.False(Ask("tcp://no-such-host.invalid:80", TimeSpan.FromSeconds(5)).Healthy);

    [Theory]
    [InlineData("true", true, "exit 0")]
    [InlineData("false", false, "exit 1")]
    public void Is_healthy_only_when_the_program_exits_with_0(string program, bool healthy, string evidence)
    {
        // macOS has them only in the second one.
        var folder = File.Exists("/bin/true") ? "/bin" : "/usr/bin";
        Assert.Equal(new HealthAnswer(healthy, evidence), Ask($"exec:{folder}/{program}"));
    }

    [Fact]
    public void Is_unhealthy_with_evidence_when_the_program_cannot_be_started()
    {
        var answer = Ask("exec:/nowhere/check");
        Assert.False(answer.Healthy);
        Assert.NotEmpty(answer.Evidence);
    }

    [Fact]
    public void Is_unhealthy_when_the_program_exceeds_the_timeout_passed_to_it()
    {
        var runner = new FakeRunner(request => new CommandResult { Request = request, End = CommandEnd.TimedOut });
        using var prober = new HealthProber(runner);

        var answer = prober.Probe(new HealthCheck.Exec("/opt/check"), account: null, TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);

        Assert.False(answer.Healthy);
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.Single(runner.Requests).Timeout);
    }

    [Fact]
    public async Task Throws_when_the_caller_cancels()
    {
        using var cancellation = new CancellationTokenSource();
        var asking = Bounds.Begin(() => _prober.Probe(HealthCheck.TryParse($"http://127.0.0.1:{Port}/")!, account: null, Bounds.Never, cancellation.Token));
        using var connection = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(Bounds.Test, TestContext.Current.CancellationToken);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(Bounds.Test, TestContext.Current.CancellationToken));
    }

    private HealthAnswer Ask(string check, TimeSpan? timeout = null) =>
        Bounds.Within(() => _prober.Probe(HealthCheck.TryParse(check)!, account: null, timeout ?? Bounds.Soon, TestContext.Current.CancellationToken));

    /// <summary>Answers one connection; gives what was asked.</summary>
    private async Task<string> AnswerAsync(string answer)
    {
        using var bound = new CancellationTokenSource(Bounds.Test);
        using var connection = await _listener.AcceptTcpClientAsync(bound.Token);
        var buffer = new byte[4096];
        var asked = "";
        while (!asked.Contains("\r\n\r\n", StringComparison.Ordinal))
            asked += Encoding.ASCII.GetString(buffer, 0, await connection.GetStream().ReadAsync(buffer, bound.Token));
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), bound.Token);
        return asked;
    }
}
