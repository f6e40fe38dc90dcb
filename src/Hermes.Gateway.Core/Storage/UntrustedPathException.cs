namespace Hermes.Gateway.Core.Storage;

/// <summary>A file or folder of this project's own state, or a folder above it, could be changed by another account, or is not
/// what it should be: nothing is read from it or written to it.</summary>
/// <param name="path">What is not trusted.</param>
/// <param name="reason">Why, with its mode and owner, as a sentence without its end that names the path.</param>
/// <param name="repair">The command that repairs it without destroying anything; to be run as its owner, or as root.</param>
internal sealed class UntrustedPathException(string path, string reason, string repair) : IOException(reason)
{
    /// <summary>What is not trusted.</summary>
    public string Path { get; } = path;

    /// <summary>The command that repairs it.</summary>
    public string Repair { get; } = repair;
}
