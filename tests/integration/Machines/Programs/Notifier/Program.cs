// Notifier FIFO   sends READY=1 after a process has written to FIFO
// Notifier        never sends READY=1
// Both run until SIGTERM.
using System.Net.Sockets;
using System.Runtime.InteropServices;

using var stopRequested = new ManualResetEventSlim();
using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stopRequested.Set();
});

if (args is [var fifo])
    // A background thread, because the blocking read of the FIFO must not prevent the exit.
    new Thread(() =>
    {
        File.ReadAllText(fifo);
        Console.WriteLine("ready");
        Notify("READY=1");
    }) { IsBackground = true }.Start();
Console.WriteLine("starting");
stopRequested.Wait();

// sd_notify(3): one datagram to the socket in NOTIFY_SOCKET; a name that starts with "@" is an abstract socket.
static void Notify(string state)
{
    var address = Environment.GetEnvironmentVariable("NOTIFY_SOCKET")
        ?? throw new InvalidOperationException("NOTIFY_SOCKET is not set");
    using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    socket.Connect(new UnixDomainSocketEndPoint(address.StartsWith('@') ? "\0" + address[1..] : address));
    socket.Send(System.Text.Encoding.UTF8.GetBytes(state));
}
