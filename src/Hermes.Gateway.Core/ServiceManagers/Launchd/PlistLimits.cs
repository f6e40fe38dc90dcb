using System.Text;
using Hermes.Gateway.Core.Definitions;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>What a property list or launchd cannot carry. Each method gives the reason as the end of a sentence
/// ("it contains …"), or null when the value survives the way into the process unchanged.</summary>
internal static class PlistLimits
{
    /// <summary>macOS passes fewer bytes to a program, arguments and environment together (ARG_MAX).</summary>
    public const int MaxWordBytes = 1 << 20;

    private const int MaxPathBytes = 1023;
    private const int MaxNameBytes = 255;

    /// <summary>For an argument, or a whole <c>NAME=value</c>.</summary>
    public static string? FindWordProblem(string word) =>
        FindCharacterProblem(word)
        ?? (Encoding.UTF8.GetByteCount(word) >= MaxWordBytes ? "it is longer than 1048575 bytes" : null);

    /// <summary>For a path. launchctl shows paths as they are, so a line break in one could pass for another line.
    /// </summary>
    public static string? FindPathProblem(string path)
    {
        if (FindCharacterProblem(path) is { } problem) return problem;
        if (!path.StartsWith('/')) return "it is not absolute";
        if (path.AsSpan().ContainsAny('\n', '\r')) return "it contains a line break";
        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes) return "it is longer than 1023 bytes";
        return path.Split('/').Any(name => Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
            ? "it has a part that is longer than 255 bytes"
            : null;
    }

    /// <summary>For the name of an environment variable: as strict as with systemd, so that a definition serves both.
    /// </summary>
    public static string? FindVariableProblem(string name) =>
        name == "XPC_SERVICE_NAME" ? "launchd sets it itself" : DefinitionKeys.FindVariableProblem(name);

    /// <summary>For any text at all: what XML 1.0 has no way to write, not even as a reference.</summary>
    public static string? FindCharacterProblem(ReadOnlySpan<char> text)
    {
        if (text.Contains('\0')) return "it contains a NUL character";
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) != System.Buffers.OperationStatus.Done)
                return "it contains half a surrogate pair";
            if (rune.Value is < ' ' and not ('\t' or '\n' or '\r')) return "it contains a control character";
            if (rune.Value is 0xFFFE or 0xFFFF) return "it contains a Unicode noncharacter";
            text = text[length..];
        }

        return null;
    }
}
