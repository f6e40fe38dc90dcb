using System.Runtime.InteropServices;

namespace Hermes.Gateway.Core.Host;

/// <summary>Access control lists, which can grant what a mode denies. Only whether there is one: what it grants is the
/// kernel's to say.</summary>
internal static class AccessList
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

#pragma warning disable CA2101, SYSLIB1054 // Paths are UTF-8 on the platforms served; source generation needs unsafe code.
    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint getxattr(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path, [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        IntPtr value, nint size);

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr acl_get_file([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int type);

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int acl_free(IntPtr list);
#pragma warning restore CA2101, SYSLIB1054
}
