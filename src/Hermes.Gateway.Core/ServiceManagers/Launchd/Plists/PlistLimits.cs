using System.Buffers;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

/// <summary>Checks whether a value reaches the process unchanged through a property list and launchd. Each method
/// returns the reason why not as the end of a sentence ("it contains …"), or null.</summary>
internal static class PlistLimits
{
    /// <summary>ARG_MAX of macOS, its limit for all arguments and variables of a process together.</summary>
    public const int MaxWordBytes = 1 << 20;

    private const int MaxPathBytes = 1023;
    private const int MaxNameBytes = 255;

    /// <summary>Checks an argument of <c>ProgramArguments</c>, or a <c>NAME=value</c> of <c>EnvironmentVariables</c>.</summary>
    public static string? FindWordProblem(string word) =>
        FindCharacterProblem(word)
        ?? (Encoding.UTF8.GetByteCount(word) >= MaxWordBytes ? "it is longer than 1048575 bytes" : null);

    /// <summary>Checks a path. A line break is rejected because <c>launchctl print</c> shows paths unescaped, where the
    /// second line could be taken for another field.</summary>
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

    public static string? FindVariableProblem(string name) =>
        name == "XPC_SERVICE_NAME" ? "launchd sets it itself" : DefinitionKeys.FindVariableProblem(name);

    /// <summary>Checks for characters that XML 1.0 cannot represent, not even as a reference.</summary>
    public static string? FindCharacterProblem(ReadOnlySpan<char> text)
    {
        if (text.Contains('\0')) return "it contains a NUL character";
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) != OperationStatus.Done)
                return "it contains half a surrogate pair";
            if (rune.Value is < ' ' and not ('\t' or '\n' or '\r')) return "it contains a control character";
            if (rune.Value is 0xFFFE or 0xFFFF) return "it contains a Unicode noncharacter";
            text = text[length..];
        }

        return null;
    }
}
