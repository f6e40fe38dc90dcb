using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

/// <summary>Translates between a service definition, its owned keys, and a unit file. Pure.</summary>
/// <remarks>Owned are the directives that we render, and those that an earlier rendering recorded in the section
/// <c>[X-Hermes]</c> (systemd ignores sections that begin with X-: systemd.syntax(7)). All others are foreign and survive.</remarks>
internal static class SystemdUnit
{
    /// <summary>The section that records what is owned.</summary>
    public const string OwnSection = "X-Hermes";

    private const string Header =
        "# Written by Hermes.Gateway. The keys listed under [X-Hermes] are rewritten by the next deploy;\n"
        + "# all others are yours and are kept.";

    private static readonly ImmutableArray<UnitDirective> Directives =
    [
        new("Description", "Unit"), new("StartLimitIntervalSec", "Unit"), new("StartLimitBurst", "Unit"),
        new("After", "Unit", DirectiveKind.UnitList), new("Wants", "Unit", DirectiveKind.UnitList),
        new("Type", "Service") { Key = "SystemdType" }, new("WorkingDirectory", "Service", DirectiveKind.Directory),
        new("User", "Service"), new("Restart", "Service"), new("RestartSec", "Service"),
        new("RestartForceExitStatus", "Service", DirectiveKind.ExitCodes),
        new("SuccessExitStatus", "Service", DirectiveKind.ExitCodes),
        new("RestartPreventExitStatus", "Service", DirectiveKind.ExitCodes),
        new("WantedBy", "Install", DirectiveKind.UnitList),
    ];

    /// <summary>Returns the directive of an entry whose name is a key; null for any other entry.</summary>
    public static UnitDirective? FindDirective(UnitEntry entry) =>
        Directives.FirstOrDefault(directive => (directive.Section, directive.Name) == (entry.Section, entry.Key));

    /// <summary>Whether a rendered unit can have this directive. Variables and our own section are left out.</summary>
    public static bool IsDirective(UnitEntry entry) =>
        FindDirective(entry) is not null || entry is { Section: "Service", Key: "ExecStart" or "EnvironmentFile" };

    /// <summary>Returns the owned keys of a definition, without the stamp, which is made of them.</summary>
    public static ImmutableSortedDictionary<string, string> KeysOf(ServiceDefinition definition)
    {
        var keys = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        keys["Description"] = definition.Description;
        // Ten failures within five minutes end in a visible "failed" instead of a loop for days.
        keys["StartLimitIntervalSec"] = "300";
        keys["StartLimitBurst"] = "10";
        keys["SystemdType"] = definition.SystemdType.ToString().ToLowerInvariant();
        keys["Program"] = definition.Program;
        keys["Arguments"] = ShellText.Quote(definition.Arguments);
        keys["WorkingDirectory"] = definition.WorkingDirectory;
        keys["Restart"] = DefinitionKeys.Word(definition.Restart);
        keys["RestartSec"] = "3";
        // Without SuccessExitStatus= systemd would count a requested restart as a failure, and show it as one.
        if (!definition.RestartExitCodes.IsEmpty)
            keys["RestartForceExitStatus"] = keys["SuccessExitStatus"] = SortExitCodes(string.Join(' ', definition.RestartExitCodes));
        if (!definition.ParkExitCodes.IsEmpty)
            keys["RestartPreventExitStatus"] = SortExitCodes(string.Join(' ', definition.ParkExitCodes));
        keys[DefinitionKeys.Source] = definition.Source;
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

    /// <summary>Renders the unit file: the owned entries first, then the foreign ones in <paramref name="installed"/>.</summary>
    public static string Render(DesiredService desired, string? installed)
    {
        var (keys, definition) = (desired.Keys, desired.Definition);
        var entries = new List<UnitEntry>();
        AddSection("Unit");
        Add("Service", "ExecStart", UnitCommand.Render([definition.Program, .. definition.Arguments]));
        AddSection("Service");
        AddEnvironment(Stamp.Variable, desired.Stamp.ToString());
        AddEnvironment(Stamp.SourceVariable, definition.Source);
        foreach (var (name, value) in definition.Environment) AddEnvironment(name, value);
        if (definition.EnvironmentFile is { } file) Add("Service", "EnvironmentFile", UnitQuoting.FormatFile(file));
        AddSection("Install");
        Add(OwnSection, "Owned", string.Join(' ', DefinitionKeys.NamesOf(keys)));
        if (definition.EnvironmentFile is { } owned) Add(OwnSection, "EnvironmentFile", UnitQuoting.FormatFile(owned));
        entries[0] = entries[0] with { Comments = [.. Header.Split('\n')] };

        var old = UnitFile.Parse(installed ?? "");
        entries.AddRange(new UnitOwnership(old, keys).Foreign);
        return UnitFile.Of(entries, old.Trailer.All(line => line.Length == 0) ? [] : old.Trailer).ToString();

        void Add(string section, string directive, string value) => entries.Add(new UnitEntry(section, directive, value));

        void AddSection(string section)
        {
            foreach (var directive in Directives)
                if (directive.Section == section && keys.TryGetValue(directive.Key, out var value))
                    Add(section, directive.Name, directive.Write(value));
        }

        void AddEnvironment(string name, string value) => Add("Service", "Environment", UnitQuoting.QuoteWord($"{name}={value}"));
    }

    /// <summary>Translates a unit file into keys, given those of the desired definition. Null when systemd would refuse the whole
    /// file, and when it has none of a service unit's sections.</summary>
    public static DefinitionContent? Understand(string text, ImmutableSortedDictionary<string, string> wanted)
    {
        var file = UnitFile.Parse(text);
        if (!file.IsLoadable || !file.Entries.Any(entry => entry.Section is "Unit" or "Service" or "Install")) return null;
        var ownership = new UnitOwnership(file, wanted);
        return new DefinitionContent(
            ownership.Keys, [.. ownership.Foreign.Select(entry => $"[{entry.Section}] {entry.Key}={entry.Value}")],
            ownership.Stamp, ownership.Keys.GetValueOrDefault(DefinitionKeys.Source))
        {
            Command = file.Values("Service", "ExecStart") is [.., var command]
                ? UnitCommand.TryParse(command)?.Arguments ?? []
                : [],
            Variables = [.. file.Values("Service", "Environment").SelectMany(ReadVariables)],
        };
    }

    /// <summary>Sorts a list of exit statuses, whose order means nothing (systemd.service(5)). Signals and names
    /// (<c>SIGKILL</c>, <c>TEMPFAIL</c>) stay as they are written.</summary>
    public static string SortExitCodes(string codes) => string.Join(
        ' ',
        codes.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)
            .OrderBy(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : int.MaxValue)
            .ThenBy(word => word, StringComparer.Ordinal));

    private static IEnumerable<EnvironmentVariable> ReadVariables(string value)
    {
        UnitQuoting.TrySplitWords(value, out var words);
        foreach (var word in words)
            if (UnitQuoting.TryUnescapeSpecifiers(word, out var text) && text.Split('=', 2) is [{ Length: > 0 } name, var variable])
                yield return new EnvironmentVariable(name, variable);
    }
}

/// <summary>How the value of a directive is written, and how repeated assignments are read.</summary>
internal enum DirectiveKind
{
    /// <summary>One value; the last assignment counts.</summary>
    Value,

    /// <summary>One path, which takes the rest of the line.</summary>
    Directory,

    /// <summary>A list of exit statuses to which each assignment adds (systemd.service(5)).</summary>
    ExitCodes,

    /// <summary>A list of units, of which one is owned and all others are foreign.</summary>
    UnitList,
}

/// <summary>A directive that holds the value of one key.</summary>
internal sealed record UnitDirective(string Name, string Section, DirectiveKind Kind = DirectiveKind.Value)
{
    /// <summary>The key that it holds, which is the directive's name unless that is ambiguous.</summary>
    public string Key { get; init; } = Name;

    /// <summary>Whether an empty assignment empties it.</summary>
    public bool IsList => Kind is DirectiveKind.ExitCodes or DirectiveKind.UnitList;

    public string Write(string value) => Kind switch
    {
        DirectiveKind.Directory => UnitQuoting.FormatDirectory(value),
        DirectiveKind.UnitList => value,
        _ => UnitQuoting.EscapeSpecifiers(value),
    };

    /// <summary>Reads a value, given that of the assignments before it.</summary>
    public string Read(string value, string? before) => Kind switch
    {
        DirectiveKind.Directory => UnitQuoting.TryReadDirectory(value, out var path) ? path : value,
        DirectiveKind.ExitCodes => SystemdUnit.SortExitCodes($"{before} {value}"),
        _ => UnitQuoting.TryUnescapeSpecifiers(value, out var literal) ? literal : value,
    };
}
