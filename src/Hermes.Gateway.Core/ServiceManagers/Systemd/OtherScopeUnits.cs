using System.Collections.Concurrent;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Finds units of the same name in the other scope: the two managers do not know each other, and both start theirs,
/// which compete for a port or a lock. Reads only files. <paramref name="homeOf"/> returns an account's home folder.</summary>
internal sealed class OtherScopeUnits(HostContext host, Func<string, string?> homeOf)
{
    private readonly ConcurrentDictionary<string, string> _realFolders = new(StringComparer.Ordinal);

    /// <summary>Returns one warning that names all of them; null when there is none.</summary>
    public Finding? Find(string unit, ServiceScope scope)
    {
        string[] files = scope == ServiceScope.User
            ? [.. InPrecedence(host.Systemd.SystemUnitFolders, unit)]
            : [.. InPrecedence(host.Systemd.UserUnitFolders, unit), .. InHomes(unit)];
        if (files.Length == 0) return null;
        var (owner, advice) = scope == ServiceScope.User
            ? ("the system's manager", ShellText.Quote(["systemctl", "--system", "cat", unit]))
            : ("a user's manager", ShellText.Quote(["cat", .. files]));
        return DiagnosticCatalog.SameNameElsewhere.Warning(
            $"{unit} is also a unit of {owner}: {string.Join(", ", files)}. Both can run at once; if that is not meant, "
            + "uninstall one, or give one another HermesGatewayName.",
            advice);
    }

    // The file of the first folder that has one, unless it is a mask, which hides those of the others. Some folders are links to
    // others (/lib, on Debian /etc/xdg/systemd/user).
    private IEnumerable<string> InPrecedence(IEnumerable<string> folders, string unit) => folders
        .Select(folder => Path.Combine(_realFolders.GetOrAdd(folder, RealPath.Of), unit))
        .Where(File.Exists).Take(1).Where(file => !UnitConflicts.IsMask(file));

    // Only of users whose manager may run now: root, the caller, and those with linger.
    private IEnumerable<string> InHomes(string unit) => Lingerers().Append("root").Append(host.InvokingUser).OfType<string>()
        .Select(homeOf).OfType<string>().Select(home => Path.Combine(home, ".config")).Append(host.ConfigHome)
        .Select(folder => Path.Combine(folder, "systemd", "user", unit)).Distinct(StringComparer.Ordinal)
        .Where(file => File.Exists(file) && !UnitConflicts.IsMask(file)).Order(StringComparer.Ordinal);

    private IEnumerable<string> Lingerers() =>
        (FileErrors.Ignore(fallback: null, () => Directory.GetFiles(host.Systemd.LingerFolder)) ?? []).Select(file => Path.GetFileName(file));
}
