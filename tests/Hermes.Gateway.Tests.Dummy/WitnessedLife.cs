using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Hermes.Gateway.Tests.Dummy;

/// <summary>
/// A connection to the test, as long as this process lives. The test knows from it, without polling, when the process
/// is ready and when it is dead; and the process ends when the test lets go of it, so that none outlives its test.
/// </summary>
internal sealed class WitnessedLife : IDisposable
{
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(2);

    private readonly Socket _connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
    {
        ReceiveTimeout = (int)LongestLife.TotalMilliseconds,
    };

    public WitnessedLife(string witness) => _connection.Connect(new UnixDomainSocketEndPoint(witness));

    /// <summary>Tells the test that this process is ready, and its id; returns when the test lets go of it.</summary>
    public void AnnounceAndWait()
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n");
        _connection.Send(Encoding.ASCII.GetBytes(line));
        try
        {
            _connection.Receive(new byte[1]);
        }
        catch (SocketException)
        {
            // The test has crashed, or taken too long: a reason to end too.
        }
    }

    /// <summary>Ends the waiting, from another thread.</summary>
    public void Release() => _connection.Shutdown(SocketShutdown.Both);

    public void Dispose() => _connection.Dispose();
}
