using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>What <c>systemctl show</c> prints: one block of <c>Name=value</c> lines for each unit, blocks parted by an
/// empty line, order of properties systemd's own (measured on 252); and how it writes lists and commands.</summary>
internal static partial class ShowOutput
{
    /// <summary>The blocks, in the order of the units asked for.</summary>
    public static ImmutableArray<ImmutableDictionary<string, string>> Parse(string text)
    {
        var blocks = ImmutableArray.CreateBuilder<ImmutableDictionary<string, string>>();
        var reader = new ShowReader(blocks.Add);
        reader.Add(text);
        reader.Complete();
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

    [GeneratedRegex(@"^\{ path=(?<path>.*?) ; argv\[\]=(?<argv>.*) ; (ignore_errors|flags)=[^;]* ; start_time=", RegexOptions.Singleline)]
    private static partial Regex Command();
}
