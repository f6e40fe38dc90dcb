using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The kinds of failure of <c>launchctl</c> that are handled differently.</summary>
internal enum LaunchctlFailure
{
    None,
    NotLoaded,

    /// <summary>The domain holds a job of this label, which may be terminating.</summary>
    AlreadyLoaded,

    /// <summary>An earlier request is not finished.</summary>
    InProgress,
    InvalidDefinition,

    /// <summary>The definition's owner is wrong, or other accounts may write to it.</summary>
    BadOwnership,
    Disabled,

    /// <summary>The domain does not exist, because no user of this id is logged in.</summary>
    NoSuchDomain,

    /// <summary>The domain does not support the request, for example without a graphical session.</summary>
    UnsupportedByDomain,
    DomainTearingDown,

    /// <summary>The definition is limited to another type of session.</summary>
    WrongSession,

    /// <summary>The domain starts no job without demand.</summary>
    OnDemandOnly,

    /// <summary>System Integrity Protection protects the job, or the file is in quarantine.</summary>
    Protected,
    NotPermitted,

    /// <summary>This version of <c>launchctl</c> does not understand the command line.</summary>
    Usage,

    /// <summary>The error has no specific meaning, as 5 (Input/output error).</summary>
    Unexplained,
}

/// <summary>Classifies failures of <c>launchctl</c> by its exit status, and by its messages where that is 5 or 133.</summary>
internal static partial class LaunchctlErrors
{
    // The codes and texts of "launchctl error CODE". Codes up to 106 are those of errno(2), except 64 (EX_USAGE of sysexits(3)).
    private static readonly Dictionary<int, (string Text, LaunchctlFailure Failure)> Errors = new()
    {
        [1] = ("Operation not permitted", LaunchctlFailure.NotPermitted),
        [3] = ("No such process", LaunchctlFailure.NotLoaded),
        [5] = ("Input/output error", LaunchctlFailure.Unexplained),
        [17] = ("File exists", LaunchctlFailure.InProgress),
        [22] = ("Invalid argument", LaunchctlFailure.Unexplained),
        [36] = ("Operation now in progress", LaunchctlFailure.InProgress),
        [37] = ("Operation already in progress", LaunchctlFailure.InProgress),
        [64] = ("Usage error", LaunchctlFailure.Usage),
        [78] = ("Function not implemented", LaunchctlFailure.Unexplained),
        [107] = ("Malformed bundle", LaunchctlFailure.InvalidDefinition),
        [108] = ("Invalid path", LaunchctlFailure.InvalidDefinition),
        [109] = ("Invalid property list", LaunchctlFailure.InvalidDefinition),
        [110] = ("Invalid or missing service identifier", LaunchctlFailure.InvalidDefinition),
        [111] = ("Invalid or missing Program/ProgramArguments", LaunchctlFailure.InvalidDefinition),
        [112] = ("Could not find specified domain", LaunchctlFailure.NoSuchDomain),
        [113] = ("Could not find specified service", LaunchctlFailure.NotLoaded),
        [114] = ("The specified user does not exist", LaunchctlFailure.InvalidDefinition),
        [115] = ("The specified group does not exist", LaunchctlFailure.InvalidDefinition),
        [116] = ("Routine not yet implemented", LaunchctlFailure.Unexplained),
        [118] = ("Bad response from server", LaunchctlFailure.Unexplained),
        [119] = ("Service is disabled", LaunchctlFailure.Disabled),
        [121] = ("Path not searched for services", LaunchctlFailure.InvalidDefinition),
        [122] = ("Path had bad ownership/permissions", LaunchctlFailure.BadOwnership),
        [124] = ("Domain is tearing down", LaunchctlFailure.DomainTearingDown),
        [125] = ("Domain does not support specified action", LaunchctlFailure.UnsupportedByDomain),
        [126] = ("Request type is no longer supported", LaunchctlFailure.Unexplained),
        [127] = ("The specified service did not ship with the operating system", LaunchctlFailure.Unexplained),
        [130] = ("The system encountered a condition where behavior was undefined", LaunchctlFailure.Unexplained),
        [133] = ("Multiple errors were returned; see stderr", LaunchctlFailure.Unexplained),
        [134] = ("Service cannot load in requested session", LaunchctlFailure.WrongSession),
        [135] = ("Process is not managed", LaunchctlFailure.Unexplained),
        [139] = ("Service cannot presently execute", LaunchctlFailure.Unexplained),
        [140] = ("Service name is reserved or invalid", LaunchctlFailure.InvalidDefinition),
        [144] = ("Requestor lacks required entitlement", LaunchctlFailure.NotPermitted),
        [146] = ("Domain is in on-demand-only mode", LaunchctlFailure.OnDemandOnly),
        [150] = ("Operation not permitted while System Integrity Protection is engaged", LaunchctlFailure.Protected),
        [155] = ("Refusing to execute/trust quarantined program/file", LaunchctlFailure.Protected),
    };

    /// <summary>Returns <c>119: Service is disabled</c> for 119; null for an unknown code.</summary>
    public static string? Describe(int code) => Errors.TryGetValue(code, out var error) ? $"{code}: {error.Text}" : null;

    public static LaunchctlFailure Classify(string verb, CommandResult result)
    {
        if (result.Succeeded) return LaunchctlFailure.None;
        if (result is not { End: CommandEnd.Exited, ExitCode: { } exitCode }) return LaunchctlFailure.Unexplained;

        // The line with the reason comes first; a summary ("Bootstrap failed: 5: …") and a hint may follow.
        var failure = result.StandardError.Split('\n', StringSplitOptions.TrimEntries)
            .Select(line => ClassifyLine(verb, line)).FirstOrDefault(failure => failure != LaunchctlFailure.Unexplained);
        if (failure != LaunchctlFailure.None) return failure;

        // A status above 128 without a message can be a signal's (134 is SIGABRT).
        return exitCode <= 128 ? ClassifyCode(verb, exitCode) : LaunchctlFailure.Unexplained;
    }

    private static LaunchctlFailure ClassifyCode(string verb, int code) =>
        verb == "bootstrap" && code is 17 or 37 ? LaunchctlFailure.AlreadyLoaded
        : Errors.TryGetValue(code, out var error) ? error.Failure
        : LaunchctlFailure.Unexplained;

    private static LaunchctlFailure ClassifyLine(string verb, string line)
    {
        if (line.EndsWith(": service already bootstrapped", StringComparison.Ordinal)
            || line.EndsWith(": service already loaded", StringComparison.Ordinal)) return LaunchctlFailure.AlreadyLoaded;
        if (line.StartsWith("Could not find domain for ", StringComparison.Ordinal)) return LaunchctlFailure.NoSuchDomain;
        if (line.StartsWith("Could not find service ", StringComparison.Ordinal)) return LaunchctlFailure.NotLoaded;
        if (line.StartsWith("Not privileged to ", StringComparison.Ordinal)) return LaunchctlFailure.NotPermitted;
        if (line.StartsWith("Unrecognized ", StringComparison.Ordinal)) return LaunchctlFailure.Usage;
        if (Numbered().Match(line) is { Success: true } match)
            return ClassifyCode(verb, int.Parse(match.Groups["code"].Value, CultureInfo.InvariantCulture));

        // "/path/to/file.plist: Invalid property list"
        foreach (var (code, (text, _)) in Errors)
            if (line == text || line.EndsWith($": {text}", StringComparison.Ordinal)) return ClassifyCode(verb, code);
        return LaunchctlFailure.Unexplained;
    }

    // 'Bootstrap failed: 119: Service is disabled', 'Could not kickstart service "label": 1: Operation not permitted'
    [GeneratedRegex("^(?:[A-Z][a-z-]+ failed|Could not .+): (?<code>[0-9]{1,3}): ")]
    private static partial Regex Numbered();
}
