namespace Hermes.Gateway.Core.Host;

/// <summary>Paths without links, as <c>realpath -m</c> tells them: two names of one folder give one text.</summary>
internal static class RealPath
{
    /// <summary>What Linux follows at most (path_resolution(7)); more is a circle.</summary>
    public const int MostLinks = 40;

    /// <summary>The absolute <paramref name="path"/> with every link followed; parts that do not exist stay as they are.
    /// </summary>
    public static string Of(string path)
    {
        var links = 0;
        var rest = new Stack<string>(Parts(path));
        var real = "";
        while (rest.TryPop(out var part))
        {
            if (part == ".") continue;
            if (part == "..")
            {
                real = real[..Math.Max(real.LastIndexOf('/'), 0)];
                continue;
            }

            var next = $"{real}/{part}";
            if (links < MostLinks && LinkTarget(next) is { } target)
            {
                links++;
                if (target.StartsWith('/')) real = "";
                foreach (var piece in Parts(target)) rest.Push(piece);
            }
            else
            {
                real = next;
            }
        }

        return real.Length == 0 ? "/" : real;
    }

    /// <summary>Whether <paramref name="path"/> is <paramref name="folder"/> or inside of it; both without links.</summary>
    public static bool IsInside(string path, string folder) =>
        path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>The names in a path, the last one first.</summary>
    public static IEnumerable<string> Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse();

    /// <summary>Where a link leads to, as it is written in it; null when it is none, or cannot be looked at.</summary>
    public static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
