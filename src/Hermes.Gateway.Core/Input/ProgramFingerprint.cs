using System.Security.Cryptography;

namespace Hermes.Gateway.Core.Input;

/// <summary>Fingerprints a program's build output by content: a rebuild of the same source changes nothing, a changed
/// one is drift like any other.</summary>
public static class ProgramFingerprint
{
    // What the .NET SDK writes beside an executable, for programs whose build keeps no list.
    private static readonly string[] Companions = [".dll", ".deps.json", ".runtimeconfig.json"];

    /// <summary>Fingerprints <paramref name="program"/> and what was built with it.</summary>
    /// <param name="program">Absolute path of the program.</param>
    /// <param name="outputList">A file that lists the build's files, one absolute path a line (the SDK's
    /// <c>*.FileListAbsolute.txt</c>); null or missing when there is none.</param>
    /// <returns>16 lower-case hexadecimal digits; empty when there is no program.</returns>
    /// <exception cref="IOException">A file of the output cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise, for lack of rights.</exception>
    public static string Of(string program, string? outputList)
    {
        if (!File.Exists(program)) return "";
        var folder = Path.GetDirectoryName(program)!;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in FilesOf(program, outputList))
        {
            // Names are relative: a moved folder with the same content is the same program.
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, file) + "\0"));
            using var stream = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(stream));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    // The program and what was built with it, in a fixed order.
    private static List<string> FilesOf(string program, string? outputList)
    {
        var folder = Path.GetDirectoryName(program)!;
        var files = new SortedSet<string>(StringComparer.Ordinal) { program };
        foreach (var companion in Companions) files.Add(program + companion);
        if (outputList is not null && File.Exists(outputList))
        {
            var lines = File.ReadAllLines(outputList);
            // The list holds absolute paths of the time of the build; the folder may have been moved since.
            if (ListedFolder(program, lines) is { } listed)
                foreach (var line in lines)
                    // A .pdb changes only when the code does, which is compared already.
                    if (line.StartsWith(listed + "/", StringComparison.Ordinal) && !line.EndsWith(".pdb", StringComparison.Ordinal))
                        files.Add(folder + line[listed.Length..]);
        }

        return [.. files.Where(File.Exists)];
    }

    private static string? ListedFolder(string program, IEnumerable<string> lines)
    {
        var name = "/" + Path.GetFileName(program);
        var same = lines.Where(line => line.EndsWith(name, StringComparison.Ordinal))
            .MaxBy(line => CommonSuffix(line, program));
        return same?[..^name.Length];
    }

    private static int CommonSuffix(string a, string b)
    {
        var length = 0;
        while (length < a.Length && length < b.Length && a[^(length + 1)] == b[^(length + 1)]) length++;
        return length;
    }
}
