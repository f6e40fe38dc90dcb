namespace Hermes.Gateway.Core.Processes;

/// <summary>Assigns the lines of a command's standard error to the services that they name. Each line is read once, because a
/// command for a thousand services can write as many lines.</summary>
internal sealed class ErrorLines
{
    // Usually one line names no service: that the command could do nothing at all.
    private const int MostOthers = 5;

    private readonly Dictionary<string, List<string>> _own = new(StringComparer.Ordinal);

    public ErrorLines(CommandResult result)
    {
        var names = result.Request.About.ToHashSet(StringComparer.Ordinal);
        var lines = result.StandardError.Trim().Split('\n');
        First = lines[0];
        var others = new List<string>();
        foreach (var line in lines)
        {
            // A quoted command can end with a name.
            var named = line.Split(' ').Select(word => word.Trim('"')).Where(names.Contains).Distinct(StringComparer.Ordinal).ToList();
            foreach (var name in named)
                if (_own.TryGetValue(name, out var own)) own.Add(line);
                else _own[name] = [line];
            if (named.Count == 0 && others.Count < MostOthers) others.Add(line);
        }

        Others = [.. others];
    }

    /// <summary>The first line; empty when nothing was written.</summary>
    public string First { get; }

    /// <summary>The first lines that name none of the services for which the command was run.</summary>
    public ImmutableArray<string> Others { get; }

    /// <summary>The lines that name <paramref name="subject"/>.</summary>
    public IReadOnlyList<string> Of(string subject) => _own.GetValueOrDefault(subject) ?? [];
}
