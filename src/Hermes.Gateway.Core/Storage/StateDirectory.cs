using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Storage;

/// <summary>What is at the path of a service's state directory: the folder for the data of its program, which no release contains and no
/// uninstallation removes.</summary>
/// <param name="IsMissing">Whether nothing is there, so that it can be made.</param>
/// <param name="Problem">Why the service cannot use what is there, as a sentence without its end; null when it can.</param>
internal sealed record StateDirectory(bool IsMissing, string? Problem)
{
    /// <summary>The variable that names it to the program, as systemd does for <c>StateDirectory=</c> (systemd.exec(5)).</summary>
    public const string Variable = "STATE_DIRECTORY";

    /// <summary>Observes the state directory of a definition; null when it has none.</summary>
    public static StateDirectory? Observe(ServiceDefinition definition)
    {
        if (definition.StateDirectory is not { } path) return null;
        if (FileEntry.EntryOf(path) is null) return new StateDirectory(IsMissing: true, Problem: null);
        return new StateDirectory(
            IsMissing: false, FileEntry.EntryOf(RealPath.Of(path)) is { Type: FileType.Folder } ? FindDenied(definition, path) : $"{path} is not a folder");
    }

    /// <summary>Makes the state directory, which only the service's account can use: complete, or not at all.</summary>
    /// <exception cref="IOException">It cannot be made, another account could exchange it, or something else has appeared there.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made, for lack of rights.</exception>
    public static void Make(ServiceDefinition definition, StateFolders folders)
    {
        var (path, parent) = (definition.StateDirectory!, Path.GetDirectoryName(definition.StateDirectory!)!);
        try
        {
            folders.MakePublic(parent);
        }
        catch (UntrustedPathException e)
        {
            // It is not about the code of the service, for which this exception has advice.
            throw new IOException($"{e.Message}.");
        }

        var prefix = $".{Path.GetFileName(path)}.hermes-gateway-";
        // Empty ones of interrupted operations.
        foreach (var old in Directory.EnumerateDirectories(parent, prefix + "*")) FileErrors.Ignore(() => Directory.Delete(old));
        var made = Directory.CreateDirectory(Path.Combine(parent, prefix + Path.GetRandomFileName()), StateFolders.Private).FullName;
        try
        {
            // The umask may have removed rights.
            File.SetUnixFileMode(made, StateFolders.Private);
            if (AccountOf(definition) is { } account) NativeMethods.ChangeOwner(made, account);
            var now = Observe(definition)!;
            if (now.Problem is not null) throw new IOException($"{now.Problem}.");
            // Another service with the same folder may have made it meanwhile.
            if (now.IsMissing) NativeMethods.Rename(made, path);
        }
        finally
        {
            if (Directory.Exists(made)) FileErrors.Ignore(() => Directory.Delete(made));
        }

        NativeMethods.SyncFolder(parent);
    }

    private static string? FindDenied(ServiceDefinition definition, string path)
    {
        if (definition.Scope == ServiceScope.User) return NativeMethods.CanWrite(path) ? null : $"{path} cannot be written to by the account of the service";
        if (AccountOf(definition) is not { } account || Accounts.GroupsOf(account) is not { } groups) return null;
        return new AccountAccess(account, groups).ToWrite(path) is { } denied
            ? $"{denied.Path} ({denied.Rights}) cannot be {denied.Verb} by {account.Name}"
            : null;
    }

    // Null for root, and in user scope, where the service runs as the caller.
    private static Account? AccountOf(ServiceDefinition definition) =>
        definition is { Scope: ServiceScope.System, User: { Length: > 0 } user } && Accounts.Resolve(user).Entry is { UserId: not 0 } account ? account : null;
}
