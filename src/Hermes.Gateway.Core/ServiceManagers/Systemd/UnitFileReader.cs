using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Reads a unit file line by line, as systemd does (systemd.syntax(7); details measured on 252).</summary>
internal sealed class UnitFileReader
{
    private readonly ImmutableArray<UnitEntry>.Builder _entries = ImmutableArray.CreateBuilder<UnitEntry>();
    private readonly ImmutableArray<string>.Builder _problems = ImmutableArray.CreateBuilder<string>();
    private readonly List<string> _comments = [];
    private readonly StringBuilder _joined = new();
    private string? _section;
    private bool _markSeen;
    private int _line;
    private int _firstLine;
    private int _joinedBytes;

    public ImmutableArray<UnitEntry> Entries => _entries.ToImmutable();

    public ImmutableArray<string> Problems => _problems.ToImmutable();

    /// <summary>Comments since the last entry.</summary>
    public ImmutableArray<string> Comments => [.. _comments];

    public bool IsRefused { get; private set; }

    /// <summary>Takes the next physical line.</summary>
    public void Add(string line)
    {
        _line++;
        if (_joined.Length == 0) _firstLine = _line;
        var bytes = Encoding.UTF8.GetByteCount(line);
        var isComment = line.AsSpan().Trim(UnitSyntax.Blanks) is ['#' or ';', ..];
        if (bytes >= UnitSyntax.MaxLineBytes || (!isComment && _joinedBytes + bytes >= UnitSyntax.MaxLineBytes))
        {
            Refuse("the line has 1 MiB or more");
            EndLine();
        }
        else if (isComment) _comments.Add(line); // within a continued line, too: it does not end it
        else AddText(line, bytes);
    }

    /// <summary>Ends the file; a line that is still to be continued counts as it is.</summary>
    public void Complete()
    {
        if (_joined.Length > 0) AddLogical(EndLine());
    }

    private void AddText(string line, int bytes)
    {
        // systemd drops one mark, wherever the first line that begins with one is.
        if (!_markSeen && line.StartsWith(UnitSyntax.ByteOrderMark))
        {
            line = line[1..];
            _markSeen = true;
        }

        if (UnitSyntax.EndsInEscape(line))
        {
            _joined.Append(line, 0, line.Length - 1).Append(' ');
            _joinedBytes += bytes;
            return;
        }

        if (_joined.Length == 0)
        {
            AddLogical(line);
            return;
        }

        _joined.Append(line);
        AddLogical(EndLine());
    }

    private string EndLine()
    {
        var line = _joined.ToString();
        _joined.Clear();
        _joinedBytes = 0;
        return line;
    }

    private void AddLogical(string text)
    {
        var line = text.Trim(UnitSyntax.Blanks);
        if (line.Length == 0) _comments.Add("");
        else if (!UnitSyntax.IsText(line)) Refuse("the text is not valid UTF-8");
        else if (line[0] is '#' or ';') AddMarkedComment(line);
        else if (line[0] == '[') AddHeader(line);
        else if (_section is null) Report("assignment outside of section");
        else AddAssignment(_section, line);
    }

    // A comment sign after a byte order mark is none to systemd, which ignores the line all the same.
    private void AddMarkedComment(string line)
    {
        _comments.Add(line);
        Report("comment after a byte order mark");
    }

    private void AddHeader(string line)
    {
        var name = line.EndsWith(']') ? line[1..^1] : line[1..];
        if (line.EndsWith(']') && name.All(UnitSyntax.IsSafe))
        {
            _section = name;
            return;
        }

        // The name is kept as far as it can be, so that what follows is not lost to a repair.
        Refuse("malformed section header");
        _section = string.Concat(name.Split(']')[0].Where(UnitSyntax.IsSafe));
    }

    private void AddAssignment(string section, string line)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) Report("missing '='");
        else if (equals == 0) Report("missing key before '='");
        else if (line[0] == UnitSyntax.ByteOrderMark) Report("second byte order mark");
        else
        {
            var key = line[..equals].TrimEnd(UnitSyntax.Blanks);
            var value = line[(equals + 1)..].TrimStart(UnitSyntax.Blanks);
            _entries.Add(new UnitEntry(section, key, value) { Comments = Comments });
            _comments.Clear();
        }
    }

    private void Refuse(string problem)
    {
        Report(problem + "; systemd refuses the whole file");
        IsRefused = true;
    }

    private void Report(string problem) =>
        _problems.Add(string.Create(CultureInfo.InvariantCulture, $"line {_firstLine}: {problem}"));
}
