namespace Hermes.Gateway.Core.Processes;

/// <summary>Assigns the lines of a command's standard error to the services that they name. Each line is read once, because a
/// command for a thousand services can write as many lines.</summary>
internal sealed class ErrorLines
{
    // Usually one line names no service: that the command could do nothing at all.
    private const int MostOthers = 5;

    private readonly ILookup<string, string> _own;

    public ErrorLines(CommandResult result)
    {
        var names = result.Request.About.ToHashSet(StringComparer.Ordinal);
        var lines = result.StandardError.Trim().Split('\n');
        First = lines[0];
        // A quoted command can end with a name.
        var named = lines.Select(line => new
        {
            Text = line,
            Names = line.Split(' ').Select(word => word.Trim('"')).Where(names.Contains).Distinct(StringComparer.Ordinal).ToList(),
        }).ToList();
        _own = named.SelectMany(line => line.Names, (line, name) => new { name, line.Text })
            .ToLookup(pair => pair.name, pair => pair.Text, StringComparer.Ordinal);
        Others = [.. named.Where(line => line.Names.Count == 0).Take(MostOthers).Select(line => line.Text)];
    }

    /// <summary>The first line; empty when nothing was written.</summary>
    public string First { get; }

    /// <summary>The first few lines that name none of the services for which the command was run.</summary>
    public ImmutableArray<string> Others { get; }

    /// <summary>The lines that name <paramref name="subject"/>.</summary>
    public IEnumerable<string> Of(string subject) => _own[subject];
}
