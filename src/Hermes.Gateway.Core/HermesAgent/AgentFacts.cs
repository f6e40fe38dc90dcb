using System.Collections.Immutable;
using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.HermesAgent;

/// <summary>What this machine says of a Hermes Agent installation: looked up once, before anything is decided.</summary>
internal sealed record AgentFacts
{
    /// <summary>The file that makes a folder a virtual environment.</summary>
    internal const string EnvironmentFile = "pyvenv.cfg";

    /// <summary>Which gateway it is.</summary>
    public required AgentIdentity Identity { get; init; }

    /// <summary>The checkout, as it was said.</summary>
    public required string Checkout { get; init; }

    /// <summary>Whether the checkout is a folder.</summary>
    public bool CheckoutIsFolder { get; init; } = true;

    /// <summary>Whether the gateway's home is a folder.</summary>
    public bool HomeIsFolder { get; init; } = true;

    /// <summary>The interpreter that was said, or those of the checkout that exist: none, one, or two that differ.
    /// </summary>
    public required ImmutableArray<string> Interpreters { get; init; }

    /// <summary>The virtual environment of the first interpreter; null when it is in none.</summary>
    public string? VirtualEnvironment { get; init; }

    /// <summary>Fingerprint of checkout and interpreter; see <see cref="AgentRevision"/>.</summary>
    public string Revision { get; init; } = "";

    /// <summary>Why there is no fingerprint although there is an interpreter; null when there is one.</summary>
    public string? Unreadable { get; init; }

    /// <summary>Home, checkout or interpreter, where they are in a folder for temporary files; by the property's name.
    /// </summary>
    public ImmutableArray<(string Property, string Path)> Temporary { get; init; } = [];

    /// <summary>True on macOS.</summary>
    public bool IsMacOS { get; init; }

    /// <summary>Where a checkout's interpreter can be.</summary>
    public static ImmutableArray<string> Candidates(string checkout) =>
        [Path.Combine(checkout, "venv", "bin", "python"), Path.Combine(checkout, ".venv", "bin", "python")];

    /// <summary>Looks at the machine.</summary>
    /// <param name="identity">Which gateway it is.</param>
    /// <param name="checkout">The checkout.</param>
    /// <param name="python">The interpreter that was said; empty for none.</param>
    /// <param name="host">The machine.</param>
    internal static AgentFacts Read(AgentIdentity identity, string checkout, string python, HostContext host)
    {
        var interpreters = python.Length > 0 ? [python] : InterpretersOf(checkout);
        var interpreter = interpreters.FirstOrDefault();
        var revision = ReadRevision(checkout, interpreter, out var unreadable);
        var temporary = host.TemporaryFolders.Select(RealPath.Of).Distinct().ToList();
        return new AgentFacts
        {
            Identity = identity,
            Checkout = checkout,
            CheckoutIsFolder = Directory.Exists(checkout),
            HomeIsFolder = Directory.Exists(identity.Home),
            Interpreters = interpreters,
            VirtualEnvironment = interpreter is null ? null : VirtualEnvironmentOf(interpreter),
            Revision = revision,
            Unreadable = unreadable,
            Temporary =
            [
                .. new[] { ("HermesAgentHome", identity.Home), ("HermesAgentCheckout", checkout), ("HermesAgentPython", python) }
                    .Where(place => place.Item2.Length > 0
                        && temporary.Exists(folder => RealPath.IsInside(RealPath.Of(place.Item2), folder))),
            ],
            IsMacOS = host.IsMacOS,
        };
    }

    /// <summary>The virtual environment of an interpreter; null when it is in none.</summary>
    internal static string? VirtualEnvironmentOf(string interpreter) =>
        Path.GetDirectoryName(Path.GetDirectoryName(interpreter)) is { } folder && File.Exists(Path.Combine(folder, EnvironmentFile))
            ? folder
            : null;

    private static string ReadRevision(string checkout, string? interpreter, out string? unreadable)
    {
        unreadable = null;
        try
        {
            return interpreter is null ? "" : AgentRevision.Of(checkout, interpreter);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unreadable = e.Message;
            return "";
        }
    }

    // By folder: the interpreters of two environments are links to one and the same file.
    private static ImmutableArray<string> InterpretersOf(string checkout) =>
    [
        .. Candidates(checkout).Where(File.Exists)
            .DistinctBy(path => RealPath.Of(Path.GetDirectoryName(path)!), StringComparer.Ordinal),
    ];
}
