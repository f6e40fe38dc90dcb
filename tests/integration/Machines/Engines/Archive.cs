using System.Formats.Tar;

namespace Hermes.Gateway.Machines.Tests.Engines;

/// <summary>Creates tar archives for the copy API of container engines. All entries belong to root.</summary>
internal static class Archive
{
    /// <summary>Archives the contents of a folder.</summary>
    public static MemoryStream Of(DirectoryInfo folder) => Write(tar => AddContents(tar, folder, ""));

    /// <summary>Archives one file under another name.</summary>
    public static MemoryStream Of(FileInfo file, string name) => Write(tar => AddFile(tar, file, name));

    private static MemoryStream Write(Action<TarWriter> add)
    {
        var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true)) add(tar);
        archive.Position = 0;
        return archive;
    }

    private static void AddContents(TarWriter tar, DirectoryInfo folder, string prefix)
    {
        foreach (var item in folder.EnumerateFileSystemInfos())
        {
            var name = prefix + item.Name;
            if (item.LinkTarget is { } target)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target });
            else if (item is DirectoryInfo inner)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, name) { Mode = inner.UnixFileMode });
                AddContents(tar, inner, name + "/");
            }
            else
                AddFile(tar, (FileInfo)item, name);
        }
    }

    private static void AddFile(TarWriter tar, FileInfo file, string name)
    {
        using var data = file.OpenRead();
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = file.UnixFileMode, DataStream = data });
    }
}
