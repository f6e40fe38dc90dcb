using System.Text;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>The characters and limits of unit files.</summary>
internal static class UnitSyntax
{
    /// <summary>A file that begins with it is accepted (measured on 252).</summary>
    public const char ByteOrderMark = '\uFEFF';

    /// <summary>A physical line, or the first part of a continued one, must have fewer bytes: one more and systemd
    /// refuses the file (measured on 252, comments included).</summary>
    public const int MaxLineBytes = 1 << 20;

    /// <summary>What systemd strips around keys and values and splits words at. No other Unicode blank counts.
    /// </summary>
    public static readonly char[] Blanks = [' ', '\t', '\n', '\r'];

    /// <summary>True when the line break that follows would be escaped.</summary>
    public static bool EndsInEscape(ReadOnlySpan<char> line) => (line.Length - line.TrimEnd('\\').Length) % 2 == 1;

    /// <summary>True for a single line that systemd skips.</summary>
    public static bool IsCommentLine(string line) =>
        FindProblem(line, comment: true) is null && line.Trim(Blanks) is "" or ['#' or ';', ..];

    /// <summary>Why a string cannot stand on one line of a unit file; null when it can.</summary>
    /// <param name="text">The string.</param>
    /// <param name="comment">True for a comment, which systemd does not look into.</param>
    public static string? FindProblem(string text, bool comment = false)
    {
        // All three end a line, NUL too (measured on 252).
        if (text.AsSpan().ContainsAny('\n', '\r', '\0')) return "there is a line break or NUL";
        return comment || IsText(text) ? null : "there is a character that systemd does not accept as UTF-8";
    }

    /// <summary>True when systemd takes the string's UTF-8 form for valid: no lone surrogate, and none of Unicode's
    /// noncharacters (U+FDD0..U+FDEF, and the last two of each plane), which systemd rejects too (measured on 252:
    /// the whole file is refused).</summary>
    public static bool IsText(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text)) return true;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) != System.Buffers.OperationStatus.Done)
                return false;
            if (IsNonCharacter(rune.Value)) return false;
            text = text[length..];
        }

        return true;
    }

    /// <summary>True for what systemd allows in the names of sections and programs: no quote, backslash or ASCII
    /// control character (measured on 252).</summary>
    public static bool IsSafe(char c) => c is not ('"' or '\'' or '\\' or < ' ' or '\x7F');

    /// <summary>True for Unicode's noncharacters.</summary>
    public static bool IsNonCharacter(int code) => code is >= 0xFDD0 and <= 0xFDEF || (code & 0xFFFE) == 0xFFFE;
}
