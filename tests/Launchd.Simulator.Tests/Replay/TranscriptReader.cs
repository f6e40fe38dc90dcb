using System.Collections.Immutable;
using System.Globalization;

namespace Launchd.Simulator.Tests.Replay;

/// <summary>Reads a transcript. A line it does not know is an error: a slip of the pen loses no expectation.</summary>
internal sealed class TranscriptReader(string name, string[] lines)
{
    private const string AnyLines = "…";
    private readonly Dictionary<string, string> _header = [];
    private readonly ImmutableArray<TranscriptStep>.Builder _steps = ImmutableArray.CreateBuilder<TranscriptStep>();
    private int _next;

    public static Transcript Read(string path) =>
        new TranscriptReader(Path.GetFileNameWithoutExtension(path), File.ReadAllLines(path)).Read();

    public Transcript Read()
    {
        while (_next < lines.Length && lines[_next].Length > 0)
        {
            var (key, value) = Split(lines[_next++], ": ");
            _header.Add(key, value);
        }

        while (_next < lines.Length)
            ReadStep();

        return new Transcript
        {
            Name = name,
            Title = Take("title"),
            Source = Take("source"),
            Tag = Enum.Parse<TranscriptTag>(Take("tag"), ignoreCase: true),
            Flavours = [.. Words(Take("os")).Select(word => int.Parse(word, CultureInfo.InvariantCulture))],
            Rows = [.. Words(Take("row"))],
            Settings = _header.Remove("settings", out var settings) ? settings : "{}",
            Steps = _header.Count == 0 ? _steps.ToImmutable() : throw Bad($"unknown header {_header.Keys.First()}"),
        };
    }

    private void ReadStep()
    {
        var line = lines[_next++];
        if (line.Length == 0)
            return;

        switch (line.Split(' ')[0])
        {
            case "#":
                break;
            case "$":
            case "?":
                ReadCommand(line);
                break;
            case "plist:":
            case "file:":
                ReadFile(line);
                break;
            case "delete:":
                _steps.Add(new DeleteFile(_next, line["delete: ".Length..]));
                break;
            case "await:":
                _steps.Add(new AwaitFile(_next, line["await: ".Length..]));
                break;
            case "settings:":
                _steps.Add(new ChangeSettings(_next, line["settings: ".Length..]));
                break;
            default:
                throw Bad($"unknown step '{line}'");
        }
    }

    private void ReadCommand(string line)
    {
        var start = _next;
        var words = Words(line);
        if (words.Length < 2 || words[1] != "launchctl")
            throw Bad("a command that is not launchctl");

        var output = ImmutableArray.CreateBuilder<ExpectedLine>();
        var error = ImmutableArray.CreateBuilder<ExpectedLine>();
        while (_next < lines.Length && lines[_next] is ['|' or '!', ..] text)
        {
            (text[0] == '|' ? output : error).Add(ReadExpectedLine(text));
            _next++;
        }

        if (_next >= lines.Length || !lines[_next].StartsWith("= ", StringComparison.Ordinal))
            throw Bad("no exit code");

        var codes = lines[_next++][2..].Split(" or ").Select(code => int.Parse(code, CultureInfo.InvariantCulture));
        var expected = new Expectation([.. codes], output.ToImmutable(), error.ToImmutable());
        _steps.Add(new RunCommand(start, [.. words.Skip(2)], line[0] == '?', expected));
    }

    private ExpectedLine ReadExpectedLine(string line)
    {
        var (mark, text) = Split(line + (line.Contains(' ', StringComparison.Ordinal) ? "" : " "), " ");
        return (mark[1..], text) switch
        {
            ("", AnyLines) => new ExpectedLine(LineKind.AnyLines, text),
            ("", _) => new ExpectedLine(LineKind.Exact, text),
            ("?", _) => new ExpectedLine(LineKind.Optional, text),
            ("+", _) => new ExpectedLine(LineKind.Anywhere, text),
            ("-", _) => new ExpectedLine(LineKind.Absent, text),
            _ => throw Bad($"unknown mark '{mark}'"),
        };
    }

    private void ReadFile(string line)
    {
        var start = _next;
        var words = Words(line);
        var options = words.Skip(2).Select(word => Split(word, "=")).ToDictionary();
        var mode = options.Remove("mode", out var digits) ? Convert.ToInt32(digits, 8) : 0b110_100_100;
        uint? owner = options.Remove("owner", out var id) ? uint.Parse(id, CultureInfo.InvariantCulture) : null;
        if (options.Count > 0)
            throw Bad($"unknown option {options.Keys.First()}");

        var content = new List<string>();
        while (_next < lines.Length && lines[_next].StartsWith("  ", StringComparison.Ordinal))
            content.Add(lines[_next++][2..]);

        ImmutableArray<KeyValuePair<string, string>>? keys = words[0] == "plist:"
            ? [.. content.Select(pair => Split(pair, " = ")).Select(pair => KeyValuePair.Create(pair.Left, pair.Right))]
            : null;
        _steps.Add(new WriteFile(start, words[1], (UnixFileMode)mode, owner, keys, string.Join('\n', content)));
    }

    private string Take(string key) => _header.Remove(key, out var value) ? value : throw Bad($"no {key}");

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private (string Left, string Right) Split(string line, string separator)
    {
        var at = line.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? throw Bad($"no '{separator}' in '{line}'") : (line[..at], line[(at + separator.Length)..]);
    }

    private FormatException Bad(string problem) => new($"{name}.transcript, line {_next}: {problem}");
}
