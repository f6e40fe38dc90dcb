using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Hermes.Gateway.Core.Tests.Processes;

/// <summary>
/// A socket to which one process of the dummy connects at its start. The connection shows, without polling, when the process is ready
/// and when it is dead (a zombie has no connections). The process ends when the witness is disposed of.
/// </summary>
internal sealed class ProcessWitness : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hgw");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Socket? _connection;

    public ProcessWitness()
    {
        Address = Path.Combine(_folder.FullName, "w");
        _listener.Bind(new UnixDomainSocketEndPoint(Address));
        _listener.Listen();
    }

    /// <summary>The argument for the dummy.</summary>
    public string Address { get; }

    /// <summary>Waits until the process is ready, and returns its id.</summary>
    public async Task<int> ReadyAsync()
    {
        using var bound = new CancellationTokenSource(Bounds.Test);
        _connection = await _listener.AcceptAsync(bound.Token);
        var line = new StringBuilder();
        var buffer = new byte[64];
        while (line.Length == 0 || line[^1] != '\n')
        {
            var read = await _connection.ReceiveAsync(buffer, bound.Token);
            Assert.True(read > 0, "The process died before it was ready.");
            line.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return int.Parse(line.ToString(), CultureInfo.InvariantCulture);
    }

    /// <summary>True when the process, once ready, dies within <paramref name="bound"/>.</summary>
    public async Task<bool> DiesWithinAsync(TimeSpan bound)
    {
        Assert.NotNull(_connection);
        using var time = new CancellationTokenSource(bound);
        try
        {
            return await _connection.ReceiveAsync(new byte[1], time.Token) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _listener.Dispose();
        _folder.Delete(recursive: true);
    }
}
