using System.Text.RegularExpressions;

namespace Hermes.Gateway.Integration.Tests.Robustness;

/// <summary>Identifies a definition by marks that are in its file, in the answer of the service manager and in the process. They are
/// found with regular expressions, without the code under test.</summary>
/// <param name="Place">The project folder.</param>
/// <param name="Definition">The argument by which the definitions differ.</param>
/// <param name="Mode">The variable MODE, which differs from the definition only after an edit by an operator.</param>
/// <param name="Build">The revision in the stamp.</param>
/// <param name="Extra">Whether the variable of the operator's drop-in is present.</param>
internal sealed partial record DefinitionMarks(string Place, string Definition, string Mode, string Build, bool Extra)
{
    /// <summary>The mode after an edit by an operator.</summary>
    public const string ByHand = "mode-hand";

    /// <summary>Finds the marks in <paramref name="text"/>; returns null if it contains no definition.</summary>
    public static DefinitionMarks? Of(string text) => Program().Match(text) is { Success: true } program
        ? new DefinitionMarks(
            program.Groups[1].Value, Argument().Match(text).Value, Variable().Match(text).Value, Revision().Match(text).Groups[1].Value,
            text.Contains("EXTRA=1", StringComparison.Ordinal))
        : null;

    /// <summary>The stamp in <paramref name="text"/>; empty without one.</summary>
    public static string StampIn(string text) => Stamp().Match(text).Groups[1].Value;

    [GeneratedRegex(@"/(place-\d+)/app\.sh")]
    private static partial Regex Program();

    [GeneratedRegex(@"definition-\w+")]
    private static partial Regex Argument();

    [GeneratedRegex(@"mode-\w+")]
    private static partial Regex Variable();

    [GeneratedRegex(@":(build-\d+)")]
    private static partial Regex Revision();

    [GeneratedRegex(@"HERMES_GATEWAY_STAMP\W+(?:\w+>\s*<\w+>)?(\d+:[0-9a-f]+:build-\d+)")]
    private static partial Regex Stamp();
}

/// <summary>The state of a service, read from its file, from <c>systemctl show</c> or <c>launchctl print</c>, and from
/// <c>/proc</c>.</summary>
/// <param name="Text">The text of the definition on disk; null if it is missing or masked.</param>
/// <param name="IsMasked">Whether a mask of the operator is at its path.</param>
/// <param name="IsLoaded">Whether a definition is loaded.</param>
/// <param name="Loaded">The loaded definition.</param>
/// <param name="Process">The definition from which the process was started.</param>
/// <param name="ProcessId">The id of the process; 0 without one.</param>
/// <param name="IsEnabled">Whether the service starts at login.</param>
/// <param name="HasDropIn">Whether the drop-in of the operator is on disk.</param>
/// <param name="IsChanging">Whether the service is between two states, or in a crash loop.</param>
/// <param name="Stamps">The distinct stamps of the layers.</param>
/// <param name="StrayProcesses">The processes of the program that the service manager did not start; empty for none.</param>
internal sealed record Snapshot(
    string? Text, bool IsMasked, bool IsLoaded, DefinitionMarks? Loaded, DefinitionMarks? Process, int ProcessId, bool IsEnabled, bool HasDropIn,
    bool IsChanging, string Stamps, string StrayProcesses)
{
    /// <summary>The property NeedDaemonReload of systemd.</summary>
    public bool NeedsReload { get; init; }

    /// <summary>The definition on disk, with the drop-in.</summary>
    public DefinitionMarks? Disk => Text is null ? null : DefinitionMarks.Of(Text) is { } marks ? marks with { Extra = HasDropIn } : null;

    /// <summary>The name of the definition on disk; null without one.</summary>
    public string? OnDisk => Text is null ? null : Disk?.Definition ?? "another";

    /// <summary>This snapshot without the process of a crash loop, which differs between any two snapshots.</summary>
    public Snapshot WithoutCrashLoop => Loaded?.Definition == ObservedService.Broken
        ? this with { Process = null, ProcessId = 0, IsChanging = false, Stamps = "" }
        : this;

    /// <summary>Whether no layer has anything of the service.</summary>
    public bool IsGone => Text is null && !IsMasked && Loaded is null && ProcessId == 0 && !IsChanging;

    /// <summary>Whether all layers have the definition <paramref name="wanted"/>.</summary>
    public bool Runs(DefinitionMarks wanted) =>
        !IsChanging && IsInstalled(wanted) && Process == wanted with { Extra = HasDropIn } && Stamps.Split(' ').Length == 1;

    /// <summary>Whether the installed and loaded layers have the definition <paramref name="wanted"/>.</summary>
    public bool IsInstalled(DefinitionMarks wanted) =>
        Disk == wanted with { Extra = HasDropIn } && Loaded == wanted with { Extra = HasDropIn };

    /// <summary>Whether all but a changing process are as in <paramref name="other"/>.</summary>
    public bool IsSameAs(Snapshot other) =>
        (Text, IsMasked, IsEnabled, HasDropIn) == (other.Text, other.IsMasked, other.IsEnabled, other.HasDropIn)
        && (IsChanging || other.IsChanging || (ProcessId == other.ProcessId && Process == other.Process));

    public override string ToString() =>
        $"{(IsMasked ? "masked" : $"disk {Disk}")}; loaded {Loaded}; process {ProcessId} {Process}; "
        + $"{(IsEnabled ? "enabled" : "not enabled")}{(HasDropIn ? "; drop-in" : "")}{(IsChanging ? "; changing" : "")}; stamps {Stamps}";
}
