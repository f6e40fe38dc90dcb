namespace Hermes.Gateway.Core.Host;

/// <summary>The first file or folder on the way to a path (without links) that denies a right. The verb names the right, as in
/// "cannot be entered".</summary>
internal sealed record DeniedAccess(string Path, FileRights Rights, string Verb);

/// <summary>Evaluates from modes and owners what an account other than root may access. Each method returns null when no denial is
/// known: a path that cannot be examined, or whose access control list may grant the right, is not reported.</summary>
internal sealed class AccountAccess(Account account, IReadOnlySet<uint> groups)
{
    private const int Read = 4;
    private const int Write = 2;
    private const int Execute = 1;

    /// <summary>Finds what denies the account to execute a program. A script must be readable too, by its interpreter.</summary>
    public DeniedAccess? ToExecute(string path) => Find(path, Execute, "executed") ?? (IsScript(path) ? ToRead(path) : null);

    /// <summary>Finds what denies the account to enter a folder.</summary>
    public DeniedAccess? ToEnter(string path) => Find(path, Execute, "entered");

    /// <summary>Finds what denies the account to make files in a folder.</summary>
    public DeniedAccess? ToWrite(string path) => Find(path, Write | Execute, "written to");

    /// <summary>Finds what denies the account to read a file.</summary>
    public DeniedAccess? ToRead(string path) => Find(path, Read, "read");

    // Every folder in which a name is looked up must be enterable, also that of a link (path_resolution(7)).
    private DeniedAccess? Find(string path, int right, string verb)
    {
        var end = "/";
        foreach (var lookup in RealPath.Resolve(path))
        {
            if (Check(lookup.Folder, Execute, "entered") is { } denied) return denied;
            end = lookup.Path;
        }

        return Check(end, right, verb);
    }

    private DeniedAccess? Check(string path, int right, string verb)
    {
        if (FileEntry.RightsOf(path) is not { } rights) return null;
        var isOwner = rights.UserId == account.UserId;
        // The kernel evaluates only one of the three classes: an owner without the right does not get it as a member of the group.
        var shift = isOwner ? 6 : groups.Contains(rights.GroupId) ? 3 : 0;
        if ((rights.Mode >> shift & right) == right) return null;
        return !isOwner && FileEntry.HasAccessList(path) ? null : new DeniedAccess(path, rights, verb);
    }

    private static bool IsScript(string path) =>
        // Opening a pipe would block.
        FileEntry.IsRegularFile(path) == true && FileErrors.Ignore(fallback: false, () =>
        {
            using var file = File.OpenRead(path);
            return file.ReadByte() == '#' && file.ReadByte() == '!';
        });
}
