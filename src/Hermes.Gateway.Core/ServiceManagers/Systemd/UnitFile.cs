using System.Collections.Immutable;
using System.Text;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>A unit file as a list of assignments, grouped by section: the order of sections, and the order within
/// each, is that of the file (only these two have a meaning: systemd.syntax(7)).</summary>
internal sealed class UnitFile
{
    private const int MostSections = 8;

    private UnitFile(ImmutableArray<UnitEntry> entries, ImmutableArray<string> trailer)
    {
        Entries = IsGrouped(entries)
            ? entries
            : [.. entries.GroupBy(entry => entry.Section, StringComparer.Ordinal).SelectMany(section => section)];
        Trailer = trailer;
    }

    /// <summary>The assignments.</summary>
    public ImmutableArray<UnitEntry> Entries { get; }

    /// <summary>Comment and empty lines after the last assignment.</summary>
    public ImmutableArray<string> Trailer { get; }

    /// <summary>What systemd would ignore with a warning, or refuse: <c>line 3: assignment outside of section</c>.
    /// </summary>
    public ImmutableArray<string> Problems { get; private init; } = [];

    /// <summary>False when one of the <see cref="Problems"/> makes systemd refuse the whole file
    /// (<c>LoadState=error</c>, measured on 252): a malformed section header, text that is not UTF-8, or a line of
    /// 1 MiB. Says nothing about values, which can be fatal too.</summary>
    public bool IsLoadable { get; private init; } = true;

    /// <summary>Reads a unit file. Never throws; what is lost is told in <see cref="Problems"/>.</summary>
    public static UnitFile Parse(string text)
    {
        var reader = new UnitFileReader();
        foreach (var line in UnitLines.Split(text)) reader.Add(line);
        reader.Complete();
        return new UnitFile(reader.Entries, reader.Comments)
        {
            Problems = reader.Problems,
            IsLoadable = !reader.IsRefused,
        };
    }

    /// <summary>A file with these assignments.</summary>
    /// <param name="entries">The assignments, grouped by section if they are not yet.</param>
    /// <param name="trailer">Comment and empty lines after the last one.</param>
    /// <exception cref="ArgumentException">A part cannot be written so that it would be read back the same.</exception>
    public static UnitFile Of(IEnumerable<UnitEntry> entries, ImmutableArray<string> trailer = default)
    {
        var file = new UnitFile([.. entries], trailer.IsDefault ? [] : trailer);
        foreach (var entry in file.Entries)
            if (FindProblem(entry) is { } problem)
                throw new ArgumentException($"[{entry.Section}] {entry.Key}: {problem}", nameof(entries));
        if (!file.Trailer.All(UnitSyntax.IsCommentLine))
            throw new ArgumentException("not a comment or empty line", nameof(trailer));
        return file;
    }

    /// <summary>The effective values of a list key such as <c>Environment=</c>, in order: an empty assignment resets
    /// the list (systemd.unit(5), systemd.exec(5)).</summary>
    public ImmutableArray<string> Values(string section, string key)
    {
        var values = Assignments(section, key).ToImmutableArray();
        return values[(values.LastIndexOf("") + 1)..];
    }

    /// <summary>The last assignment, which counts for a key with one value; null if there is none.</summary>
    public string? Last(string section, string key) => Assignments(section, key).LastOrDefault();

    /// <summary>The file's text. Reading it gives equal <see cref="Entries"/>, comments included, except for an empty
    /// line above each section but the first.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Entries.Length; i++)
        {
            var entry = Entries[i];
            var above = 0;
            if (i == 0 || Entries[i - 1].Section != entry.Section)
            {
                // What an empty line parts from the rest belongs to the text above, not to the section's first key.
                above = entry.Comments.LastIndexOf("") + 1;
                AppendLines(text, entry.Comments[..above]);
                if (above == 0 && i > 0) text.Append('\n');
                text.Append('[').Append(entry.Section).Append("]\n");
            }

            AppendLines(text, entry.Comments[above..]);
            text.Append(entry.Key).Append('=').Append(entry.Value);
            // A last backslash would swallow the line break; a blank after it is stripped again (measured on 252).
            text.Append(UnitSyntax.EndsInEscape(entry.Value) ? " \n" : "\n");
        }

        AppendLines(text, Trailer);
        return text.ToString();
    }

    private IEnumerable<string> Assignments(string section, string key) =>
        from entry in Entries where entry.Section == section && entry.Key == key select entry.Value;

    // As almost every file is; one with more sections than any has is not looked through for it.
    private static bool IsGrouped(ImmutableArray<UnitEntry> entries)
    {
        var sections = new List<string>();
        foreach (var entry in entries)
        {
            if (sections is [.., var last] && last == entry.Section) continue;
            if (sections.Count == MostSections || sections.Contains(entry.Section)) return false;
            sections.Add(entry.Section);
        }

        return true;
    }

    private static void AppendLines(StringBuilder text, ImmutableArray<string> lines)
    {
        foreach (var line in lines) text.Append(line).Append('\n');
    }

    private static string? FindProblem(UnitEntry entry)
    {
        var (section, key, value) = entry;
        if (UnitSyntax.FindProblem(section) is { } inSection) return $"in the section name, {inSection}";
        if (UnitSyntax.FindProblem(key) is { } inKey) return $"in the key, {inKey}";
        if (UnitSyntax.FindProblem(value) is { } inValue) return $"in the value, {inValue}";
        if (!section.All(UnitSyntax.IsSafe)) return "the section name has a quote, a backslash or a control character";
        if (key.Length == 0) return "the key is empty";
        if (key.Contains('=') || key[0] is '[' or '#' or ';' or UnitSyntax.ByteOrderMark) return "this is not a key";
        if (key != key.Trim(UnitSyntax.Blanks)) return "the key has blanks around it";
        if (value != value.Trim(UnitSyntax.Blanks)) return "the value has blanks around it, which systemd would drop";
        if (Encoding.UTF8.GetByteCount(key + value) + 2 >= UnitSyntax.MaxLineBytes) return "the line would be too long";
        return entry.Comments.All(UnitSyntax.IsCommentLine) ? null : "a comment line does not begin with '#' or ';'";
    }
}
