namespace Hermes.Gateway.Tests.Dummy.Behaviors;

/// <summary>Prints <c>waiting</c>, then waits; SIGTERM ends it as it ends any program.</summary>
internal static class Wait
{
    public static int Run(string witness)
    {
        Console.Out.WriteLine("waiting");
        using var life = new WitnessedLife(witness);
        life.AnnounceAndWait();
        return 0;
    }
}
