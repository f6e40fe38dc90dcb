using System.Security.Cryptography;
using System.Text;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Input;

/// <summary><see cref="ProgramFingerprint"/>s of large programs without reading them again: a fingerprint is kept with the
/// sizes and times of all files, and holds as long as none of these has changed. In doubt the content counts.</summary>
/// <param name="folder">Where they are kept; null to keep none. Nothing is kept in a folder that is not there.</param>
/// <param name="time">The clock.</param>
public sealed class FingerprintCache(string? folder, TimeProvider time)
{
    /// <summary>Name of the file, in the folder.</summary>
    public const string FileName = ".fingerprints";

    // Reading is as fast as remembering below that (measured: 1.4 GB/s).
    private const long Large = 4 << 20;
    private const int MostLines = 64;
    private const int MostBytes = 1 << 20;

    // What was changed just now may be changed again within the tick of the file system's clock.
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, string> _ofThisCall = new(StringComparer.Ordinal);
    private List<string>? _lines;

    /// <summary>Like <see cref="ProgramFingerprint.Of(string, string?)"/>, once for each program.</summary>
    /// <inheritdoc cref="ProgramFingerprint.Of(string, string?)"/>
    public string Of(string program, string? outputList)
    {
        var key = $"{program}\0{outputList}";
        if (_ofThisCall.TryGetValue(key, out var known)) return known;
        return _ofThisCall[key] = File.Exists(program) ? Find(key, program, ProgramFingerprint.FilesOf(program, outputList)) : "";
    }

    private string Find(string key, string program, List<string> files)
    {
        var home = Path.GetDirectoryName(program)!;
        if (folder is null || MarksOf(files) is not { } marks) return ProgramFingerprint.OfFiles(home, files);
        _lines ??= Read(Path.Combine(folder, FileName));
        var begin = $"{Short(key)} {Short(marks)} ";
        foreach (var line in _lines)
            if (line.StartsWith(begin, StringComparison.Ordinal)) return line[begin.Length..];

        var fingerprint = ProgramFingerprint.OfFiles(home, files);
        // Changed while it was read: it is not known of which moment the fingerprint is.
        if (MarksOf(files) == marks) Keep(Short(key), begin + fingerprint);
        return fingerprint;
    }

    // Null for what is small, and for what is too young or does not tell enough to be sure.
    private string? MarksOf(List<string> files)
    {
        var (text, size, before) = (new StringBuilder(), 0L, time.GetUtcNow() - Doubt);
        foreach (var file in files)
        {
            if (RuntimeNative.MarkOf(file) is not { } mark || !mark.IsOlderThan(before)) return null;
            size += mark.Size;
            text.Append(file).Append('\0').Append(mark).Append('\n');
        }

        return size < Large ? null : text.ToString();
    }

    private void Keep(string program, string line)
    {
        _lines!.RemoveAll(old => old.StartsWith(program, StringComparison.Ordinal));
        _lines.Add(line);
        if (_lines.Count > MostLines) _lines.RemoveRange(0, _lines.Count - MostLines);
        if (!Directory.Exists(folder)) return;
        try
        {
            AtomicFile.Write(Path.Combine(folder!, FileName), string.Join('\n', _lines) + "\n", AtomicFile.Private);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is read again the next time.
        }
    }

    private static List<string> Read(string file)
    {
        try
        {
            return PrivateFile.ReadAll(file, MostBytes) is { } bytes ? [.. Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Short(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
