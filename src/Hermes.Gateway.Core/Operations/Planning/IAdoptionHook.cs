using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Core.Operations.Planning;

/// <summary>Recognizes definitions that another tool wrote for a program that has a preset. Pure.</summary>
internal interface IAdoptionHook
{
    /// <summary>Recognizes a definition by its command; null for an unknown one.</summary>
    RecognizedCommand? Recognize(ImmutableArray<string> command);

    /// <summary>An error if the installed definition runs another instance of the program than the desired one.</summary>
    Finding? FindOtherInstance(Comparison comparison);
}

/// <summary>A command that an <see cref="IAdoptionHook"/> recognized.</summary>
/// <param name="Description">What the definition is, as the end of a sentence.</param>
/// <param name="HasWrapper">Whether another program starts the actual one.</param>
internal sealed record RecognizedCommand(string Description, bool HasWrapper);
