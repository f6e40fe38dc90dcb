using System.Diagnostics;

namespace Hermes.Gateway.Testing;

/// <summary>Gives files of a test to another account, as only root can.</summary>
public static class FileOwner
{
    /// <summary>The user id of the account <c>nobody</c> on Debian: one without rights of its own.</summary>
    public const uint Nobody = 65534;

    /// <summary>Gives a file, a folder or a link itself to <c>nobody</c>.</summary>
    public static void GiveToNobody(string path) => Give(path, Nobody, Nobody);

    /// <summary>Gives a file, a folder or a link itself to an account and a group, which need no entry in any database.</summary>
    public static void Give(string path, uint user, uint group)
    {
        using var chown = Process.Start("chown", ["-h", $"{user}:{group}", path]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
    }
}
