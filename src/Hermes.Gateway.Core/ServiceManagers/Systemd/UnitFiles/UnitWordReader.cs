using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

/// <summary>Splits a value into words with quotes and C escapes (systemd.syntax(7), "Quoting"; measured on 252).</summary>
internal sealed class UnitWordReader
{
    // The letters of escapes, and what each stands for.
    private const string Letters = "abfnrtvs\\\"'";
    private const string Meanings = "\a\b\f\n\r\t\v \\\"'";

    // Escapes stand for bytes, of which several can make a character.
    private readonly byte[] _text;
    private readonly List<byte> _word = [];
    private readonly bool _keepUnknownEscapes;
    private int _at;

    private static ReadOnlySpan<byte> Blanks => " \t\n\r"u8;

    /// <summary>Starts at the first word. In command lines systemd takes an unknown escape literally
    /// (<paramref name="keepUnknownEscapes"/>); in <c>Environment=</c> it ends the list.</summary>
    public UnitWordReader(string value, bool keepUnknownEscapes)
    {
        (_text, _keepUnknownEscapes) = (Encoding.UTF8.GetBytes(value), keepUnknownEscapes);
        SkipBlanks();
    }

    /// <summary>True when no word is left.</summary>
    public bool AtEnd => _at >= _text.Length;

    /// <summary>Skips <paramref name="token"/> if it is the next word, without quotes or other escapes.</summary>
    public bool TrySkip(ReadOnlySpan<byte> token)
    {
        var rest = _text.AsSpan(_at);
        if (!rest.StartsWith(token) || (rest.Length > token.Length && !IsBlank(rest[token.Length]))) return false;
        _at += token.Length;
        SkipBlanks();
        return true;
    }

    /// <summary>Reads the next word, which must exist. False for open quotes, an unknown escape, and invalid UTF-8.</summary>
    public bool TryRead(out string word)
    {
        _word.Clear();
        word = "";
        byte quote = 0;
        for (; !AtEnd; _at++)
        {
            var c = _text[_at];
            if (c == '\\')
            {
                if (!TryUnescape(isQuoted: quote != 0)) return false;
            }
            else if (c == quote) quote = 0;
            else if (quote != 0) _word.Add(c);
            else if (c is (byte)'"' or (byte)'\'') quote = c;
            else if (IsBlank(c)) break;
            else _word.Add(c);
        }

        if (quote != 0) return false;
        SkipBlanks();
        var bytes = CollectionsMarshal.AsSpan(_word);
        if (!Utf8.IsValid(bytes)) return false;
        word = Encoding.UTF8.GetString(bytes);
        return true;
    }

    // Starts at the backslash and stops on the last byte of the escape.
    private bool TryUnescape(bool isQuoted)
    {
        var escape = _text.AsSpan(_at + 1);
        if (escape.IsEmpty)
        {
            _word.Add((byte)'\\');
            return _keepUnknownEscapes && !isQuoted;
        }

        var length = escape[0] is (byte)'x' or (byte)'u' or (byte)'U' or (>= (byte)'0' and <= (byte)'7')
            ? AddNumber(escape)
            : AddLetter(escape[0]);
        if (length == 0)
        {
            if (!_keepUnknownEscapes) return false;
            _word.AddRange([(byte)'\\', escape[0]]);
            length = 1;
        }

        _at += length;
        return true;
    }

    private int AddLetter(byte letter)
    {
        if (Letters.IndexOf((char)letter) is not (var index and >= 0)) return 0;
        _word.Add((byte)Meanings[index]);
        return 1;
    }

    // Returns the escape's length, or 0 for an invalid one.
    private int AddNumber(ReadOnlySpan<byte> escape)
    {
        var (start, digits) = (char)escape[0] switch { 'x' => (1, 2), 'u' => (1, 4), 'U' => (1, 8), _ => (0, 3) };
        if (escape.Length < start + digits) return 0;
        var number = escape.Slice(start, digits);
        uint code = 0;
        if (start > 0) _ = uint.TryParse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code);
        else if (!number.ContainsAnyExceptInRange((byte)'0', (byte)'7'))
            code = Convert.ToUInt32(Encoding.UTF8.GetString(number), 8);
        if (code == 0) return 0;
        if (digits < 4)
        {
            if (code > 0xFF) return 0;
            _word.Add((byte)code);
        }
        else if (Rune.TryCreate(code, out var rune) && (digits == 4 || !UnitSyntax.IsNonCharacter(rune)))
        {
            Span<byte> bytes = stackalloc byte[4];
            _word.AddRange(bytes[..rune.EncodeToUtf8(bytes)]);
        }
        else if (digits == 8) return 0;
        else _word.Add(0xFF); // systemd accepts half of a surrogate pair, but the word is not UTF-8 then.

        return start + digits;
    }

    private void SkipBlanks() => _at = _text.Length - _text.AsSpan(_at).TrimStart(Blanks).Length;

    private static bool IsBlank(byte c) => Blanks.Contains(c);
}
