using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Quoting of single values, both directions.</summary>
internal static class UnitText
{
    // What has a meaning in glob(7).
    internal const string PatternCharacters = "*?[\\";

    /// <summary>One word that the manager hands on as it is: an argument of <c>ExecStart=</c> with the <c>:</c>
    /// prefix, or a <c>NAME=value</c> of <c>Environment=</c>, where <c>$</c> has no meaning (systemd.exec(5)).
    /// </summary>
    /// <exception cref="ArgumentException"><see cref="UnitLimits.FindWordProblem"/> has a reason against it.
    /// </exception>
    public static string QuoteWord(string word)
    {
        Check(UnitLimits.FindWordProblem(word));
        return Quote(EscapeSpecifiers(word));
    }

    /// <summary>The same, for a word in which specifiers such as <c>%h</c> shall keep their meaning: what
    /// <see cref="TrySplitWords"/> reads back unchanged.</summary>
    /// <exception cref="ArgumentException"><see cref="UnitLimits.FindWordProblem"/> has a reason against it.
    /// </exception>
    public static string QuoteRaw(string word)
    {
        Check(UnitLimits.FindWordProblem(word));
        return Quote(word);
    }

    /// <summary>A path for <c>WorkingDirectory=</c>, which takes the rest of the line: quotes and <c>$</c> are literal,
    /// only specifiers count (measured on 252).</summary>
    /// <exception cref="ArgumentException"><see cref="UnitLimits.FindDirectoryProblem"/> has a reason against it.
    /// </exception>
    public static string RawDirectory(string path)
    {
        Check(UnitLimits.FindDirectoryProblem(path));
        return Protect(EscapeSpecifiers(path));
    }

    /// <summary>A path for <c>EnvironmentFile=</c>: as <see cref="RawDirectory"/>, but it is also a glob(7) pattern
    /// (systemd.exec(5)), in which a backslash makes the next character literal.</summary>
    /// <exception cref="ArgumentException"><see cref="UnitLimits.FindFileProblem"/> has a reason against it.
    /// </exception>
    public static string RawFile(string path)
    {
        Check(UnitLimits.FindFileProblem(path));
        var text = new StringBuilder(path.Length + 8);
        foreach (var c in path)
        {
            if (PatternCharacters.Contains(c)) text.Append('\\');
            text.Append(c);
        }

        return Protect(EscapeSpecifiers(text.ToString()));
    }

    /// <summary>Reads a <c>WorkingDirectory=</c>: the path without doubled, trailing and <c>.</c> parts. False when it
    /// is no plain path: another specifier, <c>~</c>, or <c>-</c> in front; <paramref name="path"/> is then the value.
    /// </summary>
    public static bool TryReadDirectory(string value, out string path)
    {
        path = value;
        if (!value.StartsWith('/') || !TryUnescapeSpecifiers(value, out var literal)) return false;
        path = Simplify(literal);
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

    /// <summary>Splits a value into words. False if quotes are unbalanced, an escape is unknown or makes no text;
    /// <paramref name="words"/> are then those before, which are what <c>Environment=</c> keeps (measured on 252).
    /// </summary>
    public static bool TrySplitWords(string value, out ImmutableArray<string> words)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        var complete = UnitSyntax.IsText(value);
        var reader = new WordReader(value, keepUnknownEscapes: false);
        while (complete && !reader.AtEnd)
        {
            complete = reader.TryRead(out var word);
            if (complete) found.Add(word);
        }

        words = found.ToImmutable();
        return complete;
    }

    /// <summary><c>%%</c> to <c>%</c>. False when another specifier is present (<c>%h</c>), or one that the manager
    /// refuses (<c>%3</c>); <paramref name="literal"/> is then the input. A <c>%</c> before anything but an ASCII
    /// letter or digit, or at the end, stands for itself (measured on 252).</summary>
    public static bool TryUnescapeSpecifiers(string word, out string literal)
    {
        literal = word;
        if (!word.Contains('%')) return true;
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

    private static void Check(string? problem)
    {
        if (problem is not null) throw new ArgumentException("The value has no place in a unit file: " + problem);
    }

    private static string Quote(string word)
    {
        if (ShellText.IsPlain(word)) return word;
        var text = new StringBuilder("\"", word.Length + 16);
        foreach (var c in word) Append(text, c);
        return text.Append('"').ToString();
    }

    private static string EscapeSpecifiers(string text) => text.Replace("%", "%%", StringComparison.Ordinal);

    // A blank at the end would be stripped, a backslash would swallow the line break; systemd drops the '/' again,
    // of a file's path too (measured on 252).
    private static string Protect(string path) => path[^1] is ' ' or '\\' ? path + "/" : path;

    private static string Simplify(string path) =>
        "/" + string.Join('/', path.Split('/').Where(part => part is not ("" or ".")));

    private static void Append(StringBuilder text, char c)
    {
        if (c is '"' or '\\') text.Append('\\').Append(c);
        else if (c == '\n') text.Append("\\n");
        else if (c == '\r') text.Append("\\r");
        else if (c == '\t') text.Append("\\t");
        else if (c is < ' ' or '\x7F') text.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
        else text.Append(c);
    }
}
