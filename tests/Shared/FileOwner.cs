using System.Diagnostics;

namespace Hermes.Gateway.Tests.Shared;

/// <summary>Gives files of a test to another account, as only root can.</summary>
internal static class FileOwner
{
    /// <summary>The user id of the account <c>nobody</c> on Debian: one without rights of its own.</summary>
    public const uint Nobody = 65534;

    /// <summary>Gives a file, a folder or a link itself to <c>nobody</c>.</summary>
    public static void GiveToNobody(string path)
    {
        using var chown = Process.Start("chown", ["-h", $"{Nobody}:{Nobody}", path]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
    }
}
