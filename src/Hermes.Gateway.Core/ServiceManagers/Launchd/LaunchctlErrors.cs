using System.Globalization;
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

/// <summary>Classifies failures of <c>launchctl</c> by its exit status, which is the error's code, and by its messages
/// where the status is only 5 or 133.</summary>
internal static partial class LaunchctlErrors
{
    private const int NotPermitted = 1;
    private const int NoSuchProcess = 3;
    private const int FileExists = 17;
    private const int NowInProgress = 36;
    private const int AlreadyInProgress = 37;
    private const int Usage = 64;
    private const int NoSuchDomain = 112;
    private const int NoSuchService = 113;

    // The texts of "launchctl error CODE". Codes up to 106 are those of errno(2), except 64 (EX_USAGE of sysexits(3)).
    private static readonly Dictionary<int, string> Texts = new()
    {
        [NotPermitted] = "Operation not permitted",
        [NoSuchProcess] = "No such process",
        [5] = "Input/output error",
        [FileExists] = "File exists",
        [22] = "Invalid argument",
        [NowInProgress] = "Operation now in progress",
        [AlreadyInProgress] = "Operation already in progress",
        [Usage] = "Usage error",
        [78] = "Function not implemented",
        [107] = "Malformed bundle",
        [108] = "Invalid path",
        [109] = "Invalid property list",
        [110] = "Invalid or missing service identifier",
        [111] = "Invalid or missing Program/ProgramArguments",
        [NoSuchDomain] = "Could not find specified domain",
        [NoSuchService] = "Could not find specified service",
        [114] = "The specified user does not exist",
        [115] = "The specified group does not exist",
        [116] = "Routine not yet implemented",
        [118] = "Bad response from server",
        [119] = "Service is disabled",
        [121] = "Path not searched for services",
        [122] = "Path had bad ownership/permissions",
        [124] = "Domain is tearing down",
        [125] = "Domain does not support specified action",
        [126] = "Request type is no longer supported",
        [127] = "The specified service did not ship with the operating system",
        [130] = "The system encountered a condition where behavior was undefined",
        [133] = "Multiple errors were returned; see stderr",
        [134] = "Service cannot load in requested session",
        [135] = "Process is not managed",
        [139] = "Service cannot presently execute",
        [140] = "Service name is reserved or invalid",
        [144] = "Requestor lacks required entitlement",
        [146] = "Domain is in on-demand-only mode",
        [150] = "Operation not permitted while System Integrity Protection is engaged",
        [155] = "Refusing to execute/trust quarantined program/file",
    };

    /// <summary>Returns <c>119: Service is disabled</c> for 119; null for an unknown code.</summary>
    public static string? Describe(int code) =>
        Texts.TryGetValue(code, out var text) ? string.Create(CultureInfo.InvariantCulture, $"{code}: {text}") : null;

    public static LaunchctlFailure Classify(string verb, CommandResult result)
    {
        if (result.Succeeded) return LaunchctlFailure.None;
        if (result is not { End: CommandEnd.Exited, ExitCode: { } exitCode }) return LaunchctlFailure.Unexplained;

        // The line with the reason comes first; a summary ("Bootstrap failed: 5: …") and a hint may follow.
        foreach (var line in result.StandardError.Split('\n', StringSplitOptions.TrimEntries))
        {
            var failure = line.EndsWith(": service already bootstrapped", StringComparison.Ordinal)
                || line.EndsWith(": service already loaded", StringComparison.Ordinal) ? LaunchctlFailure.AlreadyLoaded
                : FindCode(line) is { } code ? Classify(verb, code) : LaunchctlFailure.Unexplained;
            if (failure != LaunchctlFailure.Unexplained) return failure;
        }

        // A status above 128 without a message can be a signal's (134 is SIGABRT).
        return exitCode <= 128 ? Classify(verb, exitCode) : LaunchctlFailure.Unexplained;
    }

    private static LaunchctlFailure Classify(string verb, int code) => code switch
    {
        NotPermitted or 144 => LaunchctlFailure.NotPermitted,
        NoSuchProcess or NoSuchService => LaunchctlFailure.NotLoaded,
        NowInProgress => LaunchctlFailure.InProgress,
        FileExists or AlreadyInProgress => verb == "bootstrap" ? LaunchctlFailure.AlreadyLoaded : LaunchctlFailure.InProgress,
        Usage => LaunchctlFailure.Usage,
        (>= 107 and <= 111) or 114 or 115 or 121 or 140 => LaunchctlFailure.InvalidDefinition,
        NoSuchDomain => LaunchctlFailure.NoSuchDomain,
        119 => LaunchctlFailure.Disabled,
        122 => LaunchctlFailure.BadOwnership,
        124 => LaunchctlFailure.DomainTearingDown,
        125 => LaunchctlFailure.UnsupportedByDomain,
        134 => LaunchctlFailure.WrongSession,
        146 => LaunchctlFailure.OnDemandOnly,
        150 or 155 => LaunchctlFailure.Protected,
        _ => LaunchctlFailure.Unexplained,
    };

    private static int? FindCode(string line)
    {
        if (line.StartsWith("Could not find domain for ", StringComparison.Ordinal)) return NoSuchDomain;
        if (line.StartsWith("Could not find service ", StringComparison.Ordinal)) return NoSuchService;
        if (line.StartsWith("Not privileged to ", StringComparison.Ordinal)) return NotPermitted;
        if (line.StartsWith("Unrecognized ", StringComparison.Ordinal)) return Usage;
        if (Numbered().Match(line) is { Success: true } match)
            return int.Parse(match.Groups["code"].Value, CultureInfo.InvariantCulture);

        // "/path/to/file.plist: Invalid property list"
        return Texts.Where(entry => line == entry.Value || line.EndsWith($": {entry.Value}", StringComparison.Ordinal))
            .Select(entry => (int?)entry.Key).FirstOrDefault();
    }

    // 'Bootstrap failed: 119: Service is disabled', 'Could not kickstart service "label": 1: Operation not permitted'
    [GeneratedRegex("^(?:[A-Z][a-z-]+ failed|Could not .+): (?<code>[0-9]{1,3}): ")]
    private static partial Regex Numbered();
}
