using System.Text.Json;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Releases;

/// <summary>The record of a release that was installed: its settings, and when it worked. It is kept where only its owner can read it, because
/// settings can contain secrets and a release can be readable for other accounts.</summary>
internal sealed record ReleaseRecord
{
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }

    /// <summary>When the service was last verified to run from the release, after a change; null when it never was.</summary>
    public DateTimeOffset? Verified { get; init; }

    /// <summary>The release that worked before a deploy brought this one; null when there was none.</summary>
    public string? WorkedBefore { get; init; }

    /// <summary>The rollback by hand to the release since it was last deployed; null when there was none.</summary>
    public ManualRollback? RolledBack { get; init; }

    /// <summary>The settings with which it was installed last.</summary>
    public required ReleaseSettings Settings { get; init; }

    /// <summary>Parses what <see cref="ToJson"/> wrote; null for anything else.</summary>
    public static ReleaseRecord? TryParse(ReadOnlySpan<byte> json)
    {
        try
        {
            var record = JsonSerializer.Deserialize(json, CoreJson.Default.ReleaseRecord);
            return record is { Schema: CurrentSchema, Settings.IsComplete: true, RolledBack: null or { LeftRevisions.IsDefault: false } } ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string ToJson() => CoreJson.ToText(this, CoreJson.Default.ReleaseRecord, isIndented: true);
}

/// <summary>A rollback that a person asked for.</summary>
/// <param name="LeftRevisions">The releases that this and earlier rollbacks left since the last deploy, the latest last.</param>
/// <param name="Time">When it ended.</param>
/// <param name="UserId">The account that ran it.</param>
/// <param name="InvokingUser">The account that had it run as root, by sudo; null for none.</param>
internal sealed record ManualRollback(ImmutableArray<string> LeftRevisions, DateTimeOffset Time, uint UserId, string? InvokingUser);
