using System.Text.RegularExpressions;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Parses <c>systemctl show</c>: <c>Name=value</c> lines, and an empty line between units (measured on 252).</summary>
internal static partial class ShowOutput
{
    /// <summary>Returns the units in the order in which they were requested.</summary>
    public static ImmutableArray<UnitProperties> Parse(string text)
    {
        var units = ImmutableArray.CreateBuilder<UnitProperties>();
        var reader = new ShowOutputReader(units.Add);
        reader.Add(text);
        reader.Complete();
        return units.ToImmutable();
    }

    /// <summary>Reads an <c>ExecStart</c>: the program, and all arguments joined by blanks. Null when the value is none.</summary>
    public static (string Program, string Command)? ReadCommand(string value) =>
        Command().Match(value) is { Success: true } match ? (match.Groups["path"].Value, match.Groups["argv"].Value) : null;

    /// <summary>Splits a list (<c>Environment</c>, <c>DropInPaths</c>), which is printed with the quoting of a shell.</summary>
    public static ImmutableArray<string> ReadWords(string value) =>
        [.. Word().Matches(value).Select(word => word.ValueSpan.ContainsAny('"', '\\')
            ? QuoteOrEscape().Replace(word.Value, Unescape)
            : word.Value)];

    /// <summary>Reads a time span, <c>1h 30min 5.5s</c> (systemd's format_timespan); null for other text (infinity).</summary>
    public static TimeSpan? ReadTimeSpan(string text)
    {
        if (text == "0") return TimeSpan.Zero;
        var seconds = 0.0;
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var unit = part.TrimStart("0123456789.".ToCharArray());
            if (SecondsOf(unit) is not { } factor
                || !double.TryParse(part[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return null;
            seconds += number * factor;
        }

        return text.Length > 0 && seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static double? SecondsOf(string unit) => unit switch
    {
        "y" => 365.25 * 86_400,
        "month" => 30.4375 * 86_400,
        "w" => 7 * 86_400,
        "d" => 86_400,
        "h" => 3_600,
        "min" => 60,
        "s" => 1,
        "ms" => 0.001,
        "us" => 0.000_001,
        _ => null,
    };

    private static string Unescape(Match match) => match.Value switch
    {
        "\"" => "",
        ['\\', 'x', _, _] hexadecimal => $"{(char)Convert.ToByte(hexadecimal[2..], 16)}",
        ['\\', _, _, _] octal => $"{(char)Convert.ToByte(octal[1..], 8)}",
        [_, var letter] => letter switch
        {
            'a' => "\a", 'b' => "\b", 'f' => "\f", 'n' => "\n", 'r' => "\r", 't' => "\t", 'v' => "\v", _ => $"{letter}",
        },
        _ => match.Value,
    };

    [GeneratedRegex(@"^\{ path=(?<path>.*?) ; argv\[\]=(?<argv>.*) ; (ignore_errors|flags)=[^;]* ; start_time=", RegexOptions.Singleline)]
    private static partial Regex Command();

    [GeneratedRegex("""(?:[^ "\\]|\\.|"(?:[^"\\]|\\.)*"?)+""", RegexOptions.Singleline)]
    private static partial Regex Word();

    // Control characters are printed in octal, always with three digits (measured on 252).
    [GeneratedRegex(@"""|\\(?:x[0-9A-Fa-f]{2}|[0-3][0-7]{2}|.)", RegexOptions.Singleline)]
    private static partial Regex QuoteOrEscape();
}
