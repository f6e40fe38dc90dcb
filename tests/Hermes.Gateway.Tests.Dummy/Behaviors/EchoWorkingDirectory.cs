namespace Hermes.Gateway.Tests.Dummy.Behaviors;

/// <summary>Prints the folder that it runs in.</summary>
internal static class EchoWorkingDirectory
{
    public static int Run()
    {
        Console.Out.Write(Environment.CurrentDirectory);
        return 0;
    }
}
