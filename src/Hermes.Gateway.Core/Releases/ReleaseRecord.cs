using System.Text.Json;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Releases;

/// <summary>What is known of a release that was observed to work. It is kept where only its owner can read it, because settings can contain
/// secrets and a release can be readable for other accounts.</summary>
internal sealed record ReleaseRecord
{
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }

    /// <summary>When the service was last verified to run from the release, after a change.</summary>
    public required DateTimeOffset Verified { get; init; }

    /// <summary>The release that worked before a deploy brought this one; null when there was none.</summary>
    public string? Before { get; init; }

    /// <summary>The rollback by hand since the last deploy of the release; null when there was none.</summary>
    public ManualRollback? RolledBack { get; init; }

    /// <summary>The settings with which it worked.</summary>
    public required ReleaseSettings Settings { get; init; }

    /// <summary>Parses what <see cref="ToJson"/> wrote; null for anything else.</summary>
    public static ReleaseRecord? TryParse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, CoreJson.Default.ReleaseRecord) is
                {
                    Schema: CurrentSchema,
                    Settings: { Arguments.IsDefault: false, Environment.IsDefault: false, RestartExitCodes.IsDefault: false, ParkExitCodes.IsDefault: false },
                } record
                ? record
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string ToJson() => CoreJson.ToText(this, CoreJson.Default.ReleaseRecord, isIndented: true);
}

/// <summary>A rollback that somebody asked for.</summary>
/// <param name="From">The revision of the release that the service ran from until then; null when there was none.</param>
/// <param name="Time">When it was verified.</param>
/// <param name="UserId">The account that asked for it.</param>
internal sealed record ManualRollback(string? From, DateTimeOffset Time, uint UserId);
