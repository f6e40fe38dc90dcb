using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Storage;

/// <summary>What is at the path of a service's state directory: the folder for the data of its program, which no release contains and no
/// uninstallation removes.</summary>
/// <param name="IsMissing">Whether nothing is there, so that it can be made.</param>
/// <param name="Problem">Why the service cannot use what is there, as a sentence without its end; null when it can.</param>
internal sealed record StateDirectory(bool IsMissing, string? Problem)
{
    private const int WriteAndEnter = 3;

    /// <summary>The variable that names it to the program, as systemd does for <c>StateDirectory=</c> (systemd.exec(5)).</summary>
    public const string Variable = "STATE_DIRECTORY";

    /// <summary>Observes the state directory of a definition; null when it has none.</summary>
    public static StateDirectory? Observe(ServiceDefinition definition)
    {
        if (definition.StateDirectory is not { } path) return null;
        if (FileEntry.EntryOf(RealPath.Of(path)) is not { } entry) return new StateDirectory(FileEntry.EntryOf(path) is null, FileEntry.EntryOf(path) is null ? null : $"{path} is a link that leads nowhere");
        return new StateDirectory(false, entry.Type != FileType.Folder ? $"{path} is not a folder" : FindDenied(definition, path));
    }

    /// <summary>Makes the state directory, which only the service's account can use.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UntrustedPathException">Another account could exchange it.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made, for lack of rights.</exception>
    public static void Make(ServiceDefinition definition, StateFolders folders)
    {
        var path = definition.StateDirectory!;
        folders.MakePublic(Path.GetDirectoryName(path)!);
        Directory.CreateDirectory(path, StateFolders.Private);
        // The umask may have removed rights.
        File.SetUnixFileMode(path, StateFolders.Private);
        // Only a trusted account can write to the folder above, so that it is still the same one.
        if (AccountOf(definition) is { } account) NativeMethods.ChangeOwner(path, account);
        NativeMethods.SyncFolder(Path.GetDirectoryName(path)!);
    }

    private static string? FindDenied(ServiceDefinition definition, string path)
    {
        if (AccountOf(definition) is not { } account || Accounts.GroupsOf(account) is not { } groups) return null;
        return new AccountAccess(account, groups).ToUse(path, WriteAndEnter) is { } denied
            ? $"{denied.Path} ({denied.Rights}) cannot be {denied.Verb} by {account.Name}"
            : null;
    }

    // Null for root, and in user scope, where the service runs as the caller.
    private static Account? AccountOf(ServiceDefinition definition) =>
        definition is { Scope: ServiceScope.System, User: { Length: > 0 } user } && Accounts.Resolve(user).Entry is { UserId: not 0 } account ? account : null;
}
