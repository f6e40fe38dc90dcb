using System.Collections.Immutable;
using System.Xml.Linq;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>A service definition as a launchd property list, and such a list's meaning in the same keys. Pure.
/// </summary>
/// <remarks>
/// Owned is what we render, and what an earlier rendering recorded under <see cref="OwnedKey"/> (launchd ignores keys
/// that it does not know). Everything else in a file is the operator's and is kept, unless it contradicts the
/// definition (see <see cref="LaunchdParts"/>).
/// </remarks>
internal static class LaunchdPlist
{
    /// <summary>The key under which the names of the owned keys are recorded.</summary>
    public const string OwnedKey = "HermesGatewayOwned";

    /// <summary>The comment at the top of every definition of ours.</summary>
    public const string Header =
        " Written by Hermes.Gateway. The keys listed under HermesGatewayOwned are rewritten by the next deploy; "
        + "all others are yours and are kept. ";

    /// <summary>The owned keys of a definition, without the stamp, which is made of them.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="logPath">The file that gets the standard output.</param>
    /// <param name="errorLogPath">The file that gets the standard error output.</param>
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
        keys["StandardOutPath"] = logPath;
        keys["StandardErrorPath"] = errorLogPath;
        keys["Source"] = definition.Source;
        foreach (var (name, value) in definition.Environment) keys[DefinitionKeys.Environment(name)] = value;
        if (definition.EnvironmentFile is { } file) keys["EnvironmentFile"] = file;
        if (definition is { Scope: ServiceScope.System, User: { } user }) keys["User"] = user;
        return keys.ToImmutable();
    }

    /// <summary>The whole argument list as launchd gets it, the program first.</summary>
    public static ImmutableArray<string> CommandOf(ServiceDefinition definition) => LaunchdCommand.Of(definition);

    /// <summary>The property list's text: ours first, then what <paramref name="seen"/> holds of the operator's.
    /// </summary>
    /// <exception cref="ArgumentException">A value holds what <see cref="PlistLimits"/> has a reason against.
    /// </exception>
    public static string Render(DesiredService desired, string? seen)
    {
        var (definition, keys) = (desired.Definition, desired.Keys);
        var old = LaunchdParts.Of((seen is null ? null : PlistXml.TryParse(seen)) ?? PlistXml.Dict(), keys);

        var variables = PlistXml.Dict(
        [
            (Stamp.Variable, PlistXml.String(desired.Stamp.ToString())),
            (Stamp.SourceVariable, PlistXml.String(definition.Source)),
            .. definition.Environment.Select(variable => (variable.Key, PlistXml.String(variable.Value))),
        ]);
        foreach (var variable in old.Variables) variable.AddTo(variables);
        variables.Add(old.VariablesTrailer);

        var dict = new XElement("dict", new XComment(Header));
        Add("Label", PlistXml.String(keys["Label"]));
        Add("ProgramArguments", PlistXml.Array(CommandOf(definition).Select(PlistXml.String)));
        Add("WorkingDirectory", PlistXml.String(keys["WorkingDirectory"]));
        Add("EnvironmentVariables", variables);
        Add("RunAtLoad", PlistXml.Boolean(true));
        if (KeepAliveOf(definition.Restart) is { } keepAlive) Add("KeepAlive", keepAlive);
        Add("StandardOutPath", PlistXml.String(keys["StandardOutPath"]));
        Add("StandardErrorPath", PlistXml.String(keys["StandardErrorPath"]));
        if (keys.TryGetValue("User", out var user)) Add("UserName", PlistXml.String(user));
        foreach (var (key, value) in LaunchdDefaults.All)
            if (old.Defaults.TryGetValue(key, out var kept)) kept.AddTo(dict);
            else if (LaunchdDefaults.AppliesTo(key, definition.Scope)) Add(key, value);
        Add(OwnedKey, PlistXml.Array(DefinitionKeys.NamesOf(keys).Select(PlistXml.String)));
        foreach (var entry in old.Foreign) entry.AddTo(dict);
        dict.Add(old.Trailer);
        return PlistXml.Write(dict);

        void Add(string key, XElement value) => dict.Add(PlistXml.Key(key), value);
    }

    /// <summary>The meaning of a property list; null when it is none that launchd would load.</summary>
    /// <param name="text">The file's text, as XML.</param>
    /// <param name="wanted">The keys that are wanted now: ours wherever they stand.</param>
    public static DefinitionContent? Understand(string text, ImmutableSortedDictionary<string, string> wanted)
    {
        if (PlistXml.TryParse(text) is not { } dict) return null;
        var parts = LaunchdParts.Of(dict, wanted);
        return new DefinitionContent(parts.Keys, parts.Shown, parts.Stamp, parts.Keys.GetValueOrDefault("Source"))
        {
            Command =
            [
                .. PlistXml.Get(dict, "ProgramArguments")?.Elements().Select(PlistXml.Text).OfType<string>()
                    ?? (PlistXml.Text(PlistXml.Get(dict, "Program")) is { } program ? [program] : []),
            ],
            Variables = [.. parts.Variables.Select(entry => KeyValuePair.Create(entry.Key.Value, PlistXml.Text(entry.Value) ?? ""))],
        };
    }

    private static XElement? KeepAliveOf(RestartPolicy restart) => restart switch
    {
        RestartPolicy.OnFailure => PlistXml.Dict(("SuccessfulExit", PlistXml.Boolean(false))),
        RestartPolicy.Always => PlistXml.Boolean(true),
        _ => null,
    };
}
