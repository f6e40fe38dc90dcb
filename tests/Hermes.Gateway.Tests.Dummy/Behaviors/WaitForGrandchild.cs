namespace Hermes.Gateway.Tests.Dummy.Behaviors;

/// <summary>Starts a process and waits for it; both ignore SIGTERM.</summary>
internal static class WaitForGrandchild
{
    public static int Run(string witness)
    {
        using var handler = WaitStubbornly.IgnoreSigTerm();
        using var grandchild = Grandchild.Start("wait-stubbornly", witness);
        grandchild.WaitForExit();
        return 0;
    }
}
