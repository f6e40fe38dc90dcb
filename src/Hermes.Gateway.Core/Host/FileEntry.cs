using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Host;

/// <summary>The type of a file: the values of stat(2)'s S_IFMT, the same on Linux and macOS.</summary>
internal enum FileType
{
    Fifo = 0x1000,
    CharacterDevice = 0x2000,
    Folder = 0x4000,
    BlockDevice = 0x6000,
    Regular = 0x8000,
    SymbolicLink = 0xA000,
    Socket = 0xC000,
}

/// <summary>The mode (without the type), the owner and the group of a file or folder.</summary>
internal sealed record FileRights(int Mode, uint UserId, uint GroupId)
{
    /// <summary>Formats mode and owner, as in <c>mode 0700, owner root</c>.</summary>
    public override string ToString() => $"mode {Octal(Mode)}, owner {Accounts.Find(UserId)?.Name ?? $"{UserId}"}";

    public static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');
}

/// <summary>Reads type, mode and owners of files with statx(2) on Linux and stat(2) on macOS, because the BCL has no API for
/// owners. Each method returns null when the file is missing, when this account may not see it, or when the C library lacks the
/// function (glibc before 2.28, musl before 1.2.5).</summary>
internal static partial class FileEntry
{
    // sys/stat.h: S_IFMT, and all bits that are not in it.
    private const int TypeMask = 0xF000;
    private const int RightsMask = 0xFFF;

    // POSIX lists, and those of NFS version 4, which its server enforces.
    private static readonly string[] AccessListAttributes = ["system.posix_acl_access", "system.nfs4_acl"];

    /// <summary>Returns the user id of the owner. Follows symbolic links.</summary>
    public static uint? OwnerOf(string path) => RightsOf(path)?.UserId;

    /// <summary>Returns mode and owners. Follows symbolic links.</summary>
    public static FileRights? RightsOf(string path) => Read(path, followsLinks: true)?.Rights;

    /// <summary>Determines whether the path leads to a regular file. Follows symbolic links.</summary>
    public static bool? IsRegularFile(string path) =>
        Read(path, followsLinks: true) is var (type, _) ? type == FileType.Regular : null;

    /// <summary>Returns type, mode and owners of the entry that a path names. Does not follow a symbolic link.</summary>
    public static (FileType Type, FileRights Rights)? EntryOf(string path) => Read(path, followsLinks: false);

    /// <summary>Returns type, mode and owners of an open file.</summary>
    public static (FileType Type, FileRights Rights)? EntryOf(SafeFileHandle handle) =>
        Read(() => OperatingSystem.IsMacOS() ? MacOS.Read(handle) : Linux.Read(handle));

    /// <summary>Determines whether a file has any access control list, which can grant what the mode denies.</summary>
    public static bool HasAccessList(string path)
    {
        // acl(3) on macOS.
        const int extendedType = 0x100;
        if (!OperatingSystem.IsMacOS())
            return AccessListAttributes.Any(attribute => getxattr(path, attribute, IntPtr.Zero, 0) >= 0);
        var list = acl_get_file(path, extendedType);
        if (list == IntPtr.Zero) return false;
        _ = acl_free(list);
        return true;
    }

    private static (FileType Type, FileRights Rights)? Read(string path, bool followsLinks) =>
        Read(() => OperatingSystem.IsMacOS() ? MacOS.Read(path, followsLinks) : Linux.Read(path, followsLinks));

    private static (FileType Type, FileRights Rights)? Read(Func<(FileType Type, FileRights Rights)?> read)
    {
        try
        {
            return read();
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static (FileType Type, FileRights Rights) Entry(ushort mode, uint userId, uint groupId) =>
        ((FileType)(mode & TypeMask), new FileRights(mode & RightsMask, userId, groupId));

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getxattr(string path, string name, IntPtr value, nint size);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial IntPtr acl_get_file(string path, int type);

    [LibraryImport("libc")]
    private static partial int acl_free(IntPtr list);

    // The structure of statx(2) is the same on every architecture, unlike that of stat(2).
    private static partial class Linux
    {
        // fcntl.h and linux/stat.h. stat(2) does not automount either.
        private const int CurrentFolder = -100;
        private const int NoFollow = 0x100;
        private const int NoAutomount = 0x800;
        private const int EmptyPath = 0x1000;
        private const uint TypeModeAndOwners = 0x1 | 0x2 | 0x8 | 0x10;

        public static (FileType Type, FileRights Rights)? Read(string path, bool followsLinks) =>
            statx(CurrentFolder, path, followsLinks ? NoAutomount : NoAutomount | NoFollow, TypeModeAndOwners, out var status) == 0
                ? Entry(status.Mode, status.UserId, status.GroupId)
                : null;

        public static (FileType Type, FileRights Rights)? Read(SafeFileHandle handle) =>
            statx(handle, "", EmptyPath, TypeModeAndOwners, out var status) == 0
                ? Entry(status.Mode, status.UserId, status.GroupId)
                : null;

        [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int statx(int folder, string path, int flags, uint mask, out Status status);

        [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int statx(SafeFileHandle file, string path, int flags, uint mask, out Status status);

        // struct statx (linux/stat.h).
        [StructLayout(LayoutKind.Explicit, Size = 256)]
        private struct Status
        {
            [FieldOffset(20)]
            public uint UserId;

            [FieldOffset(24)]
            public uint GroupId;

            [FieldOffset(28)]
            public ushort Mode;
        }
    }

    // stat(2) with 64-bit inodes: on x64 these functions have names of their own.
    private static partial class MacOS
    {
        private static bool IsX64 => RuntimeInformation.ProcessArchitecture == Architecture.X64;

        public static (FileType Type, FileRights Rights)? Read(string path, bool followsLinks)
        {
            Status status;
            var error = IsX64
                ? followsLinks ? StatX64(path, out status) : LStatX64(path, out status)
                : followsLinks ? stat(path, out status) : lstat(path, out status);
            return error == 0 ? Entry(status.Mode, status.UserId, status.GroupId) : null;
        }

        public static (FileType Type, FileRights Rights)? Read(SafeFileHandle handle) =>
            (IsX64 ? FStatX64(handle, out var status) : fstat(handle, out status)) == 0
                ? Entry(status.Mode, status.UserId, status.GroupId)
                : null;

        [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int stat(string path, out Status status);

        [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int lstat(string path, out Status status);

        [LibraryImport("libc")]
        private static partial int fstat(SafeFileHandle file, out Status status);

        [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int StatX64(string path, out Status status);

        [LibraryImport("libc", EntryPoint = "lstat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int LStatX64(string path, out Status status);

        [LibraryImport("libc", EntryPoint = "fstat$INODE64")]
        private static partial int FStatX64(SafeFileHandle file, out Status status);

        // struct stat (sys/stat.h, __DARWIN_STRUCT_STAT64), the same on x64 and arm64.
        [StructLayout(LayoutKind.Explicit, Size = 144)]
        private struct Status
        {
            [FieldOffset(4)]
            public ushort Mode;

            [FieldOffset(16)]
            public uint UserId;

            [FieldOffset(20)]
            public uint GroupId;
        }
    }
}
