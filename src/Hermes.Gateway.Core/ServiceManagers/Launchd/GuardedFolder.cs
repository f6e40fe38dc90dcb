using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Folders that macOS guards (TCC): the user may have allowed a terminal to read them, but not a service, which
/// cannot ask. The service is then started and cannot read its own program or data.</summary>
internal static class GuardedFolder
{
    private static readonly string[] InHome = ["Documents", "Desktop", "Downloads", "Library/Mobile Documents"];

    /// <summary>One warning for all paths of a definition that lie in such a folder; null when none does.</summary>
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

    /// <summary>The guarded folder that <paramref name="path"/> lies in; null when it lies in none.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="home">The caller's home folder; every folder of <c>/Users</c> counts as one too.</param>
    public static string? Of(string path, string home)
    {
        // As a rule, the names of files on a Mac are the same in upper and lower case.
        if (IsIn(path, "/Volumes")) return path.Split('/') is [_, _, var volume, ..] ? $"/Volumes/{volume}" : null;
        var homes = path.Split('/') is [_, "Users", var user, _, ..] ? new[] { home, $"/Users/{user}" } : [home];
        return homes.SelectMany(one => InHome.Select(name => Path.Combine(one, name)))
            .FirstOrDefault(folder => IsIn(path, folder));
    }

    private static bool IsIn(string path, string folder) =>
        path.StartsWith(folder, StringComparison.OrdinalIgnoreCase)
        && (path.Length == folder.Length || path[folder.Length] == '/');
}
