using System.Net.Sockets;
using System.Text;

namespace Launchd.Simulator;

/// <summary>The tool: sends what it was asked to launchd, and prints the answer.</summary>
internal static class Client
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static int Run(Rendezvous rendezvous, string[] arguments)
    {
        var isShutdown = arguments is ["simulator", "shutdown"];
        var request = new Request(
            arguments, CurrentFolder(), Native.EffectiveUserId, Native.IsTerminal(descriptor: 1));
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        for (; Environment.TickCount64 < deadline; Thread.Sleep(5))
        {
            // Nobody is started only to be shut down.
            using var connection = isShutdown ? KeeperStarter.Find(rendezvous) : KeeperStarter.Connect(rendezvous);
            if (connection is null) return isShutdown ? 0 : Fail("launchd does not start");
            using var stream = new NetworkStream(connection);
            try
            {
                request.Write(stream);

                // An end of file before the receipt: that launchd was just about to end; the next one will answer.
                if (stream.ReadByte() < 0) continue;
            }
            catch (IOException)
            {
                continue;
            }

            try
            {
                var answer = Answer.Read(stream);
                if (isShutdown && !HasEnded(rendezvous)) return Fail("launchd does not end");
                Print(answer.Out, Console.OpenStandardOutput);
                Print(answer.Error, Console.OpenStandardError);
                return answer.Exit;
            }
            catch (IOException)
            {
                return Fail("launchd ended while it worked on this call");
            }
        }

        return Fail("launchd does not answer");
    }

    // The lock is free when the process is gone; that is later than its last answer.
    private static bool HasEnded(Rendezvous rendezvous)
    {
        using var end = Rendezvous.Lock(rendezvous.LifeLock, TimeSpan.FromSeconds(20));
        return end is not null || !File.Exists(rendezvous.LifeLock);
    }

    private static string CurrentFolder()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return "/";
        }
    }

    private static int Fail(string reason)
    {
        Print($"launchctl (simulator): {reason}.\n", Console.OpenStandardError);
        return ExitCode.Software;
    }

    private static void Print(string text, Func<Stream> open)
    {
        if (text.Length == 0) return;
        using var stream = open();
        stream.Write(Encoding.UTF8.GetBytes(text));
    }
}
