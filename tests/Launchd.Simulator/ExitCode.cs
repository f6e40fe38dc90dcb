namespace Launchd.Simulator;

/// <summary>The codes that launchd and its tool answer with: errno, then libxpc's own (facts: <c>launchctl error</c>).
/// </summary>
internal static class ExitCode
{
    public const int NotPermitted = 1;
    public const int NoSuchFile = 2;
    public const int NoSuchProcess = 3;
    public const int InputOutput = 5;
    public const int InProgress = 36;
    public const int Already = 37;
    public const int Usage = 64;
    public const int Software = 70;
    public const int Configuration = 78;
    public const int InvalidPropertyList = 109;
    public const int InvalidLabel = 110;
    public const int InvalidProgram = 111;
    public const int NoDomain = 112;
    public const int NoService = 113;
    public const int Disabled = 119;
    public const int BadOwnership = 122;
    public const int DomainUnsupported = 125;
    public const int Several = 133;
    public const int WrongSession = 134;
    public const int Protected = 150;

    private static readonly Dictionary<int, string> Texts = new()
    {
        [0] = "no error",
        [1] = "Operation not permitted",
        [2] = "No such file or directory",
        [3] = "No such process",
        [5] = "Input/output error",
        [9] = "Bad file descriptor",
        [12] = "Cannot allocate memory",
        [13] = "Permission denied",
        [17] = "File exists",
        [20] = "Not a directory",
        [22] = "Invalid argument",
        [36] = "Operation now in progress",
        [37] = "Operation already in progress",
        [78] = "Function not implemented",
        [107] = "Malformed bundle",
        [108] = "Invalid path",
        [109] = "Invalid property list",
        [110] = "Invalid or missing service identifier",
        [111] = "Invalid or missing Program/ProgramArguments",
        [112] = "Could not find specified domain",
        [113] = "Could not find specified service",
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
        [130] = "The behavior is undefined",
        [133] = "Multiple errors were returned; see stderr",
        [134] = "Service cannot load in requested session",
        [135] = "Process is not managed",
        [139] = "Service cannot presently execute",
        [140] = "Service name is reserved or invalid",
        [144] = "Caller lacks required entitlement",
        [146] = "Domain is in on-demand-only mode",
        [150] = "Operation not permitted while System Integrity Protection is engaged",
    };

    /// <summary>What the tool says for a code.</summary>
    public static string Text(int code) => Texts.GetValueOrDefault(code, "unknown error code");
}
