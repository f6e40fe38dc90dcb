using System.Collections.Immutable;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Operations.Comparing;

namespace Hermes.Gateway.Core.Operations.Verifying;

/// <summary>What a check looks at.</summary>
public enum CheckName
{
    /// <summary>The definition file is this build's.</summary>
    Definition,

    /// <summary>The manager holds it.</summary>
    Loaded,

    /// <summary>The live process was started from it.</summary>
    Process,

    /// <summary>The service starts by itself at login or boot.</summary>
    Enabled,

    /// <summary>The definition belongs to this project.</summary>
    Ownership,

    /// <summary>The process lasts.</summary>
    Stability,

    /// <summary>The service does its work.</summary>
    Health,
}

/// <summary>What a check came to.</summary>
public enum CheckResult
{
    /// <summary>As the verb wants it, on positive evidence.</summary>
    Pass,

    /// <summary>Not as the verb wants it.</summary>
    Fail,

    /// <summary>Could not be found out; never taken for <see cref="Pass"/>.</summary>
    Unknown,

    /// <summary>The verb does not ask for it, or there is nothing to look at.</summary>
    Skipped,
}

/// <summary>One row of what was checked.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Result">What it came to.</param>
/// <param name="Evidence">In a few words, why; no values of variables.</param>
public sealed record CheckReport(CheckName Name, CheckResult Result, string Evidence);

/// <summary>What a run found out beside its latest comparison, as far as checks depend on it.</summary>
internal sealed record CheckFacts
{
    public bool HasFailed { get; init; }

    /// <summary>This operation started the process.</summary>
    public bool HasStarted { get; init; }

    public bool IsHealthy { get; init; }

    /// <summary>The health check's last answer; empty when none was asked.</summary>
    public string Health { get; init; } = "";

    /// <summary>The health check could not be asked, for the reason in <see cref="Health"/>.</summary>
    public bool IsHealthUnknown { get; init; }

    /// <summary>The start that was there before; null when there was none.</summary>
    public string? InvocationBefore { get; init; }

    /// <summary>How long the process has been up; null when that is not known.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>What was found out, the first error being the cause.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];
}

/// <summary>Says of each check what it came to. Pure.</summary>
internal static class Checks
{
    /// <summary>One row for each check, in the order of <see cref="CheckName"/>. An operation that failed never has
    /// rows that are all good.</summary>
    /// <param name="operation">The verb, which says what is wanted; a status and a plan are held against what a deploy
    /// would leave.</param>
    /// <param name="request">The service.</param>
    /// <param name="now">The latest comparison; null when nothing was seen.</param>
    /// <param name="facts">What else the run found out.</param>
    public static ImmutableArray<CheckReport> Of(
        Operation operation, ServiceRequest request, Comparison? now, CheckFacts facts)
    {
        var row = now is null ? null : new CheckRow(operation, request, now, facts);
        var rows = new List<CheckReport>();
        foreach (var name in Enum.GetValues<CheckName>())
            rows.Add(row?.Of(name) ?? new CheckReport(name, CheckResult.Unknown, "not looked at"));
        if (now is null) return [.. rows];

        // A mask, a shadow and the like spoil a row whose layer by itself is as it should be.
        if (operation.Goal is not (Goal.Stopped or Goal.Absent))
            foreach (var obstacle in now.Seen.Findings.Where(finding => finding.Severity == Severity.Error))
                Spoil(rows, obstacle);
        if (facts.HasFailed && Cause(facts) is { } cause && rows.All(IsGood)) Spoil(rows, cause);
        return [.. rows];
    }

    /// <summary>The check that a code is about; null for what has to do with the operation and not with the service.
    /// </summary>
    public static CheckName? About(DiagnosticDescriptor code) => code.Code switch
    {
        "HGW2004" or "HGW2005" or "HGW2006" => CheckName.Ownership,
        "HGW3006" or "HGW3007" or "HGW3012" or "HGW4004" or "HGW4005" or "HGW4009" or "HGW4011" or "HGW4016" =>
            CheckName.Process,
        "HGW4003" or "HGW4010" => CheckName.Loaded,
        "HGW4006" => CheckName.Stability,
        "HGW1020" or "HGW4007" => CheckName.Health,
        "HGW4008" => CheckName.Enabled,
        _ => code.Code[3] switch
        {
            '0' or '2' or '4' => CheckName.Definition,
            '3' => CheckName.Loaded,
            _ => null,
        },
    };

    // A cancellation is told as a warning, and last.
    private static Finding? Cause(CheckFacts facts) =>
        facts.Findings.FirstOrDefault(finding => finding.Severity == Severity.Error)
        ?? facts.Findings.LastOrDefault(finding => finding.Severity == Severity.Warning);

    private static bool IsGood(CheckReport row) => row.Result is CheckResult.Pass or CheckResult.Skipped;

    private static void Spoil(List<CheckReport> rows, Finding cause)
    {
        // What kept the operation itself from its end leaves open whether the service lasts.
        var about = About(cause.Descriptor);
        var at = rows.FindIndex(row => row.Name == (about ?? CheckName.Stability));
        if (IsGood(rows[at]))
            rows[at] = rows[at] with
            {
                Result = about is null ? CheckResult.Unknown : CheckResult.Fail,
                Evidence = $"{cause.Code}: {cause.Descriptor.Title}",
            };
    }
}
