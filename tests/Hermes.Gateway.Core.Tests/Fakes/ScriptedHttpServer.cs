using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>A server that answers every request with given bytes, valid HTTP or not, and keeps the last request.</summary>
internal sealed class ScriptedHttpServer : IDisposable
{
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ScriptedHttpServer()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The answer, including its line ends.</summary>
    public string Answer { get; set; } = Ok;

    /// <summary>The head of the last request.</summary>
    public string LastRequest { get; private set; } = "";

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                var buffer = new byte[8192];
                var stream = client.GetStream();
                LastRequest = Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
                await stream.WriteAsync(Encoding.UTF8.GetBytes(Answer));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // Dispose ends the listener at the end of the test.
        }
    }
}
