using System.Runtime.InteropServices;

namespace Hermes.Gateway.Core.Host;

/// <summary>Access control lists, which can grant what a mode denies. Only whether there is one: what it grants is the
/// kernel's to say.</summary>
internal static partial class AccessList
{
    // acl(3) on macOS: ACL_TYPE_EXTENDED.
    private const int Extended = 0x100;

    // POSIX lists, and those of NFS version 4, which its server enforces.
    private static readonly string[] Attributes = ["system.posix_acl_access", "system.nfs4_acl"];

    /// <summary>Whether a file or a folder has one, or may have one.</summary>
    public static bool MayBeOn(string path)
    {
        if (!OperatingSystem.IsMacOS())
            return Attributes.Any(attribute => getxattr(path, attribute, IntPtr.Zero, 0) >= 0);
        var list = acl_get_file(path, Extended);
        if (list == IntPtr.Zero) return false;
        _ = acl_free(list);
        return true;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getxattr(
        string path, string name,
        IntPtr value, nint size);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial IntPtr acl_get_file(string path, int type);

    [LibraryImport("libc")]
    private static partial int acl_free(IntPtr list);
}
