using System.Text;
using System.Text.Unicode;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Takes a value apart into words: quotes anywhere in a word, C escapes in and outside of them
/// (systemd.syntax(7), "Quoting"; details measured on 252).</summary>
internal ref struct WordReader
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly List<byte> _word;
    private readonly bool _keepUnknownEscapes;
    private int _at;

    /// <summary>Starts at the first word.</summary>
    /// <param name="value">The value.</param>
    /// <param name="keepUnknownEscapes">True as for command lines, where an unknown escape stands for itself
    /// (with a warning); false as for <c>Environment=</c>, where it ends the list.</param>
    public WordReader(string value, bool keepUnknownEscapes)
    {
        // Escapes stand for bytes, several of which can make a character: so this works on bytes.
        _text = Encoding.UTF8.GetBytes(value);
        _word = new List<byte>(_text.Length);
        _keepUnknownEscapes = keepUnknownEscapes;
        SkipBlanks();
    }

    /// <summary>True when no word is left.</summary>
    public readonly bool AtEnd => _at >= _text.Length;

    /// <summary>Skips <paramref name="token"/> if it is the next word, written just so.</summary>
    public bool TrySkip(ReadOnlySpan<byte> token)
    {
        var rest = _text[_at..];
        if (!rest.StartsWith(token) || (rest.Length > token.Length && !IsBlank(rest[token.Length]))) return false;
        _at += token.Length;
        SkipBlanks();
        return true;
    }

    /// <summary>Reads the next word; there must be one. False if its quotes are unbalanced, an escape is unknown, or
    /// its bytes are not UTF-8.</summary>
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
                if (!TryUnescape(quote != 0)) return false;
            }
            else if (c == quote) quote = 0;
            else if (quote != 0) _word.Add(c);
            else if (c is (byte)'"' or (byte)'\'') quote = c;
            else if (IsBlank(c)) break;
            else _word.Add(c);
        }

        if (quote != 0) return false;
        SkipBlanks();
        var bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_word);
        if (!Utf8.IsValid(bytes)) return false;
        word = Encoding.UTF8.GetString(bytes);
        return true;
    }

    // At a backslash; stops on the last byte of the escape.
    private bool TryUnescape(bool quoted)
    {
        var rest = _text[(_at + 1)..];
        if (rest.IsEmpty)
        {
            _word.Add((byte)'\\');
            return _keepUnknownEscapes && !quoted;
        }

        var length = rest[0] switch
        {
            (byte)'x' => AddNumber(rest, 1, 2, 16),
            (byte)'u' => AddNumber(rest, 1, 4, 16),
            (byte)'U' => AddNumber(rest, 1, 8, 16),
            >= (byte)'0' and <= (byte)'7' => AddNumber(rest, 0, 3, 8),
            var letter => AddLetter(letter),
        };
        if (length == 0)
        {
            if (!_keepUnknownEscapes) return false;
            _word.Add((byte)'\\');
            _word.Add(rest[0]);
            length = 1;
        }

        _at += length;
        return true;
    }

    private readonly int AddLetter(byte letter)
    {
        var meaning = letter switch
        {
            (byte)'a' => '\a',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            (byte)'v' => '\v',
            (byte)'s' => ' ',
            (byte)'\\' or (byte)'"' or (byte)'\'' => (char)letter,
            _ => '\0',
        };
        if (meaning == '\0') return 0;
        _word.Add((byte)meaning);
        return 1;
    }

    // Length of the escape, or 0 if it is none.
    private readonly int AddNumber(ReadOnlySpan<byte> rest, int start, int digits, int radix)
    {
        if (rest.Length < start + digits) return 0;
        uint code = 0;
        foreach (var digit in rest.Slice(start, digits))
        {
            var value = char.IsAsciiHexDigit((char)digit) ? Convert.ToInt32(((char)digit).ToString(), 16) : radix;
            if (value >= radix) return 0;
            code = (code * (uint)radix) + (uint)value;
        }

        if (code == 0) return 0;
        if (digits < 4)
        {
            if (code > 0xFF) return 0;
            _word.Add((byte)code);
        }
        else if (Rune.TryCreate(code, out var rune) && (digits == 4 || !UnitSyntax.IsNonCharacter(rune.Value)))
        {
            Span<byte> bytes = stackalloc byte[4];
            foreach (var part in bytes[..rune.EncodeToUtf8(bytes)]) _word.Add(part);
        }
        else if (digits == 8) return 0;
        else _word.Add(0xFF); // Half of a surrogate pair: the manager accepts it, but the word is no text.

        return start + digits;
    }

    private void SkipBlanks()
    {
        while (!AtEnd && IsBlank(_text[_at])) _at++;
    }

    private static bool IsBlank(byte c) => c is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r';
}
