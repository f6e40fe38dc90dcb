using System.Buffers.Text;
using System.Globalization;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The texts of values that are no strings. One that is wrong makes launchd refuse the whole file, so such a
/// file is not understood here either.</summary>
internal static class PlistNumbers
{
    private const string DateForm = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    // What CoreFoundation takes besides numbers, in any case.
    private static readonly string[] SpecialReals =
        ["nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"];

    private const NumberStyles RealStyle =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly DateTime Epoch = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Whether <paramref name="text"/>, without blanks around it, is a value of <paramref name="type"/>.
    /// </summary>
    public static bool IsValid(string type, string text) => type switch
    {
        "integer" => IsInteger(text),
        "real" => SpecialReals.Contains(text, StringComparer.OrdinalIgnoreCase)
            || double.TryParse(text, RealStyle, CultureInfo.InvariantCulture, out _),
        "date" => DateTime.TryParseExact(text, DateForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "data" => Base64.IsValid(text),
        _ => false,
    };

    /// <summary>The text of a <c>real</c>.</summary>
    public static string FormatReal(double value) => value switch
    {
        double.NaN => "nan",
        double.PositiveInfinity => "+infinity",
        double.NegativeInfinity => "-infinity",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>The text of a <c>date</c> given in seconds since 2001; null when it is beyond the years 1 to 9999.
    /// </summary>
    public static string? FormatDate(double seconds) =>
        seconds >= (DateTime.MinValue - Epoch).TotalSeconds && seconds < (DateTime.MaxValue - Epoch).TotalSeconds - 1
            ? Epoch.AddSeconds(Math.Floor(seconds)).ToString(DateForm, CultureInfo.InvariantCulture)
            : null;

    private static bool IsInteger(string text)
    {
        var isNegative = text.StartsWith('-');
        var digits = isNegative || text.StartsWith('+') ? text[1..] : text;
        var isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return ulong.TryParse(
                isHex ? digits[2..] : digits, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
                CultureInfo.InvariantCulture, out var magnitude)
            && (!isNegative || magnitude <= 1UL << 63);
    }
}
