using System.Net.Http;
using System.Net.Sockets;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Health;

/// <summary>The answer to one probe.</summary>
/// <param name="Healthy">Whether it passed.</param>
/// <param name="Evidence">What was answered, in a few words.</param>
internal sealed record HealthAnswer(bool Healthy, string Evidence);

/// <summary>Asks health checks, once each. Waiting and repeating is the verifier's business.</summary>
internal sealed class HealthProber(IProcessRunner runner) : IDisposable
{
    // Most builds ask nobody: the framework's HTTP client is three assemblies that they would load for nothing.
    private readonly Lazy<HttpAsker> _http = new(() => new HttpAsker());

    /// <summary>Asks once; a program runs as the caller. Never throws but for the caller's own cancellation.</summary>
    public HealthAnswer Probe(HealthCheck check, TimeSpan timeout, CancellationToken cancellationToken) =>
        Probe(check, account: null, timeout, cancellationToken);

    /// <summary>Asks once. Never throws but for the caller's own cancellation.</summary>
    /// <param name="check">The check.</param>
    /// <param name="account">The account that a program runs as; null for the caller.</param>
    /// <param name="timeout">How long an answer is waited for.</param>
    /// <param name="cancellationToken">The caller's cancellation.</param>
    internal HealthAnswer Probe(
        HealthCheck check, AccountCommand? account, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return check switch
            {
                HealthCheck.Http http => _http.Value.Ask(http.Address, limit.Token),
                HealthCheck.Tcp tcp => AskTcp(tcp, limit.Token),
                HealthCheck.Exec exec => AskProgram(exec, account, timeout, limit.Token),
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

    private static HealthAnswer AskTcp(HealthCheck.Tcp check, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        // Not the blocking Connect, which cannot be cancelled.
        client.ConnectAsync(check.Host, check.Port, cancellationToken).AsTask().GetAwaiter().GetResult();
        return new HealthAnswer(true, "connected");
    }

    private HealthAnswer AskProgram(
        HealthCheck.Exec check, AccountCommand? account, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (account?.FindDenial(check.Program) is { } closed)
            return new HealthAnswer(
                false, $"not started: {closed.Path} ({closed.Rights}) cannot be {closed.Verb} by {account.User}");
        var request = account?.Start(check.Program, timeout) ?? new CommandRequest { Program = check.Program, Timeout = timeout };
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
}
