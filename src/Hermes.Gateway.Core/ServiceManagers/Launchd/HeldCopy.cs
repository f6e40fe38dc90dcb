using System.Collections.Immutable;
using System.Xml.Linq;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The copy of a definition that launchd holds, as far as <c>print</c> tells of it: command, folder, logs and
/// environment. Its timings are told too, but not as they were given (the exit timeout is clamped).</summary>
internal static class HeldCopy
{
    /// <summary>What <c>print</c> would tell of a wanted definition.</summary>
    public static ImmutableSortedDictionary<string, string> WantedOf(
        ServiceDefinition definition, ImmutableSortedDictionary<string, string> keys)
    {
        var wanted = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        wanted[Comparison.CommandKey] = ShellText.Quote(LaunchdPlist.CommandOf(definition));
        foreach (var key in new[] { "WorkingDirectory", LaunchdLogs.OutputKey, LaunchdLogs.ErrorsKey }) wanted[key] = keys[key];
        foreach (var (name, value) in definition.Environment) wanted[DefinitionKeys.Environment(name)] = value;
        return wanted.ToImmutable();
    }

    /// <summary>The same keys as told of a job.</summary>
    public static ImmutableSortedDictionary<string, string> KeysOf(DesiredService desired, PrintedJob job)
    {
        var keys = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var command = LaunchdPlist.CommandOf(desired.Definition);
        keys[Comparison.CommandKey] = ShellText.Quote(job.HasArguments(command) ? command : job.Arguments);
        Add("WorkingDirectory", job.WorkingDirectory);
        Add(LaunchdLogs.OutputKey, job.StandardOutPath);
        Add(LaunchdLogs.ErrorsKey, job.StandardErrorPath);
        foreach (var (name, value) in desired.Definition.Environment)
            Add(DefinitionKeys.Environment(name), job.HasVariable(name, value) ? value : job.Environment.GetValueOrDefault(name));
        return keys.ToImmutable();

        void Add(string key, string? value)
        {
            if (value is not null) keys[key] = value;
        }
    }

    /// <summary>The environment of a wanted definition.</summary>
    public static ImmutableDictionary<string, string> EnvironmentOf(DesiredService desired) =>
        desired.Definition.Environment.ToImmutableDictionary(StringComparer.Ordinal)
            .SetItem(Stamp.Variable, desired.Stamp.ToString())
            .SetItem(Stamp.SourceVariable, desired.Definition.Source);

    /// <summary>Whether a job was loaded from another text than <paramref name="plist"/>. Only what is surely different
    /// counts: for a false answer a service would be restarted.</summary>
    public static bool DiffersFrom(XElement plist, PrintedJob job)
    {
        if (PlistXml.Get(plist, "ProgramArguments") is { Name.LocalName: "array" } list
            && list.Elements().Select(PlistXml.Text).ToList() is var arguments
            && !arguments.Contains(null) && !job.HasArguments([.. arguments.OfType<string>()])) return true;
        foreach (var (key, actual) in new[]
            {
                ("WorkingDirectory", job.WorkingDirectory),
                ("StandardOutPath", job.StandardOutPath),
                ("StandardErrorPath", job.StandardErrorPath),
            })
            if (PlistXml.Text(PlistXml.Get(plist, key)) is { } text && text != actual) return true;
        return PlistXml.Get(plist, "EnvironmentVariables") is { Name.LocalName: "dict" } environment
            && PlistXml.Entries(environment).Any(entry =>
                PlistXml.Text(entry.Value) is { } value && !job.HasVariable(entry.Key.Value, value));
    }
}
