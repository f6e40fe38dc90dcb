using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Hermes.Gateway.Core.Reporting;

/// <summary>Escapes texts in JSON exactly as <see cref="JavaScriptEncoder.UnsafeRelaxedJsonEscaping"/> does: quotes,
/// backslashes, and what cannot be seen.</summary>
/// <remarks>That one makes tables of all characters first, for more than a build with nothing to do takes for all of its
/// JSON.</remarks>
internal sealed class ReadableEncoder : JavaScriptEncoder
{
    private const int LastOfBasicPlane = 0xFFFF;
    private const int ByteOrderMark = 0xFEFF;

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => @"\uFFFF".Length;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) => unicodeScalar switch
    {
        '"' or '\\' or ByteOrderMark => true,
        >= ' ' and < '\x7F' => false,
        > LastOfBasicPlane => true,
        _ => CharUnicodeInfo.GetUnicodeCategory((char)unicodeScalar) is UnicodeCategory.Control
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate,
    };

    /// <inheritdoc/>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        for (var i = 0; i < textLength; i++)
            if (WillEncode(text[i])) return i;
        return -1;
    }

    /// <inheritdoc/>
    public override unsafe bool TryEncodeUnicodeScalar(
        int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var escape = EscapeOf(unicodeScalar);
        numberOfCharactersWritten = 0;
        if (!escape.TryCopyTo(new Span<char>(buffer, bufferLength))) return false;
        numberOfCharactersWritten = escape.Length;
        return true;
    }

    private static string EscapeOf(int scalar) => scalar switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => string.Concat(new Rune(scalar).ToString().Select(c => $"\\u{(int)c:X4}")),
    };
}
