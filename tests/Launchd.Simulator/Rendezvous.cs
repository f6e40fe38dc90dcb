using System.Security.Cryptography;
using System.Text;

namespace Launchd.Simulator;

/// <summary>Where the tool and its launchd meet: all names follow from the state folder.</summary>
internal sealed class Rendezvous
{
    /// <summary>The private first argument of the keeper's role.</summary>
    public const string KeeperArgument = "--launchd";

    public Rendezvous(string state)
    {
        State = Native.RealPath(state) ?? state;

        // Not in the state folder, and not in TMPDIR: a socket's path may have about 100 bytes, and two callers
        // with different TMPDIR must find the same launchd.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(State)).AsSpan(0, 8));
        SocketFolder = $"/tmp/launchd-sim.{hash}";
        Socket = $"{SocketFolder}/s";
    }

    public string State { get; }

    public string SocketFolder { get; }

    public string Socket { get; }

    /// <summary>Held by the one caller that starts a keeper.</summary>
    public string StartLock => Path.Combine(State, "start.lock");

    /// <summary>Held by the keeper as long as it lives.</summary>
    public string LifeLock => Path.Combine(State, "launchd.lock");

    /// <summary>The processes that the keeper has started, for the next keeper if this one is killed.</summary>
    public string Processes => Path.Combine(State, "processes");

    /// <summary>Takes a lock that ends with the process at the latest; null when the time is over, or the state folder
    /// gone.</summary>
    public static FileStream? Lock(string path, TimeSpan patience)
    {
        var deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (true)
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e)
            {
                if (e is DirectoryNotFoundException || Environment.TickCount64 >= deadline) return null;
                Thread.Sleep(5);
            }
    }
}
