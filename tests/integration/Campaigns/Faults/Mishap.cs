namespace Hermes.Gateway.Integration.Tests.Campaigns.Faults;

/// <summary>How one call of a tool goes wrong.</summary>
/// <param name="Kind">The kind, as <see cref="FaultyTool"/> knows it.</param>
/// <param name="Exit">The exit status, where it has one.</param>
/// <param name="Error">What the tool says on standard error.</param>
internal sealed record Mishap(string Kind, int Exit = 0, string Error = "")
{
    /// <summary>All kinds but the exit statuses, which are the tool's own.</summary>
    public static IReadOnlyList<Mishap> Common { get; } =
    [
        new("nothing"), new("text"), new("hang"), new("deaf"), new("killed"), new("killed-after"), new("huge"), new("bytes"),
    ];

    /// <summary>The call is made to wait.</summary>
    public bool IsSlow => Kind is "hang" or "deaf";

    /// <summary>What can go wrong with a call of a tool of systemd.</summary>
    public static IEnumerable<Mishap> OfSystemd(string call) =>
    [
        new("exit", 1, "Failed to connect to bus: Connection refused\n"),
        .. call.StartsWith("journalctl", StringComparison.Ordinal)
            ? Array.Empty<Mishap>()
            :
            [
                new("exit", 3),
                new("exit", 4, "Unit hgw.service could not be found.\n"),
                new("exit", 5, "Failed to start hgw.service: Unit hgw.service not found.\n"),
                new("exit", 206, "Failed to execute operation\n"),
            ],
        new("done", 1, "Job for hgw.service canceled.\n"),
        .. Common,
    ];

    /// <summary>What can go wrong with a call of <c>launchctl</c>.</summary>
    public static IEnumerable<Mishap> OfLaunchd(string call, Func<int, string> textOf) =>
    [
        .. Errors.Select(code => new Mishap("exit", code, ErrorOf(call, code, textOf(code)))),
        new("done", 5, ErrorOf(call, 5, textOf(5))),
        new("done", 1, ErrorOf(call, 1, textOf(1))),
        .. Common,
    ];

    /// <summary>An answer that is right in every word, except that it is not so; nothing but another question could
    /// refute it.</summary>
    public bool IsPlainLie(string call) =>
        call.StartsWith("launchctl print ", StringComparison.Ordinal) && Kind == "exit" && Exit is 3 or 112 or 113 or 125;

    // All that launchctl(1) and its own "launchctl error" are known to end with.
    private static readonly int[] Errors =
    [
        1, 3, 5, 17, 22, 36, 37, 64, 78, 107, 108, 109, 110, 111, 112, 113, 114, 115, 119, 121, 122, 124, 125, 126, 127, 133, 134,
        139, 140, 144, 146, 150, 155,
    ];

    private static string ErrorOf(string call, int code, string text) => call.Split(' ')[1] switch
    {
        "bootstrap" => $"Bootstrap failed: {text}\n",
        "bootout" => $"Boot-out failed: {text}\n",
        "kickstart" => code == 113
            ? "Could not find service \"org.example\" in domain for user gui: 501\n"
            : $"Could not kickstart service \"org.example\": {text}\n",
        "enable" => $"Could not enable service: {text}\n",
        _ => code switch
        {
            113 => "Bad request.\nCould not find service \"org.example\" in domain for user gui: 501\n",
            112 => "Bad request.\nCould not find domain for user gui: 501\n",
            64 => "Unrecognized target specifier.\n",
            _ => $"{text}\n",
        },
    };
}
