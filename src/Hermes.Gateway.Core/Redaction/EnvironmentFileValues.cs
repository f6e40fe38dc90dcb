namespace Hermes.Gateway.Core.Redaction;

/// <summary>Parses the values of an environment file, to hide them; a malformed line as far as possible. Never fails.</summary>
internal static class EnvironmentFileValues
{
    /// <summary>Parses the text by the rules of systemd (<c>parse_env_file_internal</c> in <c>env-file.c</c>, version 252): quotes,
    /// quoted values over several lines, and lines continued by a backslash at their end.</summary>
    /// <returns>For each assignment its name, its value, and the value's other forms: as written in the file (as a program that reads
    /// the file itself, or our wrapper for launchd, can parse it), as a whole and line by line.</returns>
    public static IEnumerable<(string Name, string Value, ImmutableArray<string> Forms)> Parse(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var c = text[at];
            if (char.IsWhiteSpace(c)) at++;
            else if (c is '#' or ';') at = EndOfComment(text, at);
            else if (text.IndexOfAny(['=', '\n'], at) is var equals && equals < 0) at = text.Length;
            else if (text[equals] == '\n') at = equals;
            else
            {
                // "export NAME=value" is for a shell.
                var name = text[at..equals].Trim().Split((char[])[' ', '\t'])[^1];
                at = equals + 1;
                var value = ReadValue(text, ref at);
                yield return (name, value, FormsOf(text[(equals + 1)..at]));
            }
        }
    }

    private static int EndOfComment(string text, int at)
    {
        // systemd continues comments too.
        for (; at < text.Length && text[at] != '\n'; at++)
            if (text[at] == '\\') at++;
        return Math.Min(at, text.Length);
    }

    // Stops at the line break that ends the value.
    private static string ReadValue(string text, ref int at)
    {
        var value = new StringBuilder();
        var kept = 0;
        var quote = '\0';
        // A quote opens a quoted part only before any other character: in a"b it belongs to the value.
        var isBegun = false;
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (quote == '\0' && c == '\n') break;
            if (quote == '\0' && !isBegun && char.IsWhiteSpace(c)) continue;
            if (quote == '\0' && !isBegun && c is ('\'' or '"'))
            {
                quote = c;
                continue;
            }

            if (quote != '\0' && c == quote)
            {
                quote = '\0';
                continue;
            }

            isBegun |= quote == '\0';
            if (c == '\\' && quote != '\'' && at + 1 < text.Length)
            {
                var next = text[++at];
                if (next == '\n') continue;
                if (quote == '"' && next is not ('"' or '\\' or '`' or '$')) value.Append('\\');
                value.Append(next);
            }
            else
            {
                value.Append(c);
                // Blanks at the end count only within quotes.
                if (quote == '\0' && char.IsWhiteSpace(c)) continue;
            }

            kept = value.Length;
        }

        return value.ToString(0, kept);
    }

    private static ImmutableArray<string> FormsOf(string source)
    {
        var forms = ImmutableArray.CreateBuilder<string>();
        forms.Add(source.Trim().Trim('"', '\''));
        if (source.Contains('\n', StringComparison.Ordinal))
            foreach (var line in source.Split('\n').Select(line => line.Trim().TrimEnd('\\').Trim().Trim('"', '\'')))
            {
                forms.Add(line);
                // An unclosed quote contains the following assignments.
                if (line.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0)
                    forms.Add(line[(equals + 1)..].Trim('"', '\''));
            }

        return forms.ToImmutable();
    }
}
