using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

/// <summary>Divides the entries of a unit file into owned keys and foreign entries.</summary>
internal sealed class UnitOwnership
{
    private readonly UnitFile _file;
    private readonly ImmutableSortedDictionary<string, string> _wanted;
    private readonly ImmutableSortedDictionary<string, string>.Builder _keys =
        ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);

    private readonly Lazy<HashSet<string>> _recorded;
    private string? _stamp;

    /// <summary>Divides a file. The <paramref name="wanted"/> keys, those of the desired definition, are owned
    /// even if the file does not list them as owned.</summary>
    public UnitOwnership(UnitFile file, ImmutableSortedDictionary<string, string> wanted)
    {
        (_file, _wanted) = (file, wanted);
        _recorded = new(() => (file.Last(SystemdUnit.OwnSection, "Owned") ?? "")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal));
        foreach (var entry in file.Entries)
            if (entry.Section != SystemdUnit.OwnSection) Add(entry);
        // The wanted keys themselves where all are equal, so that a thousand services keep one copy.
        var isAsWanted = _keys.Count == wanted.Count
            && wanted.All(pair => _keys.TryGetValue(pair.Key, out var value) && value == pair.Value);
        Keys = isAsWanted ? wanted : _keys.ToImmutable();
    }

    public ImmutableSortedDictionary<string, string> Keys { get; }

    public List<UnitEntry> Foreign { get; } = [];

    public Stamp? Stamp => Stamp.TryParse(_stamp);

    private void Add(UnitEntry entry)
    {
        var directive = SystemdUnit.FindDirective(entry);
        var special = entry is { Section: "Service", Key: "Environment" or "EnvironmentFile" or "ExecStart" } ? entry.Key : null;
        if (entry.Value.Length == 0 && (special is not null || directive is { IsList: true })) Reset(entry);
        else if (special == "Environment") AddEnvironment(entry);
        else if (special == "EnvironmentFile") AddEnvironmentFile(entry);
        else if (special == "ExecStart") AddCommand(entry.Value);
        else if (directive is { Kind: DirectiveKind.UnitList }) AddUnitList(entry);
        else if (directive is not null && IsOwned(directive.Key))
            _keys[directive.Key] = directive.Read(entry.Value, _keys.GetValueOrDefault(directive.Key));
        else Foreign.Add(entry);
    }

    private bool IsOwned(string key) => _wanted.ContainsKey(key) || _recorded.Value.Contains(key);

    // An empty assignment empties a list. It is not kept as foreign, because behind the owned entries it would empty them.
    private void Reset(UnitEntry entry)
    {
        Foreign.RemoveAll(other => (other.Section, other.Key) == (entry.Section, entry.Key));
        if (entry.Key == "Environment") _stamp = null;
        foreach (var key in _keys.Keys.Where(key => IsHeldBy(entry.Key, key)).ToList()) _keys.Remove(key);
    }

    private static bool IsHeldBy(string directive, string key) => directive switch
    {
        "Environment" => key == DefinitionKeys.Source || key.StartsWith("Environment[", StringComparison.Ordinal),
        "ExecStart" => key is "Program" or "Arguments",
        _ => key == directive,
    };

    private void AddEnvironment(UnitEntry entry)
    {
        if (!UnitQuoting.TrySplitWords(entry.Value, out var words))
        {
            Foreign.Add(entry);
            return;
        }

        var foreign = words.Where(word => !TryAddVariable(word)).ToList();
        if (foreign.Count == words.Length) Foreign.Add(entry);
        else Foreign.AddRange(foreign.Select(word => entry with { Value = UnitQuoting.QuoteRaw(word) }));
    }

    private bool TryAddVariable(string word)
    {
        var text = UnitQuoting.TryUnescapeSpecifiers(word, out var literal) ? literal : word;
        var (name, value) = text.Split('=', 2) is [{ Length: > 0 } left, var right] ? (left, right) : (text, "");
        var key = DefinitionKeys.Environment(name);
        if (name == Stamp.Variable) _stamp = value;
        else if (name == Stamp.SourceVariable) _keys[DefinitionKeys.Source] = value;
        else if (IsOwned(key)) _keys[key] = value;
        else return false;
        return true;
    }

    private void AddEnvironmentFile(UnitEntry entry)
    {
        var path = UnitQuoting.TryReadFile(entry.Value, out var read) ? read : entry.Value;
        if (path == _wanted.GetValueOrDefault("EnvironmentFile")
            || entry.Value == _file.Last(SystemdUnit.OwnSection, "EnvironmentFile"))
            _keys["EnvironmentFile"] = path;
        else Foreign.Add(entry);
    }

    private void AddCommand(string value)
    {
        if (UnitCommand.TryParse(value) is { IsLiteral: true, Arguments: [var program, .. var arguments] } command
            && !command.Prefixes.AsSpan().ContainsAny("@-+!"))
            (_keys["Program"], _keys["Arguments"]) = (program, ShellText.Quote(arguments));
        else
            // A command that systemd would expand, or with a prefix that we never write, is compared as it is written.
            (_keys["Program"], _keys["Arguments"]) = (value, "");
    }

    private void AddUnitList(UnitEntry entry)
    {
        var owned = _wanted.GetValueOrDefault(entry.Key);
        var words = entry.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var foreign = words.Where(word => word != owned).ToList();
        if (owned is not null && foreign.Count < words.Length) _keys[entry.Key] = owned;
        if (foreign.Count == words.Length) Foreign.Add(entry);
        else if (foreign.Count > 0) Foreign.Add(entry with { Value = string.Join(' ', foreign) });
    }
}
