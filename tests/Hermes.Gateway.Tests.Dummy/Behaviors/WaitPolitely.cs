using System.Runtime.InteropServices;

namespace Hermes.Gateway.Tests.Dummy.Behaviors;

/// <summary>Waits; at SIGTERM prints <c>cleaned up</c> and exits with 0.</summary>
internal static class WaitPolitely
{
    public static int Run(string witness)
    {
        using var life = new WitnessedLife(witness);
        using var handler = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            life.Release();
        });
        life.AnnounceAndWait();
        Console.Out.WriteLine("cleaned up");
        return 0;
    }
}
