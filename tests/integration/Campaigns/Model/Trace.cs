using System.Text.RegularExpressions;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Model;

/// <summary>What one layer shows of a definition: the same marks are in a file, in a manager's answer and in a process,
/// and are found there without any code of the product.</summary>
/// <param name="Place">The folder that the project was in.</param>
/// <param name="Definition">The argument by which the definitions differ.</param>
/// <param name="Mode">A variable that goes with it, unless an operator changed it.</param>
/// <param name="Build">The revision in the stamp.</param>
/// <param name="Extra">Whether the operator's drop-in is in it.</param>
internal sealed partial record Trace(string Place, string Definition, string Mode, string Build, bool Extra)
{
    /// <summary>The mode that an operator writes by hand.</summary>
    public const string ByHand = "mode-hand";

    /// <summary>Reads the marks in <paramref name="text"/>; null when there is no definition in it.</summary>
    public static Trace? Of(string text) => Program().Match(text) is { Success: true } program
        ? new Trace(
            program.Groups[1].Value, Argument().Match(text).Value, Variable().Match(text).Value, Revision().Match(text).Groups[1].Value,
            text.Contains("EXTRA=1", StringComparison.Ordinal))
        : null;

    /// <summary>The whole stamp in <paramref name="text"/>.</summary>
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

/// <summary>An independent look at a service: the file, what the manager answers to a plain question, and /proc.</summary>
/// <param name="Text">The text of the definition; null without one, or where a mask is.</param>
/// <param name="IsMasked">The operator's mask is in its place.</param>
/// <param name="Held">What the manager holds.</param>
/// <param name="Process">The process.</param>
/// <param name="ProcessId">Its id; 0 without one.</param>
/// <param name="IsEnabled">Whether it starts by itself.</param>
/// <param name="HasDropIn">The operator's drop-in is on disk.</param>
/// <param name="IsInFlight">It is on its way to another state, or in a loop.</param>
/// <param name="Stamps">The stamps of the layers, each once.</param>
internal sealed record Look(
    string? Text, bool IsMasked, Trace? Held, Trace? Process, int ProcessId, bool IsEnabled, bool HasDropIn, bool IsInFlight,
    string Stamps)
{
    /// <summary>The manager says that it has to read the file again, whatever is in it.</summary>
    public bool NeedsReload { get; init; }

    /// <summary>What is on disk. A drop-in counts as a part of it.</summary>
    public Trace? Disk => Text is null ? null : Trace.Of(Text) is { } trace ? trace with { Extra = HasDropIn } : null;

    /// <summary>Nothing of it is there.</summary>
    public bool IsGone => Text is null && !IsMasked && Held is null && ProcessId == 0 && !IsInFlight;

    /// <summary>All layers are as <paramref name="wanted"/>.</summary>
    public bool Runs(Trace wanted) =>
        !IsInFlight && IsInstalled(wanted) && Process == wanted with { Extra = HasDropIn } && Stamps.Split(' ').Length == 1;

    /// <summary>The file and what the manager holds are as <paramref name="wanted"/>.</summary>
    public bool IsInstalled(Trace wanted) =>
        Disk == wanted with { Extra = HasDropIn } && Held == wanted with { Extra = HasDropIn };

    /// <summary>Nothing that lasts differs from <paramref name="other"/>.</summary>
    public bool IsAs(Look other) =>
        (Text, IsMasked, IsEnabled, HasDropIn) == (other.Text, other.IsMasked, other.IsEnabled, other.HasDropIn)
        && (IsInFlight || other.IsInFlight || (ProcessId == other.ProcessId && Process == other.Process));

    public override string ToString() =>
        $"{(IsMasked ? "masked" : $"disk {Disk}")}; held {Held}; process {ProcessId} {Process}; "
        + $"{(IsEnabled ? "enabled" : "not enabled")}{(HasDropIn ? "; drop-in" : "")}{(IsInFlight ? "; in flight" : "")}; stamps {Stamps}";
}
