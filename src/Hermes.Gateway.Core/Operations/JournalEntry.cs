using System.Text.Json;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Operations;

/// <summary>The journal entry of an operation: on disk from before the operation's first change until its end. An entry that is found
/// while no operation holds the service's lock belongs to one that was cut short (killed, or the machine went down).</summary>
/// <param name="Verb">The operation.</param>
/// <param name="Began">When it began.</param>
/// <param name="ProcessId">The process that ran it.</param>
/// <param name="LastGood">The service's state before the operation, if a rollback may restore it.</param>
/// <param name="ChosenRelease">The revision of the release that a rollback by hand was to bring back; null for any other operation.</param>
internal sealed record JournalEntry(string Verb, DateTimeOffset Began, int ProcessId, RestorableState? LastGood, string? ChosenRelease = null)
{
    /// <summary>Serializes the entry for <see cref="TryParse"/>.</summary>
    public string ToJson() => CoreJson.ToText(
        new JsonOperation(Verb, Began, ProcessId, LastGood is { } good
            ? JsonSerializer.SerializeToElement(
                new JsonRestorableState(good.Path, good.Text, good.Stamp?.ToString(), good.Invocation, good.WasEnabled),
                CoreJson.Default.JsonRestorableState)
            : null,
            ChosenRelease),
        CoreJson.Default.JsonOperation);

    /// <summary>Parses what <see cref="ToJson"/> wrote. Returns null for anything else, such as a file that a full disk cut off. A
    /// last good state that is malformed counts as none, so that the interrupted operation is still reported.</summary>
    public static JournalEntry? TryParse(string text) =>
        TryRead(() => JsonSerializer.Deserialize(text, CoreJson.Default.JsonOperation)) is { } json
            ? new JournalEntry(json.Verb, json.Began, json.ProcessId, TryReadLastGood(json.LastGood), json.ChosenRelease)
            : null;

    private static RestorableState? TryReadLastGood(JsonElement? json) =>
        TryRead(() => json?.Deserialize(CoreJson.Default.JsonRestorableState)) is { } good
            ? new RestorableState(good.Path, good.Text, Stamp.TryParse(good.Stamp), good.Invocation, good.WasEnabled)
            : null;

    private static T? TryRead<T>(Func<T?> read) where T : class
    {
        try
        {
            return read();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The form of an <see cref="JournalEntry"/> in JSON.</summary>
internal sealed record JsonOperation(
    string Verb, DateTimeOffset Began, int ProcessId, JsonElement? LastGood = null, string? ChosenRelease = null);

/// <summary>The form of a <see cref="RestorableState"/> in JSON.</summary>
internal sealed record JsonRestorableState(string Path, string Text, string? Stamp, string? Invocation, bool WasEnabled);
