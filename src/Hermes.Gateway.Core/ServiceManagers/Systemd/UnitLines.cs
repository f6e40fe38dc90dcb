namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Cuts a unit file into its physical lines.</summary>
internal static class UnitLines
{
    /// <summary>The lines without their ends, which are LF, CR, NUL, or a run of these in which none occurs twice and
    /// NUL is last (measured on 252: CR LF and LF CR are one line end, CR alone and NUL alone are one too).</summary>
    public static IEnumerable<string> Split(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var length = text.AsSpan(start).IndexOfAny('\n', '\r', '\0');
            if (length < 0) length = text.Length - start;
            yield return text.Substring(start, length);
            start = SkipLineEnd(text, start + length);
        }
    }

    private static int SkipLineEnd(string text, int at)
    {
        var (lineFeed, carriageReturn) = (false, false);
        for (; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\0':
                    return at + 1;
                case '\n' when !lineFeed:
                    lineFeed = true;
                    break;
                case '\r' when !carriageReturn:
                    carriageReturn = true;
                    break;
                default:
                    return at;
            }
        }

        return at;
    }
}
