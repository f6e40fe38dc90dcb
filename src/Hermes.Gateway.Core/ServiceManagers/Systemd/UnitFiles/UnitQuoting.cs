using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

/// <summary>Writes and reads single values of a unit file. What writes a value throws <see cref="ArgumentException"/> when
/// <see cref="UnitLimits"/> finds a problem with it.</summary>
internal static class UnitQuoting
{
    // Characters with a meaning in glob(7).
    internal const string PatternCharacters = "*?[\\";

    /// <summary>Writes a word that the process gets unchanged: an argument of <c>ExecStart=</c> with the <c>:</c> prefix, or a
    /// <c>NAME=value</c> of <c>Environment=</c>, where <c>$</c> has no meaning (systemd.exec(5)).</summary>
    public static string QuoteWord(string word) => Quote(EscapeSpecifiers(Checked(word, UnitLimits.FindWordProblem)));

    /// <summary>Writes a word with specifiers such as <c>%h</c>: the inverse of <see cref="TrySplitWords"/>.</summary>
    public static string QuoteRaw(string word) => Quote(Checked(word, UnitLimits.FindWordProblem));

    /// <summary>Writes a path for <c>WorkingDirectory=</c>, which takes the rest of the line: quotes and <c>$</c> are literal,
    /// only specifiers count (measured on 252).</summary>
    public static string FormatDirectory(string path) =>
        ProtectEnd(EscapeSpecifiers(Checked(path, UnitLimits.FindDirectoryProblem)));

    /// <summary>Writes a path for <c>EnvironmentFile=</c>, which is also a glob(7) pattern (systemd.exec(5)), in which a
    /// backslash makes the next character literal.</summary>
    public static string FormatFile(string path) => ProtectEnd(EscapeSpecifiers(string.Concat(
        Checked(path, UnitLimits.FindFileProblem).Select(c => PatternCharacters.Contains(c) ? $"\\{c}" : $"{c}"))));

    /// <summary>Reads a <c>WorkingDirectory=</c>, without doubled, trailing and <c>.</c> parts. False for what is not a plain
    /// path (a specifier, <c>~</c>, or <c>-</c> in front); <paramref name="path"/> is then the value.</summary>
    public static bool TryReadDirectory(string value, out string path)
    {
        path = value;
        if (!value.StartsWith('/') || !TryUnescapeSpecifiers(value, out var literal)) return false;
        path = "/" + string.Join('/', literal.Split('/').Where(part => part is not ("" or ".")));
        return true;
    }

    /// <summary>Reads an <c>EnvironmentFile=</c> likewise; false for a pattern too.</summary>
    public static bool TryReadFile(string value, out string path)
    {
        path = value;
        if (!TryReadDirectory(value, out var pattern)) return false;
        var text = new StringBuilder(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (PatternCharacters.Contains(pattern[i]) && (pattern[i] != '\\' || ++i == pattern.Length)) return false;
            text.Append(pattern[i]);
        }

        path = text.ToString();
        return true;
    }

    /// <summary>Splits a value into words. False for unbalanced quotes, unknown escapes and what is not UTF-8;
    /// <paramref name="words"/> are then those before, which <c>Environment=</c> keeps (measured on 252).</summary>
    public static bool TrySplitWords(string value, out ImmutableArray<string> words)
    {
        var found = new List<string>();
        var reader = new UnitWordReader(value, keepUnknownEscapes: false);
        var isComplete = UnitSyntax.IsValidUnicode(value);
        while (isComplete && !reader.AtEnd)
            if (isComplete = reader.TryRead(out var word))
                found.Add(word);
        words = [.. found];
        return isComplete;
    }

    public static string EscapeSpecifiers(string text) => text.Replace("%", "%%", StringComparison.Ordinal);

    /// <summary>Turns <c>%%</c> into <c>%</c>. False for a specifier (<c>%h</c>), also a refused one (<c>%3</c>); the result is
    /// then the input. A <c>%</c> before anything but an ASCII letter or digit is literal (measured on 252).</summary>
    public static bool TryUnescapeSpecifiers(string word, out string literal)
    {
        literal = word;
        var text = new StringBuilder(word.Length);
        for (var i = 0; i < word.Length; i++)
        {
            text.Append(word[i]);
            if (word[i] != '%' || i + 1 == word.Length) continue;
            if (char.IsAsciiLetterOrDigit(word[i + 1])) return false;
            if (word[i + 1] == '%') i++;
        }

        literal = text.ToString();
        return true;
    }

    private static string Checked(string value, Func<string, string?> findProblem) => findProblem(value) is { } problem
        ? throw new ArgumentException("The value has no place in a unit file: " + problem)
        : value;

    private static string Quote(string word) => ShellText.IsPlain(word) ? word : $"\"{string.Concat(word.Select(Escape))}\"";

    private static string Escape(char c) => c switch
    {
        '"' or '\\' => $"\\{c}",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < ' ' or '\x7F' => "\\x" + ((int)c).ToString("x2", CultureInfo.InvariantCulture),
        _ => c.ToString(),
    };

    // systemd strips a last blank, and a last backslash continues the line; a '/' after it protects both, and is dropped (measured on
    // 252).
    private static string ProtectEnd(string path) => path[^1] is ' ' or '\\' ? path + "/" : path;
}
