using System.Globalization;
using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Understands the errors of <c>launchctl</c>. It exits with the code of the error, or with 5 or 133 where
/// only its text says which one it was.</summary>
internal static partial class LaunchdError
{
    private const int NotPermitted = 1;
    private const int NoSuchProcess = 3;
    private const int FileExists = 17;
    private const int NowInProgress = 36;
    private const int AlreadyInProgress = 37;
    private const int Usage = 64;
    private const int NoSuchDomain = 112;
    private const int NoSuchService = 113;

    // Up to 106 the errors are those of errno(2), except 64, with which the tool exits as sysexits(3) has it.
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

    /// <summary><c>119: Service is disabled</c>; null for a code that has no text here.</summary>
    public static string? TextOf(int code) =>
        Texts.TryGetValue(code, out var text) ? string.Create(CultureInfo.InvariantCulture, $"{code}: {text}") : null;

    /// <summary>Why the command failed.</summary>
    /// <param name="verb">What <c>launchctl</c> was asked to do: <c>bootstrap</c>.</param>
    /// <param name="result">How it ended.</param>
    public static LaunchdCause CauseOf(string verb, CommandResult result)
    {
        if (result.Succeeded) return LaunchdCause.None;
        if (result is not { End: CommandEnd.Exited, ExitCode: { } exitCode }) return LaunchdCause.Unexplained;

        // The first line that explains anything: what follows it is a summary ("Bootstrap failed: 5: …") or a hint.
        foreach (var line in result.StandardError.Split('\n', StringSplitOptions.TrimEntries))
        {
            var cause = CodeOf(line) is { } code ? CauseOf(verb, code) : LaunchdCause.Unexplained;
            if (line.EndsWith(": service already bootstrapped", StringComparison.Ordinal)
                || line.EndsWith(": service already loaded", StringComparison.Ordinal))
                cause = LaunchdCause.AlreadyLoaded;
            if (cause != LaunchdCause.Unexplained) return cause;
        }

        // Above 128 the code is as likely that of a signal (134 is SIGABRT), and an error would have had a text.
        return exitCode <= 128 ? CauseOf(verb, exitCode) : LaunchdCause.Unexplained;
    }

    private static LaunchdCause CauseOf(string verb, int code) => code switch
    {
        NotPermitted or 144 => LaunchdCause.NotPermitted,
        NoSuchProcess or NoSuchService => LaunchdCause.NotLoaded,
        NowInProgress => LaunchdCause.InProgress,
        FileExists or AlreadyInProgress => verb == "bootstrap" ? LaunchdCause.AlreadyLoaded : LaunchdCause.InProgress,
        Usage => LaunchdCause.Usage,
        (>= 107 and <= 111) or 114 or 115 or 121 or 140 => LaunchdCause.InvalidDefinition,
        NoSuchDomain => LaunchdCause.NoSuchDomain,
        119 => LaunchdCause.Disabled,
        122 => LaunchdCause.BadOwnership,
        124 => LaunchdCause.DomainTearingDown,
        125 => LaunchdCause.WrongDomain,
        134 => LaunchdCause.WrongSession,
        146 => LaunchdCause.OnDemandOnly,
        150 or 155 => LaunchdCause.Protected,
        _ => LaunchdCause.Unexplained,
    };

    /// <summary>The error that one line of standard error names, by its number or by its text.</summary>
    private static int? CodeOf(string line)
    {
        if (line.StartsWith("Could not find domain for ", StringComparison.Ordinal)) return NoSuchDomain;
        if (line.StartsWith("Could not find service ", StringComparison.Ordinal)) return NoSuchService;
        if (line.StartsWith("Not privileged to ", StringComparison.Ordinal)) return NotPermitted;
        if (line.StartsWith("Unrecognized ", StringComparison.Ordinal)) return Usage;
        if (Numbered().Match(line) is { Success: true } match)
            return int.Parse(match.Groups["code"].Value, CultureInfo.InvariantCulture);

        // "/path/to/file.plist: Invalid property list"
        foreach (var (code, text) in Texts)
            if (line == text || line.EndsWith($": {text}", StringComparison.Ordinal)) return code;
        return null;
    }

    // 'Bootstrap failed: 119: Service is disabled', 'Could not kickstart service "label": 1: Operation not permitted'
    [GeneratedRegex("^(?:[A-Z][a-z-]+ failed|Could not .+): (?<code>[0-9]{1,3}): ")]
    private static partial Regex Numbered();
}
