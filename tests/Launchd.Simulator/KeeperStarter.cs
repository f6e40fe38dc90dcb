using System.Collections;
using System.Globalization;
using System.Net.Sockets;

namespace Launchd.Simulator;

/// <summary>Finds the keeper of a state folder, or starts it.</summary>
internal static class KeeperStarter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A connection to a keeper that lives; null when there is none, and nothing that one has left.</summary>
    public static Socket? Find(Rendezvous rendezvous)
    {
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            if (TryConnect(rendezvous) is { } connection) return connection;

            // Held, and no socket: a keeper is about to begin, or to end.
            using var life = Rendezvous.Lock(rendezvous.LifeLock, TimeSpan.Zero);
            if (life is not null)
            {
                Processes.EndLeftovers(rendezvous);
                return null;
            }

            if (Environment.TickCount64 > deadline) return null;
            Thread.Sleep(5);
        }
    }

    /// <summary>A connection; null when no keeper can be started.</summary>
    public static Socket? Connect(Rendezvous rendezvous)
    {
        if (TryConnect(rendezvous) is { } existing) return existing;

        // Of several callers, one starts it; the others find it started when they get the lock.
        using var startLock = Rendezvous.Lock(rendezvous.StartLock, Patience);
        if (startLock is null) return null;
        if (TryConnect(rendezvous) is { } started) return started;
        if (Start(rendezvous) < 0) return null;
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (Environment.TickCount64 < deadline)
        {
            if (TryConnect(rendezvous) is { } connection) return connection;
            Thread.Sleep(5);
        }

        return null;
    }

    private static Socket? TryConnect(Rendezvous rendezvous)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(rendezvous.Socket));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static int Start(Rendezvous rendezvous)
    {
        var program = Environment.ProcessPath!;
        string[] arguments = Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [program, Path.Combine(AppContext.BaseDirectory, "launchctl.dll"), Rendezvous.KeeperArgument]
            : [program, Rendezvous.KeeperArgument];
        string[] replaced = ["LAUNCHD_SIMULATOR_STATE", "XPC_SERVICE_NAME", "DOTNET_EnableDiagnostics"];
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(entry => !replaced.Contains((string)entry.Key))
            .Select(entry => $"{entry.Key}={entry.Value}")
            .Append($"LAUNCHD_SIMULATOR_STATE={rendezvous.State}")
            // Otherwise a killed keeper would leave .NET's own socket in the temporary folder.
            .Append("DOTNET_EnableDiagnostics=0");
        return Spawner.Spawn(new SpawnRequest
        {
            Program = program,
            Arguments = arguments,
            Environment = [.. environment],
            // A caller's caller may wait for the end of any pipe that this process was given.
            Close = [.. OpenDescriptors().Where(descriptor => descriptor > 2)],
        });
    }

    private static IEnumerable<int> OpenDescriptors() =>
        Directory.GetFileSystemEntries("/proc/self/fd")
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));
}
