using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>A service definition as a systemd unit, and a unit file's meaning in the same keys. Pure.</summary>
/// <remarks>
/// Owned is what we render, and what an earlier rendering recorded under <c>[X-Hermes]</c> (systemd ignores sections
/// and keys that begin with X-: systemd.syntax(7)). Everything else in a file is the operator's and is kept.
/// </remarks>
internal static class SystemdUnit
{
    private const string Private = "X-Hermes";

    private const string Header =
        "# Written by Hermes.Gateway. The keys listed under [X-Hermes] are rewritten by the next deploy;\n"
        + "# all others are yours and are kept.";

    // Directives that hold exactly one value of ours, by the key that people know them by.
    private static readonly Setting[] Singles =
    [
        new("Description", "Unit", "Description"),
        new("StartLimitIntervalSec", "Unit", "StartLimitIntervalSec"),
        new("StartLimitBurst", "Unit", "StartLimitBurst"),
        new("SystemdType", "Service", "Type"),
        new("WorkingDirectory", "Service", "WorkingDirectory"),
        new("User", "Service", "User"),
        new("Restart", "Service", "Restart"),
        new("RestartSec", "Service", "RestartSec"),
        new("RestartForceExitStatus", "Service", "RestartForceExitStatus"),
        new("SuccessExitStatus", "Service", "SuccessExitStatus"),
        new("RestartPreventExitStatus", "Service", "RestartPreventExitStatus"),
    ];

    // Lists of units in which one word is ours and any other is the operator's.
    private static readonly Setting[] Lists =
        [new("After", "Unit", "After"), new("Wants", "Unit", "Wants"), new("WantedBy", "Install", "WantedBy")];

    /// <summary>Whether a rendered unit can have this directive, variables and our own section aside.</summary>
    public static bool IsDirective(UnitEntry entry) =>
        Find(Singles, entry) is not null || Find(Lists, entry) is not null
        || entry is { Section: "Service", Key: "ExecStart" or "EnvironmentFile" };

    /// <summary>The owned keys of a definition, without the stamp, which is made of them.</summary>
    public static ImmutableSortedDictionary<string, string> KeysOf(ServiceDefinition definition)
    {
        var keys = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        keys["Description"] = definition.Description;
        // Finite: ten failures within five minutes end in a visible "failed", not in a loop for days.
        keys["StartLimitIntervalSec"] = "300";
        keys["StartLimitBurst"] = "10";
        keys["SystemdType"] = Word(definition.SystemdType);
        keys["Program"] = definition.Program;
        keys["Arguments"] = ShellText.Quote(definition.Arguments);
        keys["WorkingDirectory"] = definition.WorkingDirectory;
        keys["Restart"] = DefinitionKeys.Word(definition.Restart);
        keys["RestartSec"] = "3";
        // What asks for a restart is no failure: without the second it would count and show as one.
        if (!definition.RestartExitCodes.IsEmpty)
            keys["RestartForceExitStatus"] = keys["SuccessExitStatus"] = UnitExitCodes.Write(definition.RestartExitCodes);
        if (!definition.ParkExitCodes.IsEmpty)
            keys["RestartPreventExitStatus"] = UnitExitCodes.Write(definition.ParkExitCodes);
        keys["Source"] = definition.Source;
        foreach (var (name, value) in definition.Environment) keys[DefinitionKeys.Environment(name)] = value;
        if (definition.EnvironmentFile is { } file) keys["EnvironmentFile"] = file;
        if (definition.Scope == ServiceScope.System)
        {
            keys["After"] = keys["Wants"] = "network-online.target";
            if (definition.User is { } user) keys["User"] = user;
        }

        keys["WantedBy"] = definition.Scope == ServiceScope.System ? "multi-user.target" : "default.target";
        return keys.ToImmutable();
    }

    /// <summary>The unit file's text: ours first, then what <paramref name="seen"/> holds of the operator's.</summary>
    public static string Render(DesiredService desired, string? seen)
    {
        var keys = desired.Keys;
        var entries = ImmutableArray.CreateBuilder<UnitEntry>();
        foreach (var (key, section, directive) in Singles.Where(single => single.Section == "Unit"))
            if (keys.TryGetValue(key, out var value)) entries.Add(new UnitEntry(section, directive, Escape(value)));
        AddLists("Unit");

        entries.Add(new UnitEntry(
            "Service", "ExecStart", UnitCommand.Render([desired.Definition.Program, .. desired.Definition.Arguments])));
        foreach (var (key, section, directive) in Singles.Where(single => single.Section == "Service"))
            if (keys.TryGetValue(key, out var value))
                entries.Add(new UnitEntry(
                    section, directive, key == "WorkingDirectory" ? UnitText.RawDirectory(value) : Escape(value)));
        AddEnvironment(Stamp.Variable, desired.Stamp.ToString());
        AddEnvironment(Stamp.SourceVariable, desired.Definition.Source);
        foreach (var (name, value) in desired.Definition.Environment) AddEnvironment(name, value);
        if (desired.Definition.EnvironmentFile is { } file)
            entries.Add(new UnitEntry("Service", "EnvironmentFile", UnitText.RawFile(file)));
        AddLists("Install");

        entries.Add(new UnitEntry(Private, "Owned", string.Join(' ', DefinitionKeys.NamesOf(keys))));
        if (desired.Definition.EnvironmentFile is { } owned)
            entries.Add(new UnitEntry(Private, "EnvironmentFile", UnitText.RawFile(owned)));

        entries[0] = entries[0] with { Comments = [.. Header.Split('\n')] };
        if (seen is null) return UnitFile.Of(entries).ToString();
        var old = UnitFile.Parse(seen);
        entries.AddRange(Split(old, keys).Foreign);
        return UnitFile.Of(entries, old.Trailer.All(line => line.Length == 0) ? [] : old.Trailer).ToString();

        void AddLists(string section)
        {
            foreach (var list in Lists)
                if (list.Section == section && keys.TryGetValue(list.Key, out var word))
                    entries.Add(new UnitEntry(section, list.Directive, word));
        }

        void AddEnvironment(string name, string value) =>
            entries.Add(new UnitEntry("Service", "Environment", UnitText.QuoteWord($"{name}={value}")));
    }

    /// <summary>The meaning of a unit file; null when systemd would refuse it as a whole, or it has none of a service
    /// unit's sections.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="wanted">The keys that are wanted now: ours wherever they stand.</param>
    public static DefinitionContent? Understand(string text, ImmutableSortedDictionary<string, string> wanted)
    {
        var file = UnitFile.Parse(text);
        if (!file.IsLoadable || !file.Entries.Any(entry => entry.Section is "Unit" or "Service" or "Install")) return null;
        var (keys, foreign, stamp, source) = Split(file, wanted);
        return new DefinitionContent(
            keys, [.. foreign.Select(entry => $"[{entry.Section}] {entry.Key}={entry.Value}")], stamp, source)
        {
            Command = file.Values("Service", "ExecStart") is [.., var command]
                ? UnitCommand.TryParse(command)?.Arguments ?? []
                : [],
            Variables = VariablesOf(file, keys),
        };
    }

    private static ImmutableArray<KeyValuePair<string, string>> VariablesOf(
        UnitFile file, ImmutableSortedDictionary<string, string> keys)
    {
        var assignments = file.Values("Service", "Environment").SelectMany(AssignmentsIn).ToList();
        var variables = new KeyValuePair<string, string>[assignments.Count];
        for (var i = 0; i < variables.Length; i++)
        {
            var at = assignments[i].IndexOf('=', StringComparison.Ordinal);
            var (name, value) = (assignments[i][..at], assignments[i][(at + 1)..]);
            // Of a thousand services, every text is to be there once.
            variables[i] = name switch
            {
                Stamp.Variable => KeyValuePair.Create(Stamp.Variable, value),
                Stamp.SourceVariable => KeyValuePair.Create(Stamp.SourceVariable, Same(value, keys.GetValueOrDefault("Source"))),
                _ => KeyValuePair.Create(name, Same(value, keys.GetValueOrDefault(DefinitionKeys.Environment(name)))),
            };
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(variables);
    }

    private static string Same(string text, string? other) => text == other ? other : text;

    private static ImmutableSortedDictionary<string, string> Same(
        ImmutableSortedDictionary<string, string>.Builder keys, ImmutableSortedDictionary<string, string> other)
    {
        if (keys.Count != other.Count) return keys.ToImmutable();
        foreach (var (key, value) in other)
            if (!keys.TryGetValue(key, out var own) || own != value) return keys.ToImmutable();
        return other;
    }

    private static IEnumerable<string> AssignmentsIn(string value)
    {
        UnitText.TrySplitWords(value, out var words);
        foreach (var word in words)
            if (UnitText.TryUnescapeSpecifiers(word, out var text) && text.IndexOf('=', StringComparison.Ordinal) > 0)
                yield return text;
    }

    /// <summary>systemd's word for a service type.</summary>
    public static string Word(SystemdServiceType type) => type switch
    {
        SystemdServiceType.Exec => "exec",
        SystemdServiceType.Notify => "notify",
        SystemdServiceType.Simple => "simple",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    // A key of ours, and the directive that it is in a unit.
    private sealed record Setting(string Key, string Section, string Directive);

    private sealed record Parts(
        ImmutableSortedDictionary<string, string> Keys, ImmutableArray<UnitEntry> Foreign, Stamp? Stamp, string? Source);

    private static Parts Split(UnitFile file, ImmutableSortedDictionary<string, string> wanted)
    {
        HashSet<string>? recorded = null;
        var keys = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var foreign = ImmutableArray.CreateBuilder<UnitEntry>();
        string? stamp = null;
        foreach (var entry in file.Entries)
        {
            if (entry.Section == Private) continue;
            if (entry.Value.Length == 0 && IsList(entry))
            {
                Reset(entry);
                continue;
            }

            if (entry is { Section: "Service", Key: "Environment" }) SplitEnvironment(entry);
            else if (entry is { Section: "Service", Key: "EnvironmentFile" }) SplitEnvironmentFile(entry);
            else if (entry is { Section: "Service", Key: "ExecStart" }) ReadCommand(entry.Value, keys);
            else if (Find(Lists, entry) is not null) SplitList(entry);
            else if (Find(Singles, entry)?.Key is { } key && IsOurs(key))
                keys[key] = UnitExitCodes.IsList(key)
                    ? UnitExitCodes.Add(keys.GetValueOrDefault(key), entry.Value)
                    : Read(key, entry.Value);
            else foreign.Add(entry);
        }

        keys.Remove(DefinitionKeys.Environment(Stamp.Variable));
        var all = Same(keys, wanted);
        return new Parts(all, foreign.ToImmutable(), Stamp.TryParse(stamp), all.GetValueOrDefault("Source"));

        // What is not wanted any more is the exception.
        bool IsOurs(string key) => wanted.ContainsKey(key) || (recorded ??= RecordedIn(file)).Contains(key);

        // An empty assignment empties a list. It must not be kept: behind ours it would empty ours.
        void Reset(UnitEntry entry)
        {
            for (var i = foreign.Count - 1; i >= 0; i--)
                if ((foreign[i].Section, foreign[i].Key) == (entry.Section, entry.Key)) foreign.RemoveAt(i);
            if (entry.Key == "Environment") stamp = null;
            foreach (var key in keys.Keys.Where(key => IsKeyOf(entry.Key, key)).ToList()) keys.Remove(key);
        }

        void SplitEnvironment(UnitEntry entry)
        {
            if (!UnitText.TrySplitWords(entry.Value, out var words))
            {
                foreign.Add(entry);
                return;
            }

            var theirs = new List<string>();
            foreach (var raw in words)
            {
                var word = Literal(raw);
                var (name, value) = word.IndexOf('=', StringComparison.Ordinal) is var at and > 0
                    ? (word[..at], word[(at + 1)..])
                    : (word, "");
                if (name == Stamp.Variable) stamp = value;
                else if (name == Stamp.SourceVariable) keys["Source"] = value;
                else if (DefinitionKeys.Environment(name) is var key && IsOurs(key)) keys[key] = value;
                else theirs.Add(raw);
            }

            if (theirs.Count == words.Length) foreign.Add(entry);
            else foreign.AddRange(theirs.Select(raw => entry with { Value = UnitText.QuoteRaw(raw) }));
        }

        void SplitEnvironmentFile(UnitEntry entry)
        {
            var value = UnitText.TryReadFile(entry.Value, out var path) ? path : entry.Value;
            if (value == wanted.GetValueOrDefault("EnvironmentFile") || entry.Value == file.Last(Private, "EnvironmentFile"))
                keys["EnvironmentFile"] = value;
            else foreign.Add(entry);
        }

        void SplitList(UnitEntry entry)
        {
            var ours = wanted.GetValueOrDefault(entry.Key);
            var words = entry.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var theirs = words.Where(word => word != ours).ToList();
            if (ours is not null && theirs.Count < words.Length) keys[entry.Key] = ours;
            if (theirs.Count == words.Length) foreign.Add(entry);
            else if (theirs.Count > 0) foreign.Add(entry with { Value = string.Join(' ', theirs) });
        }
    }

    private static HashSet<string> RecordedIn(UnitFile file) =>
        (file.Last(Private, "Owned") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);

    private static bool IsList(UnitEntry entry) =>
        entry is { Section: "Service", Key: "Environment" or "EnvironmentFile" or "ExecStart" }
        || (entry.Section == "Service" && UnitExitCodes.IsList(entry.Key))
        || Find(Lists, entry) is not null;

    private static bool IsKeyOf(string directive, string key) => directive switch
    {
        "Environment" => key == "Source" || key.StartsWith("Environment[", StringComparison.Ordinal),
        "ExecStart" => key is "Program" or "Arguments",
        _ => key == directive,
    };

    private static Setting? Find(Setting[] settings, UnitEntry entry) =>
        Array.Find(settings, setting => (setting.Section, setting.Directive) == (entry.Section, entry.Key));

    private static void ReadCommand(string value, ImmutableSortedDictionary<string, string>.Builder keys)
    {
        if (UnitCommand.TryParse(value) is { IsLiteral: true, Arguments: [var program, .. var arguments] } command
            && !command.Prefixes.Any(prefix => prefix is '@' or '-' or '+' or '!'))
        {
            keys["Program"] = program;
            keys["Arguments"] = ShellText.Quote(arguments);
        }
        else
        {
            // Something the manager would expand, or more than we ever write: shown as it stands.
            keys["Program"] = value;
            keys["Arguments"] = "";
        }
    }

    private static string Read(string key, string value) => key == "WorkingDirectory"
        ? (UnitText.TryReadDirectory(value, out var path) ? path : value)
        : Literal(value);

    private static string Escape(string value) => value.Replace("%", "%%", StringComparison.Ordinal);

    private static string Literal(string value) => UnitText.TryUnescapeSpecifiers(value, out var literal) ? literal : value;
}
