using Hermes.Gateway.Core.Releases;

namespace Hermes.Gateway.Core.Input;

/// <summary>Reads published folders, each once: the services of a project share one.</summary>
internal sealed class PublishedFolders
{
    private readonly Dictionary<string, ReleaseContent> _contents = new(StringComparer.Ordinal);

    /// <summary>Returns the content of a folder.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public ReleaseContent Of(string folder) =>
        _contents.TryGetValue(folder, out var known) ? known : _contents[folder] = ReleaseContent.Of(folder);
}
