using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.Releases;

/// <summary>The folder into which the project is built, where a service without releases runs.</summary>
/// <param name="Folder">The absolute path.</param>
/// <param name="ListPath">A file with the paths of all files that the build wrote, one a line; null or missing when there is none.</param>
internal sealed record BuildOutput(string Folder, string? ListPath)
{
    // Another build, such as that of a runtime identifier, is in a folder of its own.
    private const string MarkOfABuild = "*.deps.json";
    private const string SymbolsExtension = ".pdb";
    private const int MostLooked = 100_000;

    /// <summary>Whether a definition starts a program of this folder.</summary>
    public bool IsUsedBy(string program, IEnumerable<string> arguments) =>
        arguments.Prepend(program).Any(text => RealPath.IsInside(text, Folder));

    /// <summary>Lists the files that neither the build nor a publish made, such as a database that the program keeps beside itself, relative
    /// to the folder. A file counts as made when one of the same name was.</summary>
    public IReadOnlyList<string> FindFilesOfOthers(ReleaseContent? published) => FileErrors.Ignore<IReadOnlyList<string>>([], () =>
    {
        if (!Directory.Exists(Folder)) return [];
        var made = new HashSet<string>(StringComparer.Ordinal);
        if (ListPath is not null && File.Exists(ListPath)) made.UnionWith(File.ReadLines(ListPath).Select(line => Path.GetFileName(line)));
        made.UnionWith((published?.Files ?? []).Select(file => Path.GetFileName(file.Path)));
        // Without anything to compare with, every file would count.
        return made.Count == 0 ? [] :
        [
            .. FilesIn(Folder).Take(MostLooked).Where(path => !made.Contains(Path.GetFileName(path)) && !path.EndsWith(SymbolsExtension, StringComparison.Ordinal))
                .Select(path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal),
        ];
    });

    private static IEnumerable<string> FilesIn(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            if (entry is not DirectoryInfo inner) yield return entry.FullName;
            else if (inner.LinkTarget is null && !inner.EnumerateFiles(MarkOfABuild).Any())
                foreach (var file in FilesIn(inner.FullName)) yield return file;
    }
}
