namespace Hermes.Gateway.Core.Tests.Processes;

/// <summary>Tests that run alone: they count handles and memory of the whole process, or start many processes.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessCollection
{
    public const string Name = "Processes";
}
