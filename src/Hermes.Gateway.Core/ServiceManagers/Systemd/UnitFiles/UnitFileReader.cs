using System.Text.RegularExpressions;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

/// <summary>Reads a unit file line by line, as systemd does (systemd.syntax(7); details measured on 252).</summary>
internal sealed partial class UnitFileReader
{
    private readonly StringBuilder _continued = new();
    private string? _section;
    private bool _byteOrderMarkSeen;
    private int _continuedBytes;

    public List<UnitEntry> Entries { get; } = [];

    /// <summary>Comment lines since the last entry.</summary>
    public List<string> PendingComments { get; } = [];

    /// <summary>Whether systemd refuses the whole file.</summary>
    public bool IsRefused { get; private set; }

    public void Read(string text)
    {
        var lines = LineEnd().Split(text);
        foreach (var line in lines[^1].Length == 0 ? lines[..^1] : lines) AddPhysicalLine(line);
        // systemd takes a last line that ends in a backslash as it is.
        if (_continued.Length > 0) AddLogicalLine(TakeContinued());
    }

    private void AddPhysicalLine(string line)
    {
        var bytes = Encoding.UTF8.GetByteCount(line);
        var isComment = line.AsSpan().Trim(UnitSyntax.Blanks) is ['#' or ';', ..];
        if (bytes >= UnitSyntax.MaxLineBytes || (!isComment && _continuedBytes + bytes >= UnitSyntax.MaxLineBytes))
        {
            IsRefused = true;
            TakeContinued();
            return;
        }

        if (isComment)
        {
            // A comment within a continued line does not end that line.
            PendingComments.Add(line);
            return;
        }

        // systemd drops one byte order mark, at the start of whichever line has the first.
        if (!_byteOrderMarkSeen && line.StartsWith(UnitSyntax.ByteOrderMark)) (line, _byteOrderMarkSeen) = (line[1..], true);
        if (UnitSyntax.EndsInEscape(line))
        {
            _continued.Append(line, 0, line.Length - 1).Append(' ');
            _continuedBytes += bytes;
        }
        else AddLogicalLine(TakeContinued() + line);
    }

    private string TakeContinued()
    {
        var line = _continued.ToString();
        _continued.Clear();
        _continuedBytes = 0;
        return line;
    }

    private void AddLogicalLine(string text)
    {
        var line = text.Trim(UnitSyntax.Blanks);
        if (line.Length == 0) PendingComments.Add("");
        else if (!UnitSyntax.IsValidUnicode(line)) IsRefused = true;
        // To systemd this is no comment, because a byte order mark was before it, but it ignores the line all the same.
        else if (line[0] is '#' or ';') PendingComments.Add(line);
        else if (line[0] == '[') AddHeader(line);
        else if (_section is not null && line[0] != UnitSyntax.ByteOrderMark
            && line.IndexOf('=', StringComparison.Ordinal) is var equals and > 0)
        {
            var (key, value) = (line[..equals].TrimEnd(UnitSyntax.Blanks), line[(equals + 1)..].TrimStart(UnitSyntax.Blanks));
            Entries.Add(new UnitEntry(_section, key, value) { Comments = [.. PendingComments] });
            PendingComments.Clear();
        }
    }

    private void AddHeader(string line)
    {
        if (line is ['[', .. var name, ']'] && name.All(UnitSyntax.IsNameCharacter))
        {
            _section = name;
            return;
        }

        // Keeps as much of the name as possible, so that a repair does not lose the assignments below it.
        IsRefused = true;
        _section = string.Concat(line[1..].Split(']')[0].Where(UnitSyntax.IsNameCharacter));
    }

    // LF, CR or both, in any order, then an optional NUL; or NUL alone (measured on 252).
    [GeneratedRegex(@"(?:\n\r?|\r\n?)\x00?|\x00", RegexOptions.CultureInvariant)]
    private static partial Regex LineEnd();
}
