namespace Hermes.Gateway.Integration.Tests.Robustness.Faults;

/// <summary>The fault of one call of a tool.</summary>
/// <param name="Kind">The kind, a word in the script of <see cref="FaultyTool"/>.</param>
/// <param name="Exit">The exit status; 0 where the kind determines it.</param>
/// <param name="Error">The text on standard error.</param>
internal sealed record Fault(string Kind, int Exit = 0, string Error = "")
{
    /// <summary>The kinds that apply to every tool: all but exit statuses.</summary>
    public static IReadOnlyList<Fault> Common { get; } =
    [
        new("nothing"), new("text"), new("hang"), new("continues-after-term"), new("killed"), new("killed-after"), new("huge"), new("bytes"),
    ];

    /// <summary>Whether the call lasts until it is killed.</summary>
    public bool IsSlow => Kind is "hang" or "continues-after-term";

    /// <summary>The faults of a call of <c>systemctl</c> or <c>journalctl</c>.</summary>
    public static IEnumerable<Fault> OfSystemd(string call) =>
    [
        new("exit", 1, "Failed to connect to bus: Connection refused\n"),
        .. call.StartsWith("journalctl", StringComparison.Ordinal)
            ? Array.Empty<Fault>()
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

    /// <summary>The faults of a call of <c>launchctl</c>.</summary>
    public static IEnumerable<Fault> OfLaunchd(string call, Func<int, string> textOf) =>
    [
        .. Errors.Select(code => new Fault("exit", code, ErrorOf(call, code, textOf(code)))),
        new("done", 5, ErrorOf(call, 5, textOf(5))),
        new("done", 1, ErrorOf(call, 1, textOf(1))),
        .. Common,
    ];

    /// <summary>Whether the faulty answer is a valid one that describes another state, so that the operation cannot recognize it: its
    /// report is then not compared with the machine.</summary>
    public bool IsIrrefutable(string call) =>
        call.StartsWith("launchctl print ", StringComparison.Ordinal) && Kind == "exit" && Exit is 3 or 112 or 113 or 125;

    // The exit statuses that launchctl is known to return.
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
