using System.Net;
using System.Net.Sockets;

namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>Finds a port of the loopback address that is free now.</summary>
internal static class FreePort
{
    /// <summary>Returns a port that is used after a build only: none of those that the kernel gives meanwhile to whoever asks for any
    /// (from 32768 on).</summary>
    public static int Find()
    {
        for (var port = Random.Shared.Next(20_000, 30_000); ; port++)
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one, then.
            }
        }
    }
}
