using System.Runtime.InteropServices;

namespace Hermes.Gateway.Core.Host;

/// <summary>The values of open(2)'s flags, and of one error of flock(2), which differ between systems and processors.
/// </summary>
/// <remarks>Linux: asm-generic/fcntl.h, and arch/arm64/include/uapi/asm/fcntl.h, which gives O_NOFOLLOW another value; so do
/// 32-bit ARM and PowerPC. macOS: sys/fcntl.h, sys/errno.h.</remarks>
internal static class OpenFlags
{
    public static int NoFollow { get; } = OperatingSystem.IsMacOS() ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm or Architecture.Armv6 or Architecture.Ppc64le ? 0x8000
        : 0x20000;

    public static int NonBlocking { get; } = OperatingSystem.IsMacOS() ? 0x4 : 0x800;

    public static int CloseOnExec { get; } = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>EWOULDBLOCK.</summary>
    public static int WouldBlock { get; } = OperatingSystem.IsMacOS() ? 35 : 11;
}
