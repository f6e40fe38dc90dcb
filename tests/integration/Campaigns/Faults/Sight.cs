using System.Text.RegularExpressions;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Faults;

/// <summary>A service as anybody can see it, without the product: its file, what the manager's own tool prints, and
/// <c>/proc</c>. Definitions are told apart by the argument that they give to the program.</summary>
/// <param name="Text">The definition on disk; null when there is none.</param>
/// <param name="IsHeld">The manager holds a definition.</param>
/// <param name="Held">The argument in it.</param>
/// <param name="Process">The process that the manager names, while it is alive.</param>
/// <param name="Running">The argument that it was given.</param>
/// <param name="StartsByItself">At login or boot.</param>
/// <param name="IsChanging">The manager is at work on it, so that this will not be true for long.</param>
/// <param name="Strays">Processes of the program that are not the manager's; empty for none.</param>
internal sealed partial record Sight(
    string? Text, bool IsHeld, string? Held, int? Process, string? Running, bool StartsByItself, bool IsChanging, string Strays)
{
    /// <summary>The argument on disk.</summary>
    public string? OnDisk => Text is null ? null : ArgumentIn(Text) ?? "another";

    /// <summary>What two looks can agree on: a program that dies at once is started again and again.</summary>
    public Sight Lasting => Held == "die" ? this with { Process = null, Running = null, IsChanging = false } : this;

    /// <summary>The first of our arguments in any text.</summary>
    public static string? ArgumentIn(string text) =>
        Argument().Match(text) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>The processes of <paramref name="program"/> and the argument that each was given, without those that
    /// are on their way to become something else.</summary>
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
