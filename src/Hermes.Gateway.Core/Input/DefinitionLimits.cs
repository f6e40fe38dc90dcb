namespace Hermes.Gateway.Core.Input;

/// <summary>Finds values that the definitions of one manager cannot contain. Each member returns the reason as the end of a sentence;
/// null when the value reaches the process unchanged.</summary>
/// <param name="Program">For the program's path.</param>
/// <param name="Folder">For the working directory.</param>
/// <param name="File">For the environment file's path.</param>
/// <param name="Variable">For the name of an environment variable.</param>
/// <param name="Word">For an argument, or a whole <c>NAME=value</c>.</param>
/// <param name="Command">For the program and all its arguments together.</param>
internal sealed record DefinitionLimits(
    Func<string, string?> Program,
    Func<string, string?> Folder,
    Func<string, string?> File,
    Func<string, string?> Variable,
    Func<string, string?> Word,
    Func<ImmutableArray<string>, string?> Command)
{
    /// <summary>The limits of a manager whose definitions can contain any value.</summary>
    public static DefinitionLimits None { get; } = new(_ => null, _ => null, _ => null, _ => null, _ => null, _ => null);
}
