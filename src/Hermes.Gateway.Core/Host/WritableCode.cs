using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Host;

/// <summary>Finds files of a service that accounts other than root and the service's own could change. Such an account gets
/// the rights of the service at its next start.</summary>
internal static class WritableCode
{
    /// <summary>Reports the first part of the service's paths that others can change; null when none is known. Only for
    /// services in system scope, and for root's in user scope: a user's service has no rights that the user lacks. An operation on
    /// several services passes the folders that it has checked already.</summary>
    public static Finding? Find(ServiceDefinition definition, HealthCheck? health, HostContext host, TrustedFolders? folders = null)
    {
        folders ??= new TrustedFolders();
        if (definition.Scope != ServiceScope.System && !host.IsRoot) return null;
        var user = definition is { Scope: ServiceScope.System, User: { Length: > 0 } named } ? named : null;
        var account = user is null ? null : Accounts.Resolve(user).UserId;

        var found = FilesOf(definition, health)
            .Select(file => folders.FindUntrusted(file.Path, account) is { } part ? new UntrustedFile(file, part) : null)
            .OfType<UntrustedFile>().DistinctBy(one => one.Part.Path).ToList();
        if (found.Count == 0) return null;
        var (first, part) = found[0];
        var place = part.Path == RealPath.Of(first.Path) && part.Type is not (FileType.Folder or FileType.SymbolicLink)
            ? $"the {first.What} {part.Path} ({part.Rights}): {part.Reason}"
            : $"{part.Path} ({part.Rights}), a {(part.Type == FileType.SymbolicLink ? "link" : "folder")} on the way to the "
                + $"{first.What} {first.Path}: {part.Reason}";
        return DiagnosticCatalog.WritableByOthers.Warning(
            $"accounts other than root{(account is null or 0 ? "" : $" and {user}")} can change what {definition.Name} runs: {place}"
            + (found.Count == 1 ? "." : $"; and {found.Count - 1} more."),
            Advise(definition, first, part));
    }

    private static IEnumerable<UsedFile> FilesOf(ServiceDefinition definition, HealthCheck? health) =>
    [
        new("program", "HermesGatewayProgram", definition.Program),
        .. ProgramFiles.AssembliesOf(definition).Select(path => new UsedFile("code", "HermesGatewayProgram", path)),
        .. definition.EnvironmentFile is { } file
            ? (UsedFile[])[new("environment file", "HermesGatewayEnvironmentFile", file)] : [],
        .. health is HealthCheck.Exec check ? (UsedFile[])[new("health check", "HermesGatewayHealthCheck", check.Program)] : [],
    ];

    // A folder of another account can be a home or a checkout, which that account needs, so its owner is not to be changed.
    private static string Advise(ServiceDefinition definition, UsedFile file, UntrustedPart part)
    {
        if (part is { IsOwner: true, Type: FileType.Folder })
            return $"copy the {file.What} to a folder that belongs to root, such as /opt/{definition.Name} (sudo cp), and set "
                + $"{file.Property} to the copy";
        var path = ShellText.Quote([part.Path]);
        if (!part.IsOwner) return $"sudo chmod go-w {path}";
        if (part.Type == FileType.SymbolicLink) return $"sudo chown -h root: {path}";
        return $"sudo chown root: {path}" + (part.IsWritableByOthers ? $" && sudo chmod go-w {path}" : "");
    }

    private sealed record UsedFile(string What, string Property, string Path);

    private sealed record UntrustedFile(UsedFile File, UntrustedPart Part);
}
