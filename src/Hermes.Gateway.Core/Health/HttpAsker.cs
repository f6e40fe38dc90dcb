using System.Net.Http;

namespace Hermes.Gateway.Core.Health;

/// <summary>Asks over HTTP. For any number of questions at once.</summary>
internal sealed class HttpAsker : IDisposable
{
    // A probe asks the program itself: no proxy, no redirect to somebody else, no stale connection of an old process.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    /// <summary>Asks once. The status is the answer; the body is not read.</summary>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
    public async Task<HealthAnswer> AskAsync(Uri address, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return new HealthAnswer(response.IsSuccessStatusCode, $"HTTP {(int)response.StatusCode}");
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
