namespace Launchd.Simulator;

/// <summary>What differs between the versions of macOS, and between root and others.</summary>
internal sealed class Flavour(Settings settings)
{
    private bool IsAtLeast(decimal os) => settings.Os >= os;

    /// <summary>Whether the caller is told what is wrong; from 11 on, others than root are told 5 for nearly
    /// everything.</summary>
    public bool NamesReasons => settings.IsRoot || !IsAtLeast(11);

    /// <summary>The second line, for others than root.</summary>
    public string Hint =>
        settings.IsRoot || !IsAtLeast(12.5m) ? "" : "Try re-running the command as root for richer errors.\n";

    /// <summary>The second line of <c>load</c> and <c>unload</c>, for root too.</summary>
    public bool HasLegacyHint => IsAtLeast(12);

    /// <summary>Whether <c>load</c> and <c>unload</c> mind the folder of a plist.</summary>
    public bool WarnsOfFolders => IsAtLeast(13);

    /// <summary>What a path is told whose label is loaded.</summary>
    public string AlreadyLoaded => IsAtLeast(11) ? "service already bootstrapped" : "service already loaded";

    /// <summary>Whether <c>bootout</c> of a live job exits 36 and goes on behind the caller's back.</summary>
    public bool BootoutIsInProgress => !IsAtLeast(12);

    /// <summary>Whether <c>print</c> begins its complaint with "Bad request.".</summary>
    public string BadRequest => IsAtLeast(13) ? "Bad request.\n" : "";

    /// <summary>Whether overrides are enabled or disabled; before, they were true (disabled) or false.</summary>
    public bool OverridesAreWords => IsAtLeast(13);

    /// <summary>Whether <c>load</c> and <c>unload</c> name the path and the reason.</summary>
    public bool LegacyVerbsNameReasons => !IsAtLeast(11);

    /// <summary>Whether <c>list LABEL</c> prints the arguments.</summary>
    public bool ListsArguments => !IsAtLeast(26);

    /// <summary>Until 10.15 <c>print</c> had a form of its own.</summary>
    public bool PrintsOldForm => !IsAtLeast(11);

    public bool PrintsGuardMalloc => IsAtLeast(13);

    public bool PrintsLogRateLimit => IsAtLeast(26);

    /// <summary>Whether coalitions are printed only when the job has run.</summary>
    public bool HidesUnusedCoalitions => IsAtLeast(26);

    /// <summary>Whether <c>print</c> shows the launch code requirement (LWCR) and the sanitizer flags.</summary>
    public bool PrintsCodeRequirement => IsAtLeast(27);

    /// <summary>Whether a program that cannot be started puts its job in the penalty box.</summary>
    public bool HasPenaltyBox => IsAtLeast(26);
}
