using System.Collections.Immutable;
using System.Text;
using static Hermes.Gateway.Core.ServiceManagers.Launchd.PrintedSyntax;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The lines of one print of a job, in the three parts that the definition's own texts part them in: the head
/// before <c>arguments</c>, the middle up to the environments, the tail from <c>domain</c> on. A text of the definition
/// may imitate any line, but only between the head and the tail: that is why a field of the head is its first
/// occurrence and a field of the tail its last one.</summary>
/// <remarks>What cannot be known without the definition: where an argument or a value with line breaks ends that
/// imitates the end of its block, and whether a text that was cut off was cut off inside of one.</remarks>
internal sealed class PrintedLines
{
    private const string Domain = "\tdomain = ";

    private static readonly string[] AfterArguments =
    [
        "\tworking directory = ", "\tstdin path = ", "\tstdout path = ", "\tstderr path = ",
        "\tinherited environment = {", "\tdefault environment = {", "\tglobal environment = {",
        EnvironmentStart, Domain,
    ];

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
        string[] lines,
        int header,
        int closing,
        IReadOnlyList<string>? expectedArguments,
        IReadOnlyDictionary<string, string>? expectedEnvironment)
    {
        _lines = lines;
        _head = header + 1;
        IsComplete = closing >= 0;
        Target = lines[header][..^" = {".Length];

        // The last piece of a text that was cut off is half a line, or nothing.
        _end = IsComplete ? closing : lines.Length - 1;

        _arguments = Find(_head, line => line == ArgumentsStart);
        _argumentsEnd = _arguments == _end ? _head : FindEndOfArguments(expectedArguments);
        Arguments = ReadArguments(expectedArguments);

        var domain = FindLast(_argumentsEnd, line => line.StartsWith(Domain, StringComparison.Ordinal));
        _environment = Find(_argumentsEnd, line => line == EnvironmentStart);
        _middleEnd = Find(
            _argumentsEnd,
            line => line.StartsWith(Domain, StringComparison.Ordinal)
                || (IsField(line) && line.EndsWith(" environment = {", StringComparison.Ordinal))
                || line == EnvironmentStart);

        (Environment, _environmentEnd) = ReadEnvironment(domain, expectedEnvironment);
        _tail = domain >= 0 ? domain : _environment < _end ? _environmentEnd : _argumentsEnd;
    }

    /// <summary>What the header names.</summary>
    public string Target { get; }

    /// <summary>True when the closing brace is there.</summary>
    public bool IsComplete { get; }

    /// <inheritdoc cref="PrintedJob.Arguments"/>
    public ImmutableArray<string> Arguments { get; }

    /// <inheritdoc cref="PrintedJob.Environment"/>
    public ImmutableDictionary<string, string> Environment { get; }

    /// <inheritdoc cref="PrintedJob.Properties"/>
    public ImmutableArray<string> Properties
    {
        get
        {
            var line = FindLast(_tail, line => Value(line, "properties") is not null);
            var value = line < 0 ? "" : Value(_lines[line], "properties")!;
            if (value != "{")
                return [.. value.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

            // Up to macOS 10.15: "name = 1", one in a line.
            const string set = " = 1";
            return
            [
                .. _lines[(line + 1).._end].TakeWhile(item => item != BlockEnd)
                    .Where(item => item.EndsWith(set, StringComparison.Ordinal))
                    .Select(item => item[..^set.Length].Trim()),
            ];
        }
    }

    /// <summary>The lines of a print; null when the text is none of a job.</summary>
    public static PrintedLines? TrySplit(
        string text,
        IReadOnlyList<string>? expectedArguments,
        IReadOnlyDictionary<string, string>? expectedEnvironment)
    {
        var lines = text.Split('\n');
        var header = Array.FindIndex(lines, line => line.Trim().Length > 0);
        if (header < 0) return null;

        // An argument may end its lines with a carriage return; the header does only where all lines do.
        if (lines[header].EndsWith('\r'))
            lines = Array.ConvertAll(lines, line => line.EndsWith('\r') ? line[..^1] : line);
        if (!IsHeader(lines[header])) return null;

        var last = Array.FindLastIndex(lines, line => line.Length > 0);
        var print = new PrintedLines(
            lines, header, last > header && lines[last] == "}" ? last : -1, expectedArguments, expectedEnvironment);

        // A domain is printed alike, but has a handle.
        var isJob = print.InHead("handle") is null
            && (print.InHead("state") ?? print.InHead("path") ?? print.InHead("active count")) is not null;
        return isJob ? print : null;
    }

    /// <summary>A field that comes before the arguments.</summary>
    public string? InHead(string name)
    {
        var line = Find(_head, line => Value(line, name) is not null);
        return line < Math.Min(_arguments, _middleEnd) ? Value(_lines[line], name) : null;
    }

    /// <summary>A field between the arguments and the environments.</summary>
    public string? InMiddle(string name)
    {
        var line = Find(_argumentsEnd, line => Value(line, name) is not null);
        return line < _middleEnd ? Value(_lines[line], name) : null;
    }

    /// <summary>A field that comes after the environments.</summary>
    public string? InTail(string name)
    {
        var line = FindLast(_tail, line => Value(line, name) is not null);
        return line < 0 ? null : Value(_lines[line], name);
    }

    /// <inheritdoc cref="PrintedJob.HasArguments"/>
    public bool HasArguments(IReadOnlyList<string> expected) =>
        _arguments == _end ? expected.Count == 0 : EndOfArguments(expected) is not null;

    /// <inheritdoc cref="PrintedJob.HasVariable"/>
    public bool HasVariable(string name, string expected)
    {
        var block = Render(name, expected);
        for (var i = _environment + 1; i + block.Length <= _environmentEnd; i++)
            if (IsVariableAt(i, block)) return true;
        return false;
    }

    private bool IsAt(int line, string[] block) =>
        line + block.Length <= _end && _lines.AsSpan(line, block.Length).SequenceEqual(block);

    /// <summary>The first such line, or the end.</summary>
    private int Find(int from, Predicate<string> matches)
    {
        var line = from < _end ? Array.FindIndex(_lines, from, _end - from, matches) : -1;
        return line < 0 ? _end : line;
    }

    private int FindLast(int from, Predicate<string> matches) =>
        from < _end ? Array.FindLastIndex(_lines, _end - 1, _end - from, matches) : -1;

    // "x" is not the value of a variable that is printed as "x" and another line.
    private bool IsVariableAt(int line, string[] block) =>
        IsAt(line, block)
        && _lines[line + block.Length] is var next
        && (next == BlockEnd || ReadVariable(next) is not null);

    private bool IsFollowedByField(int line)
    {
        var next = _lines[Find(line, next => next.Length > 0)];
        return AfterArguments.Any(start => next.StartsWith(start, StringComparison.Ordinal));
    }

    /// <summary>The line after the block, if it is literally this one.</summary>
    private int? EndOfArguments(IReadOnlyList<string> expected)
    {
        var block = Render(expected);
        var end = _arguments + block.Length;
        return IsAt(_arguments, block) && (_lines[end].Length == 0 || IsFollowedByField(end)) ? end : null;
    }

    private int FindEndOfArguments(IReadOnlyList<string>? expected)
    {
        if (expected is not null && EndOfArguments(expected) is { } known) return known;

        var first = Find(_arguments + 1, line => line == BlockEnd);
        for (var i = first; i < _end; i++)
            if (_lines[i] == BlockEnd && IsFollowedByField(i + 1)) return i + 1;
        return Math.Min(first + 1, _end);
    }

    private ImmutableArray<string> ReadArguments(IReadOnlyList<string>? expected)
    {
        if (_arguments == _end) return [];
        if (expected is not null && HasArguments(expected)) return [.. expected];

        // Every line with two tabs begins one; any other line belongs to the one before.
        var end = _lines[_argumentsEnd - 1] == BlockEnd ? _argumentsEnd - 1 : _argumentsEnd;
        var block = "\n" + string.Join('\n', _lines[Math.Min(_arguments + 1, end)..end]);
        return [.. block.Split("\n\t\t").Skip(1)];
    }

    private (ImmutableDictionary<string, string> Variables, int End) ReadEnvironment(
        int domain, IReadOnlyDictionary<string, string>? expected)
    {
        var variables = new Dictionary<string, StringBuilder>(StringComparer.Ordinal);
        var blocks = (expected ?? ImmutableDictionary<string, string>.Empty)
            .Select(pair => (pair.Key, pair.Value, Lines: Render(pair.Key, pair.Value))).ToArray();

        var (i, current) = (_environment + 1, (StringBuilder?)null);
        for (; i < _end; i++)
        {
            if (Array.Find(blocks, block => IsVariableAt(i, block.Lines)) is { Lines: { } literal } known)
            {
                variables[known.Key] = new StringBuilder(known.Value);
                current = null;
                i += literal.Length - 1;
            }
            else if (_lines[i] == BlockEnd && IsEndOfEnvironment(i, domain))
            {
                break;
            }
            else if (ReadVariable(_lines[i]) is { } variable)
            {
                current = new StringBuilder(variable.Value);
                variables.TryAdd(variable.Name, current);
            }
            else
            {
                current?.Append('\n').Append(_lines[i]);
            }
        }

        var environment = variables.ToImmutableDictionary(
            pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
        return (environment, Math.Min(i, _end));
    }

    /// <summary>Only the environment is followed by the domain, so a value can end the block only if it imitates both,
    /// and then the true domain is still to come.</summary>
    private bool IsEndOfEnvironment(int line, int domain) =>
        domain < line
        || Find(line + 1, next => next.Length > 0) == domain
        || _lines[Array.FindLastIndex(_lines, domain - 1, before => before.Length > 0)] != BlockEnd;
}
