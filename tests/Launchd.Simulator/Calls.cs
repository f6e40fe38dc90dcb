using System.Net.Sockets;
using System.Text.Json;
using Launchd.Simulator.Verbs;

namespace Launchd.Simulator;

/// <summary>Answers callers, each in a thread of its own; what they change, they change under launchd's gate.</summary>
internal sealed class Calls(Launchd launchd, string state)
{
    /// <summary>What is logged as the exit of a call whose caller has not waited for the answer.</summary>
    private const int CallerGone = -1;

    private readonly CallLog _log = new(state);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private int _active;
    private bool _isFinished;
    private long _lastCall = Environment.TickCount64;

    /// <summary>For how long nobody has called.</summary>
    public TimeSpan IdleTime =>
        _active > 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Environment.TickCount64 - _lastCall);

    public void Serve(Socket connection)
    {
        using var stream = new NetworkStream(connection, ownsSocket: true);
        try
        {
            var request = Request.Read(stream);
            lock (launchd.Gate)
            {
                if (launchd.IsEnding) return;
                _active++;
            }

            try
            {
                stream.WriteByte(1);
                Answer(request, connection).Write(stream);
            }
            finally
            {
                lock (launchd.Gate)
                {
                    _active--;
                    _lastCall = Environment.TickCount64;
                    launchd.Changed();
                }
            }
        }
        catch (IOException)
        {
            // The caller is gone: there is nobody to be told.
        }
    }

    /// <summary>Lets the callers have their answers who wait for the end.</summary>
    public void Finish()
    {
        lock (launchd.Gate)
        {
            _isFinished = true;
            launchd.Changed();
            var deadline = Environment.TickCount64 + 2000;
            while (_active > 0 && Environment.TickCount64 < deadline) Monitor.Wait(launchd.Gate, 50);
        }
    }

    private Answer Answer(Request request, Socket connection)
    {
        if (request.Arguments is ["simulator", "shutdown"]) return Shutdown();
        try
        {
            return Perform(request, connection);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException
            or ArgumentException or IOException or UnauthorizedAccessException)
        {
            return new Answer(ExitCode.Software, Error: $"launchctl (simulator): {e.Message}\n");
        }
    }

    private Answer Shutdown()
    {
        lock (launchd.Gate)
        {
            launchd.End();
            launchd.Await(() => _isFinished);
            return Simulator.Answer.Ok;
        }
    }

    private Answer Perform(Request request, Socket connection)
    {
        var verb = request.Arguments.FirstOrDefault("");
        var settings = Settings.Read(state, request.UserId);
        var fault = Fault.Find(state, verb, Count(verb));

        // A caller sends nothing more: when there is something to read, it is the end.
        if (fault.Hang > TimeSpan.Zero && connection.Poll(fault.Hang, SelectMode.SelectRead))
        {
            _log.Add(request.Arguments, new Answer(CallerGone));
            return Simulator.Answer.Ok;
        }

        var answer = Simulator.Answer.Ok;
        if (fault.Effect != FaultEffect.None)
            lock (launchd.Gate)
            {
                launchd.Settings = settings;
                answer = VerbTable.Run(new Call(launchd, request, fault));
            }

        answer = fault.Answer ?? answer;
        if (verb != "simulator") _log.Add(request.Arguments, answer);
        return answer;
    }

    private int Count(string verb)
    {
        lock (launchd.Gate) return _counts[verb] = _counts.GetValueOrDefault(verb) + 1;
    }
}
