using System.Xml.Linq;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

/// <summary>Renders service definitions as launchd property lists, and reads property lists as owned keys. Pure.</summary>
/// <remarks>Owned are the keys that this class renders, or an earlier version recorded under <see cref="OwnedKey"/> (launchd
/// ignores unknown keys). Others are foreign and kept, unless they contradict the definition
/// (<see cref="InstalledPlist"/>).</remarks>
internal static class LaunchdPlist
{
    /// <summary>The property list key that lists the names of the owned keys.</summary>
    public const string OwnedKey = "HermesGatewayOwned";

    /// <summary>The comment at the top of every definition.</summary>
    public const string Header =
        " Written by Hermes.Gateway. The keys listed under HermesGatewayOwned are rewritten by the next deploy; "
        + "all others are yours and are kept. ";

    private const string SessionTypeKey = "LimitLoadToSessionType";

    // Keys that a new definition gets and that operators may then change: launchd has no drop-ins.
    private static IEnumerable<(string Key, XElement Value)> Defaults =>
    [
        // launchd's own defaults (launchd.plist(5)), written so that operators find them.
        ("ThrottleInterval", PlistXml.Integer(10)),
        ("ExitTimeOut", PlistXml.Integer(20)),
        // With Background, an agent can be loaded without a graphical login.
        (SessionTypeKey, PlistXml.Array([PlistXml.String("Aqua"), PlistXml.String("Background")])),
    ];

    public static bool IsDefault(string key) => Defaults.Any(entry => entry.Key == key);

    public static bool HasDefaultValue(string key, XElement value) =>
        Defaults.Any(entry => entry.Key == key && XNode.DeepEquals(entry.Value, value));

    /// <summary>Returns the owned keys of a definition, without the stamp, which is their hash.</summary>
    public static ImmutableSortedDictionary<string, string> KeysOf(
        ServiceDefinition definition, string logPath, string errorLogPath)
    {
        var keys = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        keys["Label"] = definition.Label;
        keys["Program"] = definition.Program;
        keys["Arguments"] = ShellText.Quote(definition.Arguments);
        keys["WorkingDirectory"] = definition.WorkingDirectory;
        keys["Restart"] = DefinitionKeys.Word(definition.Restart);
        keys["RunAtLoad"] = "true";
        keys[LaunchdLogs.OutputKey] = logPath;
        keys[LaunchdLogs.ErrorKey] = errorLogPath;
        keys[DefinitionKeys.Source] = definition.Source;
        foreach (var (name, value) in definition.Environment) keys[DefinitionKeys.Environment(name)] = value;
        if (definition.EnvironmentFile is { } file) keys["EnvironmentFile"] = file;
        if (definition is { Scope: ServiceScope.System, User: { } user }) keys["User"] = user;
        return keys.ToImmutable();
    }

    /// <summary>Renders the property list: the owned keys, then the foreign keys of <paramref name="installedText"/>.</summary>
    /// <exception cref="ArgumentException">A value violates <see cref="PlistLimits"/>.</exception>
    public static string Render(DesiredService desired, string? installedText)
    {
        var (definition, keys) = (desired.Definition, desired.Keys);
        var installed = InstalledPlist.Split((installedText is null ? null : PlistXml.TryParse(installedText)) ?? PlistXml.Dict(), keys);

        var variables = PlistXml.Dict(
        [
            (Stamp.Variable, PlistXml.String(desired.Stamp.ToString())),
            (Stamp.SourceVariable, PlistXml.String(definition.Source)),
            .. definition.Environment.Select(variable => (variable.Key, PlistXml.String(variable.Value))),
        ]);
        foreach (var variable in installed.ForeignVariables) variable.AddTo(variables);
        variables.Add(installed.TrailingVariableComments);

        var dict = new XElement("dict", new XComment(Header));
        Add("Label", PlistXml.String(keys["Label"]));
        Add("ProgramArguments", PlistXml.Array(ProgramArguments.Create(definition).Select(PlistXml.String)));
        Add("WorkingDirectory", PlistXml.String(keys["WorkingDirectory"]));
        Add("EnvironmentVariables", variables);
        Add("RunAtLoad", PlistXml.Boolean(true));
        if (RenderKeepAlive(definition.Restart) is { } keepAlive) Add("KeepAlive", keepAlive);
        Add(LaunchdLogs.OutputKey, PlistXml.String(keys[LaunchdLogs.OutputKey]));
        Add(LaunchdLogs.ErrorKey, PlistXml.String(keys[LaunchdLogs.ErrorKey]));
        if (keys.TryGetValue("User", out var user)) Add("UserName", PlistXml.String(user));
        foreach (var (key, value) in Defaults)
            if (installed.Defaults.TryGetValue(key, out var kept)) kept.AddTo(dict);
            // launchd has session types for agents only.
            else if (key != SessionTypeKey || definition.Scope == ServiceScope.User) Add(key, value);
        Add(OwnedKey, PlistXml.Array(DefinitionKeys.NamesOf(keys).Select(PlistXml.String)));
        foreach (var entry in installed.ForeignEntries) entry.AddTo(dict);
        dict.Add(installed.TrailingComments);
        return PlistWriter.Write(dict);

        void Add(string key, XElement value) => dict.Add(PlistXml.Key(key), value);
    }

    /// <summary>Reads a property list, as XML, as owned and foreign keys; returns null for a text that launchd would reject.
    /// <paramref name="wanted"/> are the owned keys of the desired definition.</summary>
    public static DefinitionContent? Understand(string text, ImmutableSortedDictionary<string, string> wanted)
    {
        if (PlistXml.TryParse(text) is not { } dict) return null;
        var installed = InstalledPlist.Split(dict, wanted);
        return new DefinitionContent(
            installed.Keys, [.. installed.ForeignSummaries], installed.Stamp, installed.Keys.GetValueOrDefault(DefinitionKeys.Source))
        {
            Command =
            [
                .. dict.GetValue("ProgramArguments")?.GetTexts() ?? (dict.GetText("Program") is { } program ? [program] : []),
            ],
            Variables = [.. installed.ForeignVariables.Select(one => new EnvironmentVariable(one.Key, one.Value.GetText() ?? ""))],
        };
    }

    private static XElement? RenderKeepAlive(RestartPolicy restart) => restart switch
    {
        RestartPolicy.OnFailure => PlistXml.Dict(("SuccessfulExit", PlistXml.Boolean(false))),
        RestartPolicy.Always => PlistXml.Boolean(true),
        _ => null,
    };
}
