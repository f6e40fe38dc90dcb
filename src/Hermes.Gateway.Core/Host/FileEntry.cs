using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hermes.Gateway.Core.Host;

/// <summary>Reads type, mode and owners of files with statx(2) on Linux and stat(2) on macOS, because the BCL has no API for
/// owners. Each answer is null when there is no such file, when this account may not see it, or when the C library has no such
/// function (glibc before 2.28, musl before 1.2.5).</summary>
internal static partial class FileEntry
{
    // sys/stat.h: S_IFMT, and all bits that are not in it.
    private const int TypeMask = 0xF000;
    private const int RightsMask = 0xFFF;

    /// <summary>The user id of the owner. Follows symbolic links.</summary>
    public static uint? OwnerOf(string path) => RightsOf(path)?.UserId;

    /// <summary>Mode and owners. Follows symbolic links.</summary>
    public static FileRights? RightsOf(string path) => Read(path, followsLinks: true)?.Rights;

    /// <summary>Whether the path leads to a regular file. Follows symbolic links.</summary>
    public static bool? IsRegularFile(string path) =>
        Read(path, followsLinks: true) is var (type, _) ? type == FileType.Regular : null;

    /// <summary>Type, mode and owners of the entry that a path names: of a symbolic link itself, not of its target.</summary>
    public static (FileType Type, FileRights Rights)? EntryOf(string path) => Read(path, followsLinks: false);

    /// <summary>Type, mode and owners of an open file.</summary>
    public static (FileType Type, FileRights Rights)? EntryOf(SafeFileHandle handle)
    {
        try
        {
            return OperatingSystem.IsMacOS() ? MacOS.Read(handle) : Linux.Read(handle);
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static (FileType Type, FileRights Rights)? Read(string path, bool followsLinks)
    {
        try
        {
            return OperatingSystem.IsMacOS() ? MacOS.Read(path, followsLinks) : Linux.Read(path, followsLinks);
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static (FileType Type, FileRights Rights) Entry(ushort mode, uint userId, uint groupId) =>
        ((FileType)(mode & TypeMask), new FileRights(mode & RightsMask, userId, groupId));

    /// <summary>statx(2): its structure is the same on every architecture, unlike that of stat(2).</summary>
    private static partial class Linux
    {
        // fcntl.h and linux/stat.h.
        private const int CurrentFolder = -100;
        private const int NoFollow = 0x100;
        private const int EmptyPath = 0x1000;

        // What stat(2) does, too.
        private const int NoAutomount = 0x800;
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

    /// <summary>stat(2) with 64-bit inodes: on x64 these functions have a name of their own.</summary>
    private static partial class MacOS
    {
        public static (FileType Type, FileRights Rights)? Read(string path, bool followsLinks)
        {
            Status status;
            var error = RuntimeInformation.ProcessArchitecture == Architecture.X64
                ? followsLinks ? StatX64(path, out status) : LStatX64(path, out status)
                : followsLinks ? stat(path, out status) : lstat(path, out status);
            return error == 0 ? Entry(status.Mode, status.UserId, status.GroupId) : null;
        }

        public static (FileType Type, FileRights Rights)? Read(SafeFileHandle handle)
        {
            Status status;
            var error = RuntimeInformation.ProcessArchitecture == Architecture.X64
                ? FStatX64(handle, out status)
                : fstat(handle, out status);
            return error == 0 ? Entry(status.Mode, status.UserId, status.GroupId) : null;
        }

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
