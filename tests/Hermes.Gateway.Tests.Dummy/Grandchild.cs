using System.Diagnostics;

namespace Hermes.Gateway.Tests.Dummy;

/// <summary>Another process of this program, with the output streams of this one.</summary>
internal static class Grandchild
{
    public static Process Start(params string[] arguments)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The program has no path.");
        return Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })
            ?? throw new InvalidOperationException("Nothing was started.");
    }
}
