namespace Hermes.Gateway.Tests.Dummy.Behaviors;

/// <summary>Exits at once and leaves a process behind that holds its output streams open.</summary>
internal static class LeaveGrandchild
{
    public static int Run(string witness)
    {
        using var grandchild = Grandchild.Start("wait-stubbornly", witness);
        Console.Out.WriteLine("left behind");
        return 0;
    }
}
