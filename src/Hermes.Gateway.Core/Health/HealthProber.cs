using System.Net.Http;
using System.Net.Sockets;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Health;

/// <summary>The answer to one probe.</summary>
/// <param name="Healthy">Whether it passed.</param>
/// <param name="Evidence">What was answered, in a few words.</param>
public sealed record HealthAnswer(bool Healthy, string Evidence);

/// <summary>Asks health checks, once each. Waiting and repeating is the verifier's business.</summary>
public sealed class HealthProber(IProcessRunner runner) : IDisposable
{
    // Most builds ask nobody: the framework's HTTP client is three assemblies that they would load for nothing.
    private readonly Lazy<HttpAsker> _http = new(() => new HttpAsker());

    /// <summary>Asks once. Never throws but for the caller's own cancellation.</summary>
    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
    public async Task<HealthAnswer> ProbeAsync(HealthCheck check, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return check switch
            {
                HealthCheck.Http http => await _http.Value.AskAsync(http.Address, limit.Token),
                HealthCheck.Tcp tcp => await AskTcpAsync(tcp, limit.Token),
                HealthCheck.Exec exec => await AskProgramAsync(exec, timeout, limit.Token),
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

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_http.IsValueCreated) _http.Value.Dispose();
    }

    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
    private static async Task<HealthAnswer> AskTcpAsync(HealthCheck.Tcp check, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(check.Host, check.Port, cancellationToken);
        return new HealthAnswer(true, "connected");
    }

    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
    private async Task<HealthAnswer> AskProgramAsync(
        HealthCheck.Exec check, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var result = await runner.RunAsync(
            new CommandRequest { Program = check.Program, Timeout = timeout, MaxOutputCharacters = 4096 },
            cancellationToken);
        return result.End switch
        {
            CommandEnd.Exited => new HealthAnswer(result.ExitCode == 0, $"exit {result.ExitCode}"),
            CommandEnd.NotStarted => new HealthAnswer(false, result.StandardError),
            _ => new HealthAnswer(false, $"no answer within {timeout.TotalSeconds:0.#} s"),
        };
    }
}
