namespace Hermes.Gateway.Tasks;

/// <summary>Where a code is explained: the page that comes with the package, so the link works offline and speaks of
/// this very version.</summary>
internal static class HelpLinks
{
    /// <summary>The link of one code.</summary>
    public static string For(string code, string? linkBase)
    {
        var page = string.IsNullOrEmpty(linkBase) ? PackagedPage() : linkBase;
        return $"{page}#{code.ToLowerInvariant()}";
    }

    private static string PackagedPage()
    {
        var folder = Path.GetDirectoryName(typeof(HelpLinks).Assembly.Location)!;
        return new Uri(Path.GetFullPath(Path.Combine(folder, "..", "..", "docs", "diagnostics.md"))).AbsoluteUri;
    }
}
