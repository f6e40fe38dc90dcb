using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;

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
    public HealthAnswer Ask(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (address.UserInfo.Length > 0) request.Headers.Authorization = Basic(address.UserInfo);
        using var response = _http.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return new HealthAnswer(response.IsSuccessStatusCode, $"HTTP {(int)response.StatusCode}");
    }

    // HttpClient does not send the user information of an address. RFC 7617, section 2.
    private static AuthenticationHeaderValue Basic(string userInfo)
    {
        var credentials = Uri.UnescapeDataString(userInfo);
        if (!credentials.Contains(':', StringComparison.Ordinal)) credentials += ":";
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
