namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>Where this checkout's files are.</summary>
internal static class Repository
{
    /// <summary>The checkout's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where the evidence of failed tests is kept.</summary>
    public static string Evidence => PathOf("artifacts", "log", "package-tests");

    /// <summary>The absolute path of a file or folder in the checkout.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "eng", "pack.sh"))) return folder.FullName;
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has eng/pack.sh.");
    }
}
