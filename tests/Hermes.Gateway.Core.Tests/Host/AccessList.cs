using System.Runtime.InteropServices;

namespace Hermes.Gateway.Core.Tests.Host;

/// <summary>An access control list that grants user 54321 everything, on the file system of temporary files.</summary>
internal static class AccessList
{
    // The form in which Linux keeps a list (version 2): tag, rights and id of owner, one user, group, mask and others.
    private static readonly byte[] List =
    [
        2, 0, 0, 0,
        1, 0, 7, 0, 255, 255, 255, 255,
        2, 0, 7, 0, 49, 212, 0, 0,
        4, 0, 0, 0, 255, 255, 255, 255,
        16, 0, 7, 0, 255, 255, 255, 255,
        32, 0, 0, 0, 255, 255, 255, 255,
    ];

    private static readonly Lazy<string?> Missing = new(FindMissing);

    /// <summary>Skips the calling test where the system or the file system has no access lists.</summary>
    public static void Require()
    {
        if (Missing.Value is { } reason) Assert.Skip(reason);
    }

    public static void AddTo(string path) =>
        Assert.True(TryAddTo(path), $"no access list can be set on {path}: {Marshal.GetLastPInvokeErrorMessage()}");

    private static string? FindMissing()
    {
        if (!OperatingSystem.IsLinux()) return "it needs the access lists of Linux";
        var folder = Directory.CreateTempSubdirectory("hgw");
        try
        {
            return TryAddTo(folder.FullName) ? null : $"no access lists here: {Marshal.GetLastPInvokeErrorMessage()}";
        }
        finally
        {
            folder.Delete();
        }
    }

    private static bool TryAddTo(string path) => setxattr(path, "system.posix_acl_access", List, List.Length, 0) == 0;

#pragma warning disable CA2101, SYSLIB1054 // Paths are UTF-8 here.
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setxattr(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path, [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        byte[] value, nint size, int flags);
#pragma warning restore CA2101, SYSLIB1054
}
