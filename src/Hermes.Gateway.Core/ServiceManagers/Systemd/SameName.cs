using System.Collections.Concurrent;
using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>A unit of the same name under the other kind of manager. Neither knows of the other, so that both start
/// theirs, and two services of one kind fight for a port or a lock. Found by files alone: nobody is asked.</summary>
/// <param name="host">The machine.</param>
/// <param name="homeOf">Gives the home folder of an account; null when there is none.</param>
internal sealed class SameName(HostContext host, Func<string, string?> homeOf)
{
    private readonly ConcurrentDictionary<string, string> _real = new(StringComparer.Ordinal);

    /// <summary>One warning that names all of them; null when there is none.</summary>
    public Finding? Find(string unit, ServiceScope scope)
    {
        var files = scope == ServiceScope.User ? OfSystem(unit) : OfUsers(unit);
        if (files.IsEmpty) return null;
        var (whose, look) = scope == ServiceScope.User
            ? ("the system's manager", ShellText.Quote(["systemctl", "--system", "cat", unit]))
            : ("a user's manager", ShellText.Quote(["cat", .. files]));
        return DiagnosticCatalog.SameNameElsewhere.Warning(
            $"{unit} is also a unit of {whose}: {string.Join(", ", files)}. Both can run at once; if that is not meant, "
            + "uninstall one, or give one another HermesGatewayName.",
            look);
    }

    /// <summary>Whether a file is a mask, which forbids a unit instead of being one.</summary>
    public static bool IsMask(string file) =>
        RealPath.LinkTarget(file) is null
            ? new FileInfo(file) is { Exists: true, Length: 0 }
            : RealPath.Of(file) == "/dev/null";

    private ImmutableArray<string> OfSystem(string unit) => [.. Strongest(host.SystemUnitFolders, unit)];

    // Managers of users without a login and without lingering are not there, and cannot be in the way.
    private ImmutableArray<string> OfUsers(string unit) =>
    [
        .. Strongest(host.UserUnitFolders, unit),
        .. Lingering().Append("root").Append(host.InvokingUser).OfType<string>().Select(homeOf).OfType<string>()
            .Select(home => Path.Combine(home, ".config")).Append(host.ConfigHome)
            .Select(folder => Path.Combine(folder, "systemd", "user", unit)).Distinct(StringComparer.Ordinal)
            .Where(file => File.Exists(file) && !IsMask(file)).Order(StringComparer.Ordinal),
    ];

    // What a mask hides does not run. Some folders are links to others (/lib, on Debian /etc/xdg/systemd/user).
    private IEnumerable<string> Strongest(IEnumerable<string> folders, string unit) =>
        folders.Select(folder => Path.Combine(Real(folder), unit))
            // A mask is a link to a device, which exists too.
            .Where(File.Exists).Take(1)
            .Where(file => !IsMask(file));

    // Of a thousand units the folders are the same.
    private string Real(string folder) => _real.GetOrAdd(folder, RealPath.Of);

    private IEnumerable<string> Lingering()
    {
        try
        {
            return Directory.GetFiles(host.LingerFolder).Select(file => Path.GetFileName(file)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
