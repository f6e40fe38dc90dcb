namespace Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

/// <summary>One command of an <c>ExecStart=</c> line (systemd.service(5), "COMMAND LINES").</summary>
/// <param name="Prefixes">The prefix characters as written: <c>@ - : + !</c>.</param>
/// <param name="Arguments">The program, then its arguments, as the process gets them if that is known, else as written.</param>
/// <param name="IsLiteral">False when systemd would expand or refuse a specifier or a variable in it.</param>
internal sealed record UnitCommand(string Prefixes, ImmutableArray<string> Arguments, bool IsLiteral)
{
    /// <summary>Parses the value of an <c>ExecStart=</c>. Null when it is empty, has several commands, or has a form that
    /// systemd refuses (unbalanced quotes, no program); the program's path is not checked.</summary>
    public static UnitCommand? TryParse(string value)
    {
        if (!UnitSyntax.IsValidUnicode(value)) return null;
        var reader = new UnitWordReader(value, keepUnknownEscapes: true);
        string first;
        do
        {
            if (reader.AtEnd || !reader.TryRead(out first)) return null;
        }
        while (first == ";"); // quoted or not, it starts no command (measured on 252)

        var prefixes = first[..CountPrefixes(first)];
        if (prefixes.Length == first.Length || ReadArguments(reader) is not { } words) return null;
        return Create(prefixes, first[prefixes.Length..], words);
    }

    /// <summary>Writes the value that starts exactly these arguments: each quoted, and with the prefix <c>:</c>, which makes
    /// every <c>$</c> literal (measured on 252, in the program's path too).</summary>
    /// <exception cref="ArgumentException"><see cref="UnitLimits"/> finds a problem with the program or an argument.</exception>
    public static string Render(IEnumerable<string> argv)
    {
        var words = argv.ToImmutableArray();
        if (UnitLimits.FindCommandProblem(words) is { } problem)
            throw new ArgumentException("The command has no place in a unit file: " + problem, nameof(argv));
        return ":" + string.Join(' ', words.Select(UnitQuoting.QuoteWord));
    }

    // Each prefix counts once; of '+', '!' and '!!' one (systemd.service(5)). A further one belongs to the path.
    private static int CountPrefixes(string word)
    {
        var count = 0;
        while (count < word.Length && IsPrefix(word[count], word[..count])) count++;
        return count;
    }

    private static bool IsPrefix(char c, string before) => c switch
    {
        '-' or '@' or ':' => !before.Contains(c),
        '+' => !before.Contains('+') && !before.Contains('!'),
        '!' => !before.Contains('+') && before.Count(other => other == '!') < 2,
        _ => false,
    };

    private static List<string>? ReadArguments(UnitWordReader reader)
    {
        var words = new List<string>();
        while (!reader.AtEnd)
        {
            if (reader.TrySkip(";"u8)) return HasNoFurtherCommand(reader) ? words : null;
            if (reader.TrySkip("\\;"u8)) words.Add(";");
            else if (reader.TryRead(out var word)) words.Add(word);
            else return null;
        }

        return words;
    }

    // systemd ignores a further command that it cannot read (measured on 252).
    private static bool HasNoFurtherCommand(UnitWordReader reader)
    {
        while (!reader.AtEnd && reader.TryRead(out var word))
            if (word != ";") return false;
        return true;
    }

    private static UnitCommand? Create(string prefixes, string program, List<string> words)
    {
        var isLiteral = UnitQuoting.TryUnescapeSpecifiers(program, out program);
        var expandsVariables = !prefixes.Contains(':');
        for (var i = 0; i < words.Count; i++)
        {
            isLiteral &= UnitQuoting.TryUnescapeSpecifiers(words[i], out var word);
            if (expandsVariables) isLiteral &= TryUnescapeVariables(word, out word);
            words[i] = word;
        }

        if (prefixes.Contains('@'))
        {
            if (words.Count == 0) return null;
            words.RemoveAt(0); // argv[0]
        }
        // systemd starts the path as it stands, but expands variables in argv[0] (measured on 252).
        else if (expandsVariables) isLiteral &= TryUnescapeVariables(program, out _);

        return new UnitCommand(prefixes, [program, .. words], isLiteral);
    }

    // Turns "$$" into "$". False when the word has a variable: "$NAME" as the whole word, or "${NAME}" anywhere. Any other '$' is
    // literal (systemd.service(5), details measured on 252).
    private static bool TryUnescapeVariables(string word, out string literal)
    {
        literal = word;
        if (word is "$" or ['$', not ('{' or '$'), ..]) return false;
        var text = new StringBuilder(word.Length);
        for (var i = 0; i < word.Length; i++)
        {
            text.Append(word[i]);
            if (word[i] != '$') continue;
            var rest = word.AsSpan(i + 1);
            if (rest is ['$', ..]) i++;
            if (rest is not ['{', ..]) continue;

            // Unclosed, or with a ':' as in "${X:-y}", it is no variable, and "$$" is no escape up to there.
            var end = rest.IndexOfAny(':', '}');
            if (end >= 0 && rest[end] == '}') return false;
            var length = end < 0 ? rest.Length : end + 1;
            text.Append(rest[..length]);
            i += length;
        }

        literal = text.ToString();
        return true;
    }
}
