// Notifier FIFO   says that it is ready when it is told so: when somebody writes to FIFO
// Notifier        never says it
// Either way it then does nothing until it is asked to end.
using System.Net.Sockets;
using System.Runtime.InteropServices;

using var asked = new ManualResetEventSlim();
using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    asked.Set();
});

if (args is [var fifo])
    // In the background: the wait for somebody who writes must not keep it from ending.
    new Thread(() =>
    {
        File.ReadAllText(fifo);
        Console.WriteLine("ready");
        TellManager("READY=1");
    }) { IsBackground = true }.Start();
Console.WriteLine("starting");
asked.Wait();

// sd_notify(3): one datagram to the socket that is named in the environment, "@" for an abstract one.
static void TellManager(string state)
{
    var address = Environment.GetEnvironmentVariable("NOTIFY_SOCKET")
        ?? throw new InvalidOperationException("the manager gave no socket");
    using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    socket.Connect(new UnixDomainSocketEndPoint(address.StartsWith('@') ? "\0" + address[1..] : address));
    socket.Send(System.Text.Encoding.UTF8.GetBytes(state));
}
