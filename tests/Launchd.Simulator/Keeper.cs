using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Launchd.Simulator;

/// <summary>The role of PID 1: answers calls until it must end, and leaves nothing behind.</summary>
internal sealed class Keeper(Rendezvous rendezvous)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StateCheck = TimeSpan.FromMilliseconds(300);

    // The end must not take as long as the most stubborn job wants it to.
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(1);

    // Never disposed of: who gets this lock may count on the process being gone, not only its work being done.
    private static FileStream? _life;

    private readonly Launchd _launchd = new(rendezvous);

    public static int Run(Rendezvous rendezvous)
    {
        const uint othersMayNotWrite = 0b000_010_010;
        Native.SetFileMask(othersMayNotWrite);
        _life = Rendezvous.Lock(rendezvous.LifeLock, Patience);
        return _life is null ? ExitCode.Software : new Keeper(rendezvous).Run();
    }

    private int Run()
    {
        Processes.EndLeftovers(rendezvous);
        Native.BecomeSubreaper();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        var calls = new Calls(_launchd, rendezvous.State);
        using var listener = Listen();
        StartThread(new Reaper(_launchd).Run);
        StartThread(() => Accept(listener, calls));

        AwaitEnd(calls);

        // In this order: who finds no socket starts the next keeper, which waits for the lock of this one.
        Directory.Delete(rendezvous.SocketFolder, recursive: true);
        lock (_launchd.Gate) _launchd.UnloadAll(LastPatience);
        Processes.EndDescendants();
        if (Directory.Exists(rendezvous.State)) File.Delete(rendezvous.Processes);
        calls.Finish();
        return 0;
    }

    private void AwaitEnd(Calls calls)
    {
        lock (_launchd.Gate)
            while (!_launchd.IsEnding)
            {
                Monitor.Wait(_launchd.Gate, StateCheck);
                var isIdle = calls.IdleTime > LongestIdle && !_launchd.Jobs.Any();
                if (isIdle || !File.Exists(rendezvous.LifeLock)) _launchd.End();
            }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_launchd.Gate) _launchd.End();
    }

    private Socket Listen()
    {
        Directory.CreateDirectory(
            rendezvous.SocketFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(rendezvous.Socket));
        listener.Listen(128);
        return listener;
    }

    private static void Accept(Socket listener, Calls calls)
    {
        while (true)
        {
            Socket connection;
            try
            {
                connection = listener.Accept();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            StartThread(() => calls.Serve(connection));
        }
    }

    private static void StartThread(Action action) => new Thread(() => action()) { IsBackground = true }.Start();
}
