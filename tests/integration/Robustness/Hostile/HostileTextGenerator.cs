using System.Globalization;
using System.Text;

namespace Hermes.Gateway.Integration.Tests.Robustness.Hostile;

/// <summary>Generates hostile texts of up to 4 KiB from a seed: quotes, specifiers, line breaks, control and other characters, and
/// some texts that cannot be an argument of a process. HERMES_SEED repeats a run.</summary>
internal sealed class HostileTextGenerator
{
    private const int LongText = 4096;

    private static readonly string[] Pieces =
    [
        "a", "Z", "0", "/", ".", "..", "-", "--", "é", "日本", "😀", "\u00A0", "\u0085", "\u2028", "\u200B", "\uFEFF", "e\u0301", "\"", "'",
        "\\", "\\\\", "%", "%%", "%h", "%3", "%n", "$", "$$", "${HOME}", "$HOME", "$(id)", "`id`", "${", "}", ";", "#", "&", "&amp;",
        "<", ">", "]]>", "<!--", "-->", "<?x?>", "|", "=", ":", "@", "!", "+", "~", "*", "?", "[", "]", "{a,b}", "(", ")", " ", "  ",
        "\\x41", "\\s", "\\;", "\\n", "\\q", "\\u0041", "\\012", "true", "[Service]", "ExecStart=", "HERMES_GATEWAY_STAMP=",
    ];

    private static readonly string[] Controls =
        ["\t", "\n", "\r", "\r\n", "\n\n", "\n[Unit]\n", "\\\n", "\n#", "\u0001", "\u0007", "\b", "\v", "\f", "\u001B[31m", "\u007F"];

    private static readonly string[] Impossible = ["\0", "\uD800", "\uDC00\uD800", "\uFFFE", "\uFDD0"];

    private readonly Random _random;

    public HostileTextGenerator(ITestOutputHelper output)
    {
        Seed = Campaign.Seed(output);
        _random = new Random(Seed);
    }

    public int Seed { get; }

    /// <summary>Generates an argument or a value of a variable; one in fifty is impossible.</summary>
    public string Word()
    {
        var word = Of([.. Pieces, .. Controls], _random.Next(12));
        return _random.Next(50) switch
        {
            0 => word + Impossible[_random.Next(Impossible.Length)],
            1 => Long(),
            _ => word,
        };
    }

    /// <summary>Generates a file name, without slashes, control characters and impossible texts.</summary>
    public string Name()
    {
        var name = new StringBuilder("n" + Of(Pieces, _random.Next(10)).Replace('/', '_'));
        // A C1 control character.
        name.Replace("\u0085", "");
        return name.ToString();
    }

    /// <summary>Whether a unit file can pass this text to a process on Linux; independent of the code under test.</summary>
    public static bool IsPossible(string word)
    {
        if (word.Contains('\0')) return false;
        for (var i = 0; i < word.Length; i++)
        {
            if (!Rune.TryGetRuneAt(word, i, out var rune)) return false;
            if ((rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF) return false;
            if (rune.Utf16SequenceLength == 2) i++;
        }

        return true;
    }

    /// <summary>Whether XML can contain this text: the production Char of XML 1.0, which allows three C0 control characters.</summary>
    public static bool IsPossibleInXml(string word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (!Rune.TryGetRuneAt(word, i, out var rune)) return false;
            if (rune.Value is < 0x20 and not ('\t' or '\n' or '\r') or 0xFFFE or 0xFFFF) return false;
            if (rune.Utf16SequenceLength == 2) i++;
        }

        return true;
    }

    private string Long()
    {
        var text = new StringBuilder();
        while (Encoding.UTF8.GetByteCount(text.ToString()) < LongText) text.Append(Of([.. Pieces, .. Controls], 200));
        return text.ToString();
    }

    private string Of(string[] pieces, int count) => string.Concat(_random.GetItems(pieces, count));
}
