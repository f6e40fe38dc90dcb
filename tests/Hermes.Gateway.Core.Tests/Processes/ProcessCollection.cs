namespace Hermes.Gateway.Core.Tests.Processes;

/// <summary>
/// Tests that count handles and memory of this whole process, or start very many others: they run alone.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessCollection
{
    public const string Name = "Processes";
}
