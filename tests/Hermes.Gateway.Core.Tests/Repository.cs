using System.Runtime.CompilerServices;

namespace Hermes.Gateway.Core.Tests;

/// <summary>Where this checkout's files are.</summary>
internal static class Repository
{
    /// <summary>The checkout's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The absolute path of a file or folder in the checkout.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The C# files of a folder of the checkout, without what a build has written.</summary>
    public static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(PathOf(folder), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string FindRoot([CallerFilePath] string file = "")
    {
        var folder = Path.GetDirectoryName(file)!;
        // Paths in a build for release may be mapped; the assembly's own place leads to the repository too.
        if (!Directory.Exists(folder)) folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Hermes.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
