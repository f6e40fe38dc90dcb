namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The lines of <c>launchctl print</c> for a job: fields have one tab, the lines of blocks have two. The
/// definition's arguments and variables are printed unescaped, so a line of them can imitate any other line.</summary>
/// <remarks>They divide the output into a head (before <c>arguments</c>), a middle (up to the environments) and a tail (from
/// <c>domain</c> on). Imitations lie between head and tail, so the first occurrence of a head field and the last occurrence of a
/// tail field are genuine. Two facts cannot be known without the definition: where an argument or value ends that imitates the
/// end of its block, and whether an incomplete output ends inside one.</remarks>
internal sealed class PrintedLines
{
    private const string ArgumentsStart = "\targuments = {";
    private const string EnvironmentStart = "\tenvironment = {";
    private const string BlockEnd = "\t}";
    private const string Domain = "\tdomain = ";

    private static readonly string[] FieldsAfterArguments =
    [
        "\tworking directory = ", "\tstdin path = ", "\tstdout path = ", "\tstderr path = ",
        "\tinherited environment = {", "\tdefault environment = {", "\tglobal environment = {",
        EnvironmentStart, Domain,
    ];

    // Indexes of lines; an absent block begins at _end.
    private readonly string[] _lines;
    private readonly int _head;
    private readonly int _end;
    private readonly int _arguments;
    private readonly int _argumentsEnd;
    private readonly int _environment;
    private readonly int _environmentEnd;
    private readonly int _middleEnd;
    private readonly int _tail;

    private PrintedLines(
        string[] lines, int header, int closing,
        IReadOnlyList<string>? expectedArguments, IReadOnlyDictionary<string, string>? expectedEnvironment)
    {
        _lines = lines;
        _head = header + 1;
        IsComplete = closing >= 0;

        // The last line of an incomplete output is empty or may be cut.
        _end = IsComplete ? closing : lines.Length - 1;

        _arguments = Find(_head, line => line == ArgumentsStart);
        _argumentsEnd = _arguments == _end ? _head : FindEndOfArguments(expectedArguments);
        Arguments = ReadArguments(expectedArguments);

        var domain = FindLast(_argumentsEnd, IsDomain);
        _environment = Find(_argumentsEnd, line => line == EnvironmentStart);
        _middleEnd = Find(
            _argumentsEnd,
            line => IsDomain(line) || line == EnvironmentStart
                || (IsField(line) && line.EndsWith(" environment = {", StringComparison.Ordinal)));

        (Environment, _environmentEnd) = ReadEnvironment(domain, expectedEnvironment);
        _tail = domain >= 0 ? domain : _environment < _end ? _environmentEnd : _argumentsEnd;
    }

    public bool IsComplete { get; }

    public ImmutableArray<string> Arguments { get; }

    public ImmutableDictionary<string, string> Environment { get; }

    /// <summary>Splits an output; returns null if it does not describe a job.</summary>
    public static PrintedLines? TrySplit(
        string text, IReadOnlyList<string>? expectedArguments, IReadOnlyDictionary<string, string>? expectedEnvironment)
    {
        var lines = text.Split('\n');
        var header = Array.FindIndex(lines, line => line.Trim().Length > 0);
        if (header < 0) return null;

        // The header ends with a carriage return only if all lines do; a line of an argument may have its own.
        if (lines[header].EndsWith('\r'))
            lines = Array.ConvertAll(lines, line => line.EndsWith('\r') ? line[..^1] : line);
        if (!IsHeader(lines[header])) return null;

        var last = Array.FindLastIndex(lines, line => line.Length > 0);
        var print = new PrintedLines(
            lines, header, last > header && lines[last] == "}" ? last : -1, expectedArguments, expectedEnvironment);

        // The output for a domain is similar, but has a handle.
        var isJob = print.FindInHead("handle") is null
            && (print.FindInHead("state") ?? print.FindInHead("path") ?? print.FindInHead("active count")) is not null;
        return isJob ? print : null;
    }

    public string? FindInHead(string name) => FindField(name, _head, Math.Min(_arguments, _middleEnd));

    public string? FindInMiddle(string name) => FindField(name, _argumentsEnd, _middleEnd);

    public string? FindInTail(string name) => FindLastField(name) is var line and >= 0 ? ReadField(_lines[line], name) : null;

    public ImmutableArray<string> ReadProperties()
    {
        var value = FindInTail("properties") ?? "";
        if (value != "{")
            return [.. value.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

        // macOS 10.15 and earlier print a block with lines "name = 1".
        const string set = " = 1";
        return [.. _lines[(FindLastField("properties") + 1).._end].TakeWhile(line => line != BlockEnd)
            .Where(line => line.EndsWith(set, StringComparison.Ordinal)).Select(line => line[..^set.Length].Trim())];
    }

    public bool HasArguments(IReadOnlyList<string> expected) =>
        _arguments == _end ? expected.Count == 0 : FindEndOfExpectedArguments(expected) is not null;

    public bool HasVariable(string name, string expected)
    {
        var block = FormatVariable(name, expected);
        return Enumerable.Range(_environment + 1, Math.Max(0, _environmentEnd - _environment - block.Length))
            .Any(line => IsVariableAt(line, block));
    }

    // "gui/501/LABEL = {"
    private static bool IsHeader(string line) =>
        line.Length > " = {".Length && !char.IsWhiteSpace(line[0]) && line.EndsWith(" = {", StringComparison.Ordinal);

    private static bool IsField(string line) => line is ['\t', not '\t', ..];

    private static bool IsDomain(string line) => line.StartsWith(Domain, StringComparison.Ordinal);

    /// <summary>Returns the value of a field; null for any other line. An empty value may have no blank before it.</summary>
    private static string? ReadField(string line, string name)
    {
        if (!IsField(line) || !line.AsSpan(1).StartsWith(name, StringComparison.Ordinal)) return null;
        var rest = line[(1 + name.Length)..];
        return rest == " =" ? "" : rest.StartsWith(" = ", StringComparison.Ordinal) ? rest[3..] : null;
    }

    /// <summary>Returns the name and value of a variable's first line; null for any other line.</summary>
    private static (string Name, string Value)? ReadVariable(string line)
    {
        if (!line.StartsWith("\t\t", StringComparison.Ordinal)) return null;
        var arrow = line.IndexOf(" =>", StringComparison.Ordinal);
        if (arrow <= 2 || line.AsSpan(2, arrow - 2).ContainsAny('\t', ' ')) return null;
        return line[(arrow + 3)..] switch
        {
            "" => (line[2..arrow], ""),
            [' ', .. var value] => (line[2..arrow], value),
            _ => null,
        };
    }

    private static string[] FormatArguments(IEnumerable<string> arguments) =>
        string.Join('\n', [ArgumentsStart, .. arguments.Select(argument => "\t\t" + argument), BlockEnd]).Split('\n');

    private static string[] FormatVariable(string name, string value) => $"\t\t{name} => {value}".Split('\n');

    private bool IsAt(int line, string[] block) =>
        line + block.Length <= _end && _lines.AsSpan(line, block.Length).SequenceEqual(block);

    // Without the check of the next line, "x" would match a variable whose value is "x" and another line.
    private bool IsVariableAt(int line, string[] block) =>
        IsAt(line, block) && _lines[line + block.Length] is var next && (next == BlockEnd || ReadVariable(next) is not null);

    /// <summary>Returns the first matching line, or <see cref="_end"/>.</summary>
    private int Find(int from, Predicate<string> matches)
    {
        var line = from < _end ? Array.FindIndex(_lines, from, _end - from, matches) : -1;
        return line < 0 ? _end : line;
    }

    /// <summary>Returns the last matching line, or -1.</summary>
    private int FindLast(int from, Predicate<string> matches) =>
        from < _end ? Array.FindLastIndex(_lines, _end - 1, _end - from, matches) : -1;

    private string? FindField(string name, int from, int end)
    {
        var line = Find(from, line => ReadField(line, name) is not null);
        return line < end ? ReadField(_lines[line], name) : null;
    }

    private int FindLastField(string name) => FindLast(_tail, line => ReadField(line, name) is not null);

    private int FindNonEmpty(int from) => Find(from, line => line.Length > 0);

    private bool IsFollowedByField(int line)
    {
        var next = _lines[FindNonEmpty(line)];
        return FieldsAfterArguments.Any(start => next.StartsWith(start, StringComparison.Ordinal));
    }

    /// <summary>Returns the line after the block if it holds exactly these arguments.</summary>
    private int? FindEndOfExpectedArguments(IReadOnlyList<string> expected)
    {
        var block = FormatArguments(expected);
        var end = _arguments + block.Length;
        return IsAt(_arguments, block) && (_lines[end].Length == 0 || IsFollowedByField(end)) ? end : null;
    }

    private int FindEndOfArguments(IReadOnlyList<string>? expected)
    {
        if (expected is not null && FindEndOfExpectedArguments(expected) is { } known) return known;

        var first = Find(_arguments + 1, line => line == BlockEnd);
        for (var i = first; i < _end; i++)
            if (_lines[i] == BlockEnd && IsFollowedByField(i + 1)) return i + 1;
        return Math.Min(first + 1, _end);
    }

    private ImmutableArray<string> ReadArguments(IReadOnlyList<string>? expected)
    {
        if (_arguments == _end) return [];
        if (expected is not null && HasArguments(expected)) return [.. expected];

        // A line with two tabs begins an argument; any other line continues one.
        var end = _lines[_argumentsEnd - 1] == BlockEnd ? _argumentsEnd - 1 : _argumentsEnd;
        var block = "\n" + string.Join('\n', _lines[Math.Min(_arguments + 1, end)..end]);
        return [.. block.Split("\n\t\t").Skip(1)];
    }

    private (ImmutableDictionary<string, string> Variables, int End) ReadEnvironment(
        int domain, IReadOnlyDictionary<string, string>? expected)
    {
        var variables = new Dictionary<string, StringBuilder>(StringComparer.Ordinal);
        var blocks = (expected ?? ImmutableDictionary<string, string>.Empty)
            .Select(pair => (pair.Key, pair.Value, Lines: FormatVariable(pair.Key, pair.Value))).ToArray();

        var (i, current) = (_environment + 1, (StringBuilder?)null);
        for (; i < _end; i++)
        {
            if (Array.Find(blocks, block => IsVariableAt(i, block.Lines)) is { Lines: { } lines } known)
            {
                variables[known.Key] = new StringBuilder(known.Value);
                current = null;
                i += lines.Length - 1;
            }
            else if (_lines[i] == BlockEnd && IsEndOfEnvironment(i, domain)) break;
            else if (ReadVariable(_lines[i]) is { } variable)
            {
                current = new StringBuilder(variable.Value);
                variables.TryAdd(variable.Name, current);
            }
            else current?.Append('\n').Append(_lines[i]);
        }

        return (
            variables.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal),
            Math.Min(i, _end));
    }

    // launchd prints the domain below the end of the environment, never below another block. So if the last domain line
    // stands below a later block end, this block end, and a domain line below it, are parts of a variable's value.
    private bool IsEndOfEnvironment(int line, int domain) =>
        domain < line
        || FindNonEmpty(line + 1) == domain
        || _lines[Array.FindLastIndex(_lines, domain - 1, before => before.Length > 0)] != BlockEnd;
}
