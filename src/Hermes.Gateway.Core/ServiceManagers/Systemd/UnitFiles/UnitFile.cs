namespace Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

/// <summary>A unit file as a list of assignments, grouped by section. Only the order of sections and the order within a section
/// have a meaning (systemd.syntax(7)), and both are those of the file.</summary>
internal sealed class UnitFile
{
    private UnitFile(IEnumerable<UnitEntry> entries, ImmutableArray<string> trailer, bool isLoadable) =>
        (Entries, Trailer, IsLoadable) = (
            [.. entries.GroupBy(entry => entry.Section, StringComparer.Ordinal).SelectMany(section => section)], trailer, isLoadable);

    public ImmutableArray<UnitEntry> Entries { get; }

    /// <summary>Comment lines and empty lines after the last assignment.</summary>
    public ImmutableArray<string> Trailer { get; }

    /// <summary>False when systemd refuses the whole file (<c>LoadState=error</c>, measured on 252) because of a malformed
    /// section header, text that is not UTF-8, or a line of 1 MiB. Values, which can be fatal too, are not checked.</summary>
    public bool IsLoadable { get; }

    private IEnumerable<(string Section, string Key, string Value)> Assignments =>
        Entries.Select(entry => (entry.Section, entry.Key, entry.Value));

    // Without empty lines, of which writing adds some.
    private IEnumerable<string> Comments =>
        Entries.SelectMany(entry => entry.Comments).Concat(Trailer).Where(line => !string.IsNullOrWhiteSpace(line));

    /// <summary>Parses any text and never throws. Lines that systemd ignores are dropped.</summary>
    public static UnitFile Parse(string text)
    {
        var reader = new UnitFileReader();
        reader.Read(text);
        return new UnitFile(reader.Entries, [.. reader.PendingComments], isLoadable: !reader.IsRefused);
    }

    /// <summary>Makes a file of assignments, and groups them by section if they are not yet.</summary>
    /// <exception cref="ArgumentException">A part cannot be written so that it would be read back the same.</exception>
    public static UnitFile Of(IEnumerable<UnitEntry> entries, ImmutableArray<string> trailer = default)
    {
        var file = new UnitFile(entries, trailer.IsDefault ? [] : trailer, isLoadable: true);
        var written = Parse(file.ToString());
        return written.IsLoadable && written.Assignments.SequenceEqual(file.Assignments) && written.Comments.SequenceEqual(file.Comments)
            ? file
            : throw new ArgumentException("The unit file would be read back differently.", nameof(entries));
    }

    /// <summary>Returns the effective values of a list key such as <c>Environment=</c>, in order: an empty assignment resets
    /// the list (systemd.unit(5), systemd.exec(5)).</summary>
    public ImmutableArray<string> Values(string section, string key)
    {
        var values = ValuesOf(section, key).ToImmutableArray();
        return values[(values.LastIndexOf("") + 1)..];
    }

    /// <summary>Returns the last assignment, which counts for a key with one value; null if there is none.</summary>
    public string? Last(string section, string key) => ValuesOf(section, key).LastOrDefault();

    /// <summary>Writes the file, with an empty line above each section but the first. Parsing gives the same content.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        string? section = null;
        foreach (var entry in Entries)
        {
            var above = 0;
            if (entry.Section != section)
            {
                // Comments above the last empty line belong to the text before the section, the others to its first key.
                above = entry.Comments.LastIndexOf("") + 1;
                AppendLines(text, entry.Comments[..above]);
                if (above == 0 && section is not null) text.Append('\n');
                text.Append('[').Append(section = entry.Section).Append("]\n");
            }

            AppendLines(text, entry.Comments[above..]);
            text.Append(entry.Key).Append('=').Append(entry.Value);
            // A last backslash would continue the line; systemd strips a blank after it again (measured on 252).
            text.Append(UnitSyntax.EndsInEscape(entry.Value) ? " \n" : "\n");
        }

        AppendLines(text, Trailer);
        return text.ToString();
    }

    private IEnumerable<string> ValuesOf(string section, string key) =>
        from entry in Entries where entry.Section == section && entry.Key == key select entry.Value;

    private static void AppendLines(StringBuilder text, ImmutableArray<string> lines)
    {
        foreach (var line in lines) text.Append(line).Append('\n');
    }
}

/// <summary>One assignment. The value is joined and trimmed; its quotes, escapes and specifiers are as written.</summary>
internal sealed record UnitEntry(string Section, string Key, string Value)
{
    /// <summary>The comment lines as written, and empty lines as "", between the assignment before and this one.</summary>
    public ImmutableArray<string> Comments { get; init; } = [];
}
