using System.Globalization;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Time spans as <c>systemctl show</c> prints them: <c>1h 30min 5.5s</c> (format_timespan of systemd).</summary>
internal static class SystemdTimeSpan
{
    /// <summary>Reads one; null for <c>infinity</c>, and for what is none.</summary>
    public static TimeSpan? Read(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0) return null;
        if (parts is ["0"]) return TimeSpan.Zero;
        var seconds = 0.0;
        foreach (var part in parts)
        {
            var unit = part.AsSpan().TrimStart("0123456789.");
            if (SecondsOf(unit) is not { } factor
                || !double.TryParse(part.AsSpan()[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return null;
            seconds += number * factor;
        }

        return seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static double? SecondsOf(ReadOnlySpan<char> unit) => unit switch
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
}
