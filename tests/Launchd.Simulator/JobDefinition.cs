namespace Launchd.Simulator;

/// <summary>When launchd starts a job again that has ended.</summary>
internal enum KeepAlive
{
    Never,
    Always,

    /// <summary>SuccessfulExit = true: as long as it succeeds.</summary>
    AfterSuccess,

    /// <summary>SuccessfulExit = false: as long as it fails.</summary>
    AfterFailure,

    /// <summary>Crashed = true: when a signal has ended it.</summary>
    AfterCrash,
}

/// <summary>A plist as launchd has read it, once, at bootstrap.</summary>
internal sealed record JobDefinition
{
    private const double LongestExitTimeOutInGui = 60;

    public required string Path { get; init; }

    public required string Label { get; init; }

    public string? Program { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new SortedDictionary<string, string>();

    public string? WorkingDirectory { get; init; }

    public string? Output { get; init; }

    public string? Error { get; init; }

    public bool RunAtLoad { get; init; }

    public KeepAlive KeepAlive { get; init; }

    public double ThrottleInterval { get; init; } = 10;

    public double ExitTimeOut { get; init; } = 20;

    public IReadOnlyList<string>? SessionTypes { get; init; }

    public bool Disabled { get; init; }

    public bool AbandonProcessGroup { get; init; }

    public string? UserName { get; init; }

    public string? ProcessType { get; init; }

    /// <summary>Whether the job starts when it is loaded.</summary>
    public bool StartsAtLoad =>
        RunAtLoad || KeepAlive is KeepAlive.Always or KeepAlive.AfterSuccess or KeepAlive.AfterFailure;

    /// <summary>The program, as it was named.</summary>
    public string EffectiveProgram => Program ?? Arguments[0];

    /// <summary>What it is given, its own name first.</summary>
    public IReadOnlyList<string> EffectiveArguments => Arguments.Count > 0 ? Arguments : [Program!];

    /// <summary>ExitTimeOut as it applies in a domain.</summary>
    public double ExitTimeOutIn(DomainKind domain) =>
        domain == DomainKind.Gui ? Math.Min(ExitTimeOut, LongestExitTimeOutInGui) : ExitTimeOut;

    /// <summary>Whether the plist is meant for a domain's session.</summary>
    public bool MayLoadIn(DomainKind domain) => domain switch
    {
        DomainKind.Gui => (SessionTypes ?? ["Aqua"]).Contains("Aqua"),
        DomainKind.User => (SessionTypes ?? ["Aqua"]).Contains("Background"),
        _ => true,
    };

    /// <summary>Whether a job that has ended so is started again.</summary>
    public bool RespawnsAfter(ExitStatus status) => KeepAlive switch
    {
        KeepAlive.Always => true,
        KeepAlive.AfterSuccess => status.IsSuccess,
        KeepAlive.AfterFailure => !status.IsSuccess,
        KeepAlive.AfterCrash => status.Signal is not null,
        _ => false,
    };
}
