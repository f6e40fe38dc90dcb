namespace Hermes.Gateway.Core.Health;

/// <summary>Checks that a service does its work, not only that its process is alive.</summary>
public abstract record HealthCheck
{
    private HealthCheck()
    {
    }

    /// <summary>A GET of <paramref name="Address"/> that must be answered with a status from 200 to 299.</summary>
    public sealed record Http(Uri Address) : HealthCheck
    {
        /// <summary>Formats the address without the parts that can be secret: user information, query, fragment.</summary>
        public override string ToString() =>
            Address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
    }

    /// <summary>A TCP connection that must be accepted.</summary>
    public sealed record Tcp(string Host, int Port) : HealthCheck
    {
        /// <inheritdoc/>
        public override string ToString() => $"tcp://{Host}:{Port}";
    }

    /// <summary>A program, given by its absolute path, that must exit with status 0.</summary>
    public sealed record Exec(string Program) : HealthCheck
    {
        /// <inheritdoc/>
        public override string ToString() => $"exec:{Program}";
    }

    /// <summary>Parses <c>http://…</c>, <c>https://…</c>, <c>tcp://host:port</c> or <c>exec:/program</c>; else null.</summary>
    public static HealthCheck? TryParse(string text)
    {
        if (text.StartsWith("exec:", StringComparison.Ordinal))
            return Path.IsPathRooted(text["exec:".Length..]) ? new Exec(text["exec:".Length..]) : null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Host.Length == 0) return null;
        return address.Scheme switch
        {
            "http" or "https" => new Http(address),
            "tcp" when address.Port > 0 && address.AbsolutePath is "/" or "" => new Tcp(address.Host, address.Port),
            _ => null,
        };
    }
}
