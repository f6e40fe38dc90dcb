using System.Runtime.InteropServices;

namespace Hermes.Gateway.Tests.Dummy.Behaviors;

/// <summary>Waits, whatever SIGTERM says.</summary>
internal static class WaitStubbornly
{
    public static int Run(string witness)
    {
        using var handler = IgnoreSigTerm();
        using var life = new WitnessedLife(witness);
        life.AnnounceAndWait();
        return 0;
    }

    public static PosixSignalRegistration IgnoreSigTerm() =>
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
}
