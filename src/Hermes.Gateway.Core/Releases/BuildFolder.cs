using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Releases;

/// <summary>A folder into which .NET programs are built, where a service without releases runs.</summary>
internal static partial class BuildFolder
{
    // Each .NET program has this file beside it. It names the assemblies that the program is made of.
    private const string Dependencies = "*.deps.json";
    private const int MaxFiles = 100_000;

    // What the SDK writes beside a program: its name with these endings.
    private static readonly string[] Companions =
        ["", ".dll", ".exe", ".deps.json", ".runtimeconfig.json", ".xml", ".staticwebassets.endpoints.json", ".staticwebassets.runtime.json"];

    /// <summary>Returns the folder of the .NET program that a command starts; null when it starts none, or one in a release.</summary>
    public static string? Of(IEnumerable<string> command) =>
        command.Where(Path.IsPathRooted).Select(Path.GetDirectoryName).FirstOrDefault(folder => folder is not null && HasProgram(folder)) is { } found
        && !File.Exists(Path.Combine(found, ReleaseFolders.ManifestName))
            ? found
            : null;

    /// <summary>Lists the files in a build folder that no build or publish made, such as a database that the program keeps beside itself,
    /// relative to the folder. A file counts as made when one of the same name was.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="listPath">A file with the paths of all files that the build wrote, one a line; it may be missing.</param>
    /// <param name="published">The published files; null for none.</param>
    public static IReadOnlyList<string> FindFilesNotBuilt(string folder, string listPath, ReleaseContent? published) =>
        FileErrors.Ignore<IReadOnlyList<string>>([], () =>
        {
            var built = new HashSet<string>(StringComparer.Ordinal);
            if (File.Exists(listPath)) built.UnionWith(File.ReadLines(listPath).Select(line => Path.GetFileName(line)));
            built.UnionWith((published?.Files ?? []).Select(file => Path.GetFileName(file.Path)));
            foreach (var file in Directory.EnumerateFiles(folder, Dependencies))
            {
                var program = Path.GetFileName(file)[..^(Dependencies.Length - 1)];
                built.UnionWith(Companions.Select(companion => program + companion));
                built.UnionWith(Text().Matches(File.ReadAllText(file)).Select(match => Path.GetFileName(match.Groups[1].Value)));
            }

            return
            [
                .. FilesIn(folder).Take(MaxFiles).Where(path => !built.Contains(Path.GetFileName(path)) && !IsNoData(Path.GetFileName(path)))
                    .Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal),
            ];
        });

    private static bool HasProgram(string folder) =>
        FileErrors.Ignore(fallback: false, () => Directory.EnumerateFiles(folder, Dependencies).Any());

    // Symbols, a file of the macOS Finder, and core dumps: core(5).
    private static bool IsNoData(string name) =>
        name.EndsWith(".pdb", StringComparison.Ordinal) || name is ".DS_Store" or "core" || name.StartsWith("core.", StringComparison.Ordinal);

    private static IEnumerable<string> FilesIn(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            if (entry is not DirectoryInfo inner) yield return entry.FullName;
            // Another build, such as that of a runtime identifier, is in a folder of its own.
            else if (inner.LinkTarget is null && !inner.EnumerateFiles(Dependencies).Any())
                foreach (var file in FilesIn(inner.FullName)) yield return file;
    }

    // A text in JSON.
    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Text();
}
