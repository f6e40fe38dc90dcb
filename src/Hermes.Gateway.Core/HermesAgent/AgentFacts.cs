using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.HermesAgent;

/// <summary>Facts about a Hermes Agent installation on this machine.</summary>
internal sealed record AgentFacts
{
    public required AgentIdentity Identity { get; init; }

    public required string Checkout { get; init; }

    public bool CheckoutExists { get; init; } = true;

    public bool HomeExists { get; init; } = true;

    /// <summary>The interpreter that the project names, or those of the checkout that exist: none, one, or two different ones.</summary>
    public required ImmutableArray<string> Interpreters { get; init; }

    /// <summary>The virtual environment of the first interpreter; null when it is in none.</summary>
    public string? VirtualEnvironment { get; init; }

    /// <summary>The fingerprint of checkout and interpreter (<see cref="AgentRevision"/>); empty when there is none.</summary>
    public string Revision { get; init; } = "";

    /// <summary>Why the fingerprint could not be computed; null when it could, or when there is no interpreter.</summary>
    public string? RevisionError { get; init; }

    /// <summary>Those of home, checkout and interpreter that are in a folder for temporary files, with their properties.</summary>
    public ImmutableArray<(string Property, string Path)> Temporary { get; init; } = [];

    public bool IsMacOS { get; init; }

    /// <summary>Returns the paths at which a checkout can have its interpreter.</summary>
    public static ImmutableArray<string> InterpreterPaths(string checkout) =>
        [Path.Combine(checkout, "venv", "bin", "python"), Path.Combine(checkout, ".venv", "bin", "python")];

    /// <summary>Reads the facts. <paramref name="python"/> is the interpreter that the project names; empty for none.</summary>
    public static AgentFacts Read(AgentIdentity identity, string checkout, string python, HostContext host)
    {
        // Distinct by folder, because the interpreters of two environments are links to one file.
        ImmutableArray<string> interpreters = python.Length > 0 ? [python] :
            [.. InterpreterPaths(checkout).Where(File.Exists).DistinctBy(path => RealPath.Of(Path.GetDirectoryName(path)!))];
        var interpreter = interpreters.FirstOrDefault();
        var (revision, error) = ReadRevision(checkout, interpreter);
        var temporary = host.TemporaryFolders.Select(RealPath.Of).Distinct().ToList();
        (string Property, string Path)[] places =
            [("HermesAgentHome", identity.Home), ("HermesAgentCheckout", checkout), ("HermesAgentPython", python)];
        return new AgentFacts
        {
            Identity = identity,
            Checkout = checkout,
            CheckoutExists = Directory.Exists(checkout),
            HomeExists = Directory.Exists(identity.Home),
            Interpreters = interpreters,
            VirtualEnvironment = interpreter is null ? null : AgentRevision.VirtualEnvironmentOf(interpreter),
            Revision = revision,
            RevisionError = error,
            Temporary = [.. places.Where(place => place.Path.Length > 0
                && temporary.Exists(folder => RealPath.IsInside(RealPath.Of(place.Path), folder)))],
            IsMacOS = host.IsMacOS,
        };
    }

    private static (string Revision, string? Error) ReadRevision(string checkout, string? interpreter)
    {
        try
        {
            return (interpreter is null ? "" : AgentRevision.Of(checkout, interpreter), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ("", e.Message);
        }
    }
}
