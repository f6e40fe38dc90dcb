using System.Diagnostics;

namespace Hermes.Gateway.Core.Processes;

/// <summary>The environment that a command gets.</summary>
internal static class CommandEnvironment
{
    /// <summary>Changes what <paramref name="start"/> would pass on to what <paramref name="request"/> asks for.</summary>
    public static void Apply(CommandRequest request, ProcessStartInfo start)
    {
        if (request.InheritsEnvironment)
            start.Environment["LC_ALL"] = "C";
        else
            start.Environment.Clear();
        foreach (var (name, value) in request.Environment)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }
    }
}
