using System.Net;
using System.Net.Sockets;

namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>Finds a TCP port of the loopback address on which nothing listens.</summary>
internal static class FreePort
{
    /// <summary>Returns a port below 32768. The kernel assigns the ports from there on to clients, and the test uses this one only after
    /// a build of several seconds.</summary>
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
