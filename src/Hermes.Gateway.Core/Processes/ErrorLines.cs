using System.Collections.Immutable;

namespace Hermes.Gateway.Core.Processes;

/// <summary>What one command wrote to its standard error, by what it is about: of a command for a thousand services,
/// each is to be told its own lines, and to find them must not cost a thousand times a thousand.</summary>
internal sealed class ErrorLines
{
    // What names none of them is mostly one line: the command could do nothing at all.
    private const int MostOfAll = 5;

    private readonly Dictionary<string, List<string>> _own = new(StringComparer.Ordinal);

    public ErrorLines(CommandResult result)
    {
        var names = result.Request.About.ToHashSet(StringComparer.Ordinal);
        var lines = result.StandardError.Trim().Split('\n');
        First = lines[0];
        var others = new List<string>();
        foreach (var line in lines)
        {
            // A name can be the end of a command that is quoted.
            var named = line.Split(' ').Select(word => word.Trim('"')).Where(names.Contains).Distinct(StringComparer.Ordinal).ToList();
            foreach (var name in named)
                if (_own.TryGetValue(name, out var own)) own.Add(line);
                else _own[name] = [line];
            if (named.Count == 0 && others.Count < MostOfAll) others.Add(line);
        }

        Others = [.. others];
    }

    /// <summary>The first line; empty when nothing was written.</summary>
    public string First { get; }

    /// <summary>The first lines that name nothing that the command was for.</summary>
    public ImmutableArray<string> Others { get; }

    /// <summary>The lines that name <paramref name="subject"/>.</summary>
    public IReadOnlyList<string> Of(string subject) => _own.GetValueOrDefault(subject) ?? [];
}
