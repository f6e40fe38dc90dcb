using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Finds paths in folders that macOS protects as private (TCC). A terminal asks the user for access to them; a service
/// cannot ask, so it is started but denied its own program or data.</summary>
internal static class GuardedFolder
{
    private static readonly string[] InHome = ["Documents", "Desktop", "Downloads", "Library/Mobile Documents"];

    /// <summary>Returns one warning for all paths of a definition that are in such a folder; null when none is.</summary>
    public static Finding? Find(ServiceDefinition definition, HostContext host)
    {
        // The project file is only recorded, never opened by the service.
        var guarded = new[] { definition.Program, definition.WorkingDirectory, definition.EnvironmentFile }
            .OfType<string>().Distinct().Where(path => Of(path, host.Home) is not null).ToList();
        if (guarded.Count == 0) return null;
        return DiagnosticCatalog.GuardedFolder.Warning(
            $"macOS guards {Of(guarded[0], host.Home)} from programs that the user has not allowed to go there, and a "
            + $"service cannot ask: {definition.Name} may be denied {string.Join(", ", guarded)}.",
            "move it to a folder that is not guarded, or allow it in System Settings, Privacy & Security, Full Disk Access");
    }

    /// <summary>Returns the guarded folder that contains an absolute path; null when none does. <paramref name="home"/> is the
    /// caller's home folder; every folder of <c>/Users</c> counts as one too.</summary>
    public static string? Of(string path, string home)
    {
        if (IsIn(path, "/Volumes")) return path.Split('/') is [_, _, var volume, ..] ? $"/Volumes/{volume}" : null;
        var homes = path.Split('/') is [_, "Users", var user, _, ..] ? new[] { home, $"/Users/{user}" } : [home];
        return homes.SelectMany(one => InHome.Select(name => Path.Combine(one, name)))
            .FirstOrDefault(folder => IsIn(path, folder));
    }

    // File systems of macOS ignore the case of names unless they are formatted otherwise.
    private static bool IsIn(string path, string folder) =>
        path.StartsWith(folder, StringComparison.OrdinalIgnoreCase)
        && (path.Length == folder.Length || path[folder.Length] == '/');
}
