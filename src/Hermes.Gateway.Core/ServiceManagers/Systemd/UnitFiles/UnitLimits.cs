namespace Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

/// <summary>Finds values that a unit file cannot express. Each method returns the reason as the end of a sentence
/// ("it contains …"), or null when the process gets the value unchanged (all measured on 252).</summary>
internal static class UnitLimits
{
    /// <summary>The longest argument or <c>NAME=value</c> in bytes: MAX_ARG_STRLEN without the terminator (execve(2)).</summary>
    public const int MaxWordBytes = 131071;

    private const int MaxPathBytes = 4095;
    private const int MaxNameBytes = 255;

    /// <summary>Checks an argument of <c>ExecStart=</c>, or a <c>NAME=value</c> of <c>Environment=</c>.</summary>
    public static string? FindWordProblem(string word)
    {
        if (word.Contains('\0')) return "it contains a NUL character";
        if (!UnitSyntax.IsValidUnicode(word)) return "it contains half a surrogate pair or a Unicode noncharacter";
        return Encoding.UTF8.GetByteCount(word) > MaxWordBytes ? "it is longer than 131071 bytes" : null;
    }

    /// <summary>Checks a whole command line, the program first.</summary>
    public static string? FindCommandProblem(IEnumerable<string> argv)
    {
        var words = argv.ToList();
        if (words.Count == 0) return "it has no program";
        if (FindProgramProblem(words[0]) is { } problem) return $"of the program, {problem}";
        if (words.Select(FindWordProblem).FirstOrDefault(found => found is not null) is { } other)
            return $"of an argument, {other}";
        const int bytesBesideArguments = 16; // more than "ExecStart=:" has
        var bytes = bytesBesideArguments + words.Sum(word => Encoding.UTF8.GetByteCount(UnitQuoting.QuoteWord(word)) + 1);
        return bytes >= UnitSyntax.MaxLineBytes ? "it would be a line of 1 MiB or more" : null;
    }

    /// <summary>Checks the program of <c>ExecStart=</c>.</summary>
    public static string? FindProgramProblem(string path)
    {
        if (path.EndsWith('/')) return "it ends with '/'";
        return FindPathProblem(path) ?? (path.All(UnitSyntax.IsNameCharacter) ? null : "it contains a quote or a backslash");
    }

    /// <summary>Checks a <c>WorkingDirectory=</c>.</summary>
    public static string? FindDirectoryProblem(string path) =>
        // One byte more, because UnitQuoting.ProtectEnd can add a '/'.
        path.Split('/').Contains("..") ? "it contains '..'" : FindPathProblem(path, furtherBytes: 1);

    /// <summary>Checks an <c>EnvironmentFile=</c>.</summary>
    public static string? FindFileProblem(string path) =>
        path.EndsWith('/') ? "it ends with '/'"
        : FindDirectoryProblem(path) ?? FindPathProblem(path, 1 + path.Count(c => UnitQuoting.PatternCharacters.Contains(c)));

    private static string? FindPathProblem(string path, int furtherBytes = 0)
    {
        if (!path.StartsWith('/')) return "it is not absolute";
        // Of control characters only line breaks and NUL are impossible; the others are certainly a mistake.
        if (path.Any(char.IsControl)) return "it contains a control character";
        if (!UnitSyntax.IsValidUnicode(path)) return "it contains half a surrogate pair or a Unicode noncharacter";
        if (Encoding.UTF8.GetByteCount(path) + furtherBytes > MaxPathBytes) return "it is longer than 4095 bytes";
        return path.Split('/').Any(name => Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
            ? "it has a part that is longer than 255 bytes"
            : null;
    }
}
