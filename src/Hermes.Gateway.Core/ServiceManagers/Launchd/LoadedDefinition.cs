using System.Xml.Linq;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Compares a definition with launchd's copy of it, as far as <c>launchctl print</c> shows that: command,
/// working directory, logs and environment. Timings are not compared, because launchd clamps the exit timeout.</summary>
internal static class LoadedDefinition
{
    /// <summary>Returns the keys of launchd's copy that a desired definition leads to.</summary>
    public static ImmutableSortedDictionary<string, string> DesiredKeys(
        ServiceDefinition definition, ImmutableSortedDictionary<string, string> keys)
    {
        var desired = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        desired[Comparison.CommandKey] = ShellText.Quote(ProgramArguments.Create(definition));
        foreach (var key in new[] { "WorkingDirectory", LaunchdLogs.OutputKey, LaunchdLogs.ErrorKey }) desired[key] = keys[key];
        foreach (var (name, value) in definition.Environment) desired[DefinitionKeys.Environment(name)] = value;
        return desired.ToImmutable();
    }

    /// <summary>Returns the same keys with the values of launchd's copy.</summary>
    public static ImmutableSortedDictionary<string, string> KeysOf(DesiredService desired, PrintedJob job)
    {
        var keys = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var command = ProgramArguments.Create(desired.Definition);
        keys[Comparison.CommandKey] = ShellText.Quote(job.HasArguments(command) ? command : job.Arguments);
        foreach (var (key, path) in PathsOf(job)) Add(key, path);
        foreach (var (name, value) in desired.Definition.Environment)
            Add(DefinitionKeys.Environment(name), job.HasVariable(name, value) ? value : job.Environment.GetValueOrDefault(name));
        return keys.ToImmutable();

        void Add(string key, string? value)
        {
            if (value is not null) keys[key] = value;
        }
    }

    /// <summary>Returns the job's environment that a desired definition leads to.</summary>
    public static ImmutableDictionary<string, string> DesiredEnvironment(DesiredService desired) =>
        desired.Definition.Environment.ToImmutableDictionary(StringComparer.Ordinal)
            .SetItem(Stamp.Variable, desired.Stamp.ToString())
            .SetItem(Stamp.SourceVariable, desired.Definition.Source);

    /// <summary>Returns whether a job was loaded from another text than <paramref name="plist"/>. Counts only certain
    /// differences, because a service with a difference is restarted; not the project file, for which no restart is needed.</summary>
    public static bool DiffersFrom(XElement plist, PrintedJob job)
    {
        if (plist.GetValue("ProgramArguments") is { Name.LocalName: "array" } list
            && list.GetTexts().ToList() is var arguments
            && arguments.Count == list.Elements().Count() && !job.HasArguments(arguments)) return true;
        return PathsOf(job).Any(path => plist.GetText(path.Key) is { } text && text != path.Value)
            || (plist.GetValue("EnvironmentVariables") is { Name.LocalName: "dict" } environment
                && environment.GetEntries().Any(entry =>
                    entry.Key != Stamp.SourceVariable && entry.Value.GetText() is { } value && !job.HasVariable(entry.Key, value)));
    }

    private static (string Key, string? Value)[] PathsOf(PrintedJob job) =>
    [
        ("WorkingDirectory", job.WorkingDirectory),
        (LaunchdLogs.OutputKey, job.StandardOutPath),
        (LaunchdLogs.ErrorKey, job.StandardErrorPath),
    ];
}
