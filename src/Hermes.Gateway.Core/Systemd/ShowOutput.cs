using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Hermes.Gateway.Core.Systemd;

/// <summary>Reads what <c>systemctl show</c> prints: one block of <c>Name=value</c> lines for each unit, blocks parted
/// by an empty line, order of properties systemd's own (measured on 252).</summary>
internal static partial class ShowOutput
{
    /// <summary>The blocks, in the order of the units asked for.</summary>
    public static ImmutableArray<ImmutableDictionary<string, string>> Parse(string text)
    {
        var blocks = ImmutableArray.CreateBuilder<ImmutableDictionary<string, string>>();
        var block = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var repeated = new RepeatedText();
        for (var start = 0; start <= text.Length;)
        {
            var end = EndOfLine(text, start);
            var line = text.AsSpan(start..end);
            if (line.IsEmpty) Close(blocks, block);
            if (line.IndexOf('=') is var equals and > 0)
            {
                var value = line[(equals + 1)..];
                // The argument list is printed raw: a line break, an empty line or "MainPID=1" in it is still part of it.
                if (value.StartsWith("{ path=", StringComparison.Ordinal))
                    while (!CommandEnd().IsMatch(value) && end < text.Length)
                    {
                        end = EndOfLine(text, end + 1);
                        value = text.AsSpan((start + equals + 1)..end);
                    }

                // Nothing printed later may replace what was printed first.
                block.TryAdd(repeated.Share(line[..equals], value, out var shared), shared);
            }

            start = end + 1;
        }

        Close(blocks, block);
        return blocks.ToImmutable();
    }

    /// <summary>Program and joined argument list of an <c>ExecStart</c> value; null when it is not one.</summary>
    public static (string Program, string Command)? ReadCommand(string? value) =>
        value is not null && Command().Match(value) is { Success: true } match
            ? (match.Groups["path"].Value, match.Groups["argv"].Value)
            : null;

    /// <summary>Splits a list value (<c>Environment</c>, <c>DropInPaths</c>), which is printed with shell quoting.</summary>
    public static ImmutableArray<string> ReadWords(string? value)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        var (inWord, quoted) = (false, false);
        for (var i = 0; i < value?.Length; i++)
        {
            var c = value[i];
            if (c == '"')
            {
                (inWord, quoted) = (true, !quoted);
            }
            else if (c == ' ' && !quoted)
            {
                if (inWord) words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
            else
            {
                inWord = true;
                word.Append(c == '\\' && i + 1 < value.Length ? Unescape(value, ref i) : c);
            }
        }

        if (inWord) words.Add(word.ToString());
        return words.ToImmutable();
    }

    private static int EndOfLine(string text, int start) =>
        text.IndexOf('\n', start) is var end and >= 0 ? end : text.Length;

    private static char Unescape(string value, ref int i)
    {
        var c = value[++i];
        if (c == 'x' && i + 2 < value.Length
            && byte.TryParse(value.AsSpan(i + 1, 2), System.Globalization.NumberStyles.HexNumber, null, out var code))
        {
            i += 2;
            return (char)code;
        }

        // Control characters are printed in octal, always with three digits (measured on 252).
        if (c is >= '0' and <= '3' && i + 2 < value.Length && value[i + 1] is >= '0' and <= '7' && value[i + 2] is >= '0' and <= '7')
        {
            i += 2;
            return (char)(((c - '0') << 6) | ((value[i - 1] - '0') << 3) | (value[i] - '0'));
        }

        return c switch
        {
            'a' => '\a', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v', _ => c,
        };
    }

    private static void Close(
        ImmutableArray<ImmutableDictionary<string, string>>.Builder blocks,
        ImmutableDictionary<string, string>.Builder block)
    {
        if (block.Count > 0) blocks.Add(block.ToImmutable());
        block.Clear();
    }

    // "status=1" after an exit, "status=9/KILL" after a signal, "code=(null)" before either (measured on 252).
    [GeneratedRegex(@" ; start_time=\[[^\]]*\] ; stop_time=\[[^\]]*\] ; pid=\d+ ; code=\S+ ; status=\d+(/\S+)? }$")]
    private static partial Regex CommandEnd();

    [GeneratedRegex(@"^\{ path=(?<path>.*?) ; argv\[\]=(?<argv>.*) ; (ignore_errors|flags)=[^;]* ; start_time=", RegexOptions.Singleline)]
    private static partial Regex Command();
}
