using System.Globalization;

namespace Hermes.Gateway.Tests.Dummy.Behaviors;

/// <summary>Prints its process id and exits with a code.</summary>
internal static class ExitWithCode
{
    public static int Run(string code)
    {
        Console.Out.Write(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return int.Parse(code, CultureInfo.InvariantCulture);
    }
}
