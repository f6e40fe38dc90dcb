using System.Buffers;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

/// <summary>The characters and limits of unit files, all measured on systemd 252.</summary>
internal static class UnitSyntax
{
    /// <summary>systemd accepts a file that begins with it.</summary>
    public const char ByteOrderMark = '\uFEFF';

    /// <summary>systemd refuses a file with a physical line, a comment too, or a continued line of that many bytes.</summary>
    public const int MaxLineBytes = 1 << 20;

    /// <summary>The characters that systemd strips around keys and values, and at which it splits words: no others.</summary>
    public static readonly char[] Blanks = [' ', '\t', '\n', '\r'];

    /// <summary>Whether the line break that follows is escaped.</summary>
    public static bool EndsInEscape(ReadOnlySpan<char> line) => (line.Length - line.TrimEnd('\\').Length) % 2 == 1;

    /// <summary>Whether systemd accepts the string as UTF-8: it has no lone surrogate and no Unicode noncharacter.</summary>
    public static bool IsValidUnicode(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text)) return true;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) != OperationStatus.Done || IsNonCharacter(rune)) return false;
            text = text[length..];
        }

        return true;
    }

    /// <summary>Whether systemd allows the character in the names of sections and programs.</summary>
    public static bool IsNameCharacter(char c) => c is not ('"' or '\'' or '\\' or < ' ' or '\x7F');

    /// <summary>Whether Unicode reserves the code: U+FDD0..U+FDEF, and the last two of each plane.</summary>
    public static bool IsNonCharacter(Rune rune) => rune.Value is >= 0xFDD0 and <= 0xFDEF || (rune.Value & 0xFFFE) == 0xFFFE;
}
