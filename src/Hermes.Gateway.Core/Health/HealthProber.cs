using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Health;

/// <summary>The result of one probe, with the answer in a few words.</summary>
internal sealed record HealthAnswer(bool Healthy, string Evidence);

/// <summary>Runs health checks, once each. The verifier waits and repeats.</summary>
internal sealed class HealthProber(IProcessRunner runner) : IDisposable
{
    // Most builds have no health check, so the three assemblies of the HTTP client are loaded only when they are needed.
    private readonly Lazy<HttpProber> _http = new(() => new HttpProber());

    /// <summary>Probes once. A program runs as the account; null for the caller. Throws only when cancelled.</summary>
    public HealthAnswer Probe(
        HealthCheck check, AccountCommand? account, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return check switch
            {
                HealthCheck.Http http => _http.Value.Get(http.Address, limit.Token),
                HealthCheck.Tcp tcp => Connect(tcp, limit.Token),
                HealthCheck.Exec exec => Run(exec, account, timeout, limit.Token),
                _ => throw new ArgumentOutOfRangeException(nameof(check)),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new HealthAnswer(false, $"no answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            return new HealthAnswer(false, e.InnerException is SocketException inner ? inner.Message : e.Message);
        }
    }

    public void Dispose()
    {
        if (_http.IsValueCreated) _http.Value.Dispose();
    }

    private static HealthAnswer Connect(HealthCheck.Tcp check, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        // The synchronous Connect cannot be cancelled.
        client.ConnectAsync(check.Host, check.Port, cancellationToken).AsTask().GetAwaiter().GetResult();
        return new HealthAnswer(true, "connected");
    }

    private HealthAnswer Run(
        HealthCheck.Exec check, AccountCommand? account, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (account?.FindDenial(check.Program) is { } denied)
            return new HealthAnswer(
                false, $"not started: {denied.Path} ({denied.Rights}) cannot be {denied.Verb} by {account.User}");
        var request = account?.RequestFor(check.Program, timeout) ?? new CommandRequest { Program = check.Program, Timeout = timeout };
        var result = runner.Run(request with { MaxOutputCharacters = 4096 }, cancellationToken);
        if (account?.FindFailure(result) is { } failure)
            return new HealthAnswer(false, $"not started as {account.User}: {failure}");
        return result.End switch
        {
            CommandEnd.Exited => new HealthAnswer(result.ExitCode == 0, $"exit {result.ExitCode}"),
            CommandEnd.NotStarted => new HealthAnswer(false, result.StandardError),
            _ => new HealthAnswer(false, $"no answer within {timeout.TotalSeconds:0.#} s"),
        };
    }

    private sealed class HttpProber : IDisposable
    {
        // A probe needs the answer of the program itself: no proxy, no other server, no connection of an earlier process.
        private readonly HttpClient _client = new(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.Zero,
        });

        // The status decides; the body is not read.
        public HealthAnswer Get(Uri address, CancellationToken cancellationToken)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (address.UserInfo.Length > 0) request.Headers.Authorization = BasicAuthentication(address.UserInfo);
            using var response = _client.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return new HealthAnswer(response.IsSuccessStatusCode, $"HTTP {(int)response.StatusCode}");
        }

        // RFC 7617, section 2. HttpClient does not send the user information of an address.
        private static AuthenticationHeaderValue BasicAuthentication(string userInfo)
        {
            var credentials = Uri.UnescapeDataString(userInfo);
            if (!credentials.Contains(':', StringComparison.Ordinal)) credentials += ":";
            return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }

        public void Dispose() => _client.Dispose();
    }
}
