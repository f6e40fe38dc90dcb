using System.Text.RegularExpressions;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Faults;

/// <summary>The state of a service, read from its file, from <c>systemctl show</c> or <c>launchctl print</c>, and from
/// <c>/proc</c>. A definition is identified by the argument of its program.</summary>
/// <param name="Text">The text of the definition on disk; null if it is missing.</param>
/// <param name="IsLoaded">Whether a definition is loaded.</param>
/// <param name="Loaded">The argument in the loaded definition.</param>
/// <param name="Process">The main process in the answer of the service manager; null if it is not alive.</param>
/// <param name="Running">The argument of that process.</param>
/// <param name="StartsByItself">Whether the service starts at login.</param>
/// <param name="IsChanging">Whether the service manager is starting or stopping it.</param>
/// <param name="StrayProcesses">The processes of the program that the service manager did not start; empty for none.</param>
internal sealed partial record Snapshot(
    string? Text, bool IsLoaded, string? Loaded, int? Process, string? Running, bool StartsByItself, bool IsChanging, string StrayProcesses)
{
    /// <summary>The argument in the definition on disk.</summary>
    public string? OnDisk => Text is null ? null : ArgumentIn(Text) ?? "another";

    /// <summary>This snapshot without the process of a crash loop, which differs between any two snapshots.</summary>
    public Snapshot WithoutCrashLoop => Loaded == "die" ? this with { Process = null, Running = null, IsChanging = false } : this;

    /// <summary>The first argument of a case in <paramref name="text"/>; null without one.</summary>
    public static string? ArgumentIn(string text) =>
        Argument().Match(text) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>The processes of <paramref name="program"/> with their arguments, without children that have not executed their own
    /// program yet.</summary>
    public static Dictionary<int, string?> ProcessesOf(string program)
    {
        var found = new Dictionary<int, string?>();
        foreach (var id in ProcessEntry.Ids())
            if (ProcessEntry.Read(id, "cmdline")?.Split('\0') is ["/bin/sh", var script, var argument, ..] && script == program)
                found[id] = ArgumentIn(argument);
        return ProcessEntry.Roots(found.Keys).ToDictionary(id => id, id => found[id]);
    }

    [GeneratedRegex("argument-(old|new|die)")]
    private static partial Regex Argument();
}
