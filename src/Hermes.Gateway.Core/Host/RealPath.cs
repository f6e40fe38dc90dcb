namespace Hermes.Gateway.Core.Host;

/// <summary>One step by which the kernel resolves a path: looking up a name in a folder without links. When the entry is a
/// followed symbolic link, its target is resolved next.</summary>
internal sealed record PathLookup(string Folder, string Name, string Path, bool IsFollowed);

/// <summary>Resolves the symbolic links in paths, as <c>realpath -m</c> does.</summary>
internal static class RealPath
{
    // The most links that Linux follows (path_resolution(7)).
    private const int MostLinks = 40;

    /// <summary>Returns an absolute path with links followed. Missing parts, and links beyond the kernel's limit, stay.</summary>
    public static string Of(string path) => Resolve(path).LastOrDefault() is { Path: { } real } ? real : "/";

    /// <summary>Enumerates the lookups by which the kernel resolves an absolute path (path_resolution(7)). The last one names
    /// what the path leads to; the root folder has none.</summary>
    public static IEnumerable<PathLookup> Resolve(string path)
    {
        var links = 0;
        var names = new Stack<string>(NamesOf(path));
        var folder = "/";
        while (names.TryPop(out var name))
        {
            var next = name switch
            {
                "." => folder,
                ".." => Path.GetDirectoryName(folder) ?? "/",
                _ => Path.Combine(folder, name),
            };
            var target = name is "." or ".." || links == MostLinks ? null : LinkTarget(next);
            yield return new PathLookup(folder, name, next, target is not null);
            if (target is null)
            {
                folder = next;
                continue;
            }

            links++;
            if (target.StartsWith('/')) folder = "/";
            // A link to the root folder has no names.
            foreach (var part in NamesOf(target).DefaultIfEmpty(".")) names.Push(part);
        }

        static IEnumerable<string> NamesOf(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse();
    }

    /// <summary>Determines whether a path is a folder or inside of it. Both must have no links.</summary>
    public static bool IsInside(string path, string folder) =>
        path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>Returns the target as written in a symbolic link; null when the path names no link, or cannot be read.</summary>
    public static string? LinkTarget(string path) => FileErrors.Ignore(fallback: null, () => new FileInfo(path).LinkTarget);
}
