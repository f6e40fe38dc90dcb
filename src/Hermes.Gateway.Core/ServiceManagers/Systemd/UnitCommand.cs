using System.Collections.Immutable;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>One command of an <c>ExecStart=</c> line (systemd.service(5), "COMMAND LINES").</summary>
/// <param name="Prefixes">The prefix characters as written: <c>@ - : + !</c>.</param>
/// <param name="Arguments">The program, then its arguments: the literal text where it is known, else as written
/// (without quotes and escapes).</param>
internal sealed record UnitCommand(string Prefixes, ImmutableArray<string> Arguments)
{
    /// <summary>False when a specifier or a variable is left that the manager would expand or refuse.</summary>
    public bool IsLiteral { get; init; } = true;

    /// <summary>The <c>argv[0]</c> given with the <c>@</c> prefix; null if it is the program.</summary>
    public string? ArgumentZero { get; init; }

    /// <summary>Reads the value of an <c>ExecStart=</c>. Null when the manager would refuse it for its form (unbalanced
    /// quotes, no program), it does nothing (empty), or it has several commands; the program's path itself is not
    /// checked.</summary>
    public static UnitCommand? TryParse(string value)
    {
        if (!UnitSyntax.IsText(value)) return null;
        var reader = new WordReader(value, keepUnknownEscapes: true);
        string first;
        do
        {
            if (reader.AtEnd || !reader.TryRead(out first)) return null;
        }
        while (first == ";"); // quoted or not, it starts no command (measured on 252)

        var prefixes = first[..CountPrefixes(first)];
        if (prefixes.Length == first.Length || !TryReadArguments(ref reader, out var words)) return null;
        return Build(prefixes, first[prefixes.Length..], words);
    }

    /// <summary>The value that starts exactly these arguments: each quoted, and with the prefix <c>:</c>, which makes
    /// every <c>$</c> literal (measured on 252, in the program's path too).</summary>
    /// <exception cref="ArgumentException"><see cref="UnitLimits"/> has a reason against the program or an argument.
    /// </exception>
    public static string Render(IEnumerable<string> argv)
    {
        var words = argv.ToImmutableArray();
        if (UnitLimits.FindCommandProblem(words) is { } problem)
            throw new ArgumentException("The command has no place in a unit file: " + problem, nameof(argv));
        return ":" + string.Join(' ', words.Select(UnitText.QuoteWord));
    }

    /// <summary>True when all parts are the same, the arguments one by one.</summary>
    public bool Equals(UnitCommand? other) =>
        other is not null
        && (Prefixes, IsLiteral, ArgumentZero) == (other.Prefixes, other.IsLiteral, other.ArgumentZero)
        && Arguments.SequenceEqual(other.Arguments);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Prefixes);
        hash.Add(ArgumentZero);
        foreach (var argument in Arguments) hash.Add(argument);
        return hash.ToHashCode();
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

    private static bool TryReadArguments(ref WordReader reader, out List<string> words)
    {
        words = [];
        while (!reader.AtEnd)
        {
            if (reader.TrySkip(";"u8)) return IsOnlySeparators(ref reader);
            if (reader.TrySkip("\\;"u8)) words.Add(";");
            else if (reader.TryRead(out var word)) words.Add(word);
            else return false;
        }

        return true;
    }

    // True if no further command follows; one that cannot be read is ignored (measured on 252).
    private static bool IsOnlySeparators(ref WordReader reader)
    {
        while (!reader.AtEnd && reader.TryRead(out var word))
            if (word != ";") return false;
        return true;
    }

    private static UnitCommand? Build(string prefixes, string program, List<string> words)
    {
        var literal = UnitText.TryUnescapeSpecifiers(program, out program);
        var expands = !prefixes.Contains(':');
        for (var i = 0; i < words.Count; i++)
        {
            literal &= UnitText.TryUnescapeSpecifiers(words[i], out var word);
            if (expands) literal &= UnitVariables.TryUnescape(word, out word);
            words[i] = word;
        }

        var zero = program;
        if (prefixes.Contains('@'))
        {
            if (words is not [var given, ..]) return null;
            zero = given;
            words.RemoveAt(0);
        }
        else if (expands)
        {
            // The path is literal, but what the program sees as its name is expanded (measured on 252).
            literal &= UnitVariables.TryUnescape(program, out zero);
        }

        return new UnitCommand(prefixes, [program, .. words])
        {
            IsLiteral = literal,
            ArgumentZero = zero == program ? null : zero,
        };
    }
}
