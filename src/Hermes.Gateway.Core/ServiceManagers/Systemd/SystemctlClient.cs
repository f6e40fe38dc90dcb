using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Runs <c>systemctl</c> and <c>journalctl</c> for one scope.</summary>
internal sealed class SystemctlClient(
    HostContext host, IProcessRunner runner, ServiceScope scope, string systemctl, UserManager users)
{
    // One call tells everything (facts measured on 252: 8 ms, always exit 0 when the manager answers).
    private const string Properties =
        "Id,LoadState,LoadError,ActiveState,SubState,Result,UnitFileState,FragmentPath,DropInPaths,NeedDaemonReload,"
        + "MainPID,ExecMainPID,ExecMainCode,ExecMainStatus,ExecMainStartTimestampMonotonic,NRestarts,StartLimitIntervalUSec,"
        + "InvocationID,ConditionResult,ControlGroup,Type,Restart,User,WorkingDirectory,Environment,ExecStart";

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    // Added to the operation's own time, because the log explains a failure.
    private static readonly TimeSpan JournalTimeout = TimeSpan.FromSeconds(2);

    /// <summary>What every command of systemd is to be run with: its texts as they are, whatever the caller prefers.</summary>
    public static readonly ImmutableDictionary<string, string?> Plain = ImmutableDictionary<string, string?>.Empty
        .Add("SYSTEMD_COLORS", "0").Add("SYSTEMD_PAGER", "").Add("SYSTEMD_LOG_LEVEL", null);

    // Unit names are checked not to begin with a dash (ServiceName), so no "--" has to part them from the options.

    // Of one unit it is some 1,500 characters, unless it has many arguments or variables.
    private const int MostCharactersOfUnit = 64 << 10;
    private const int MostCharacters = 1 << 20;

    /// <summary>What asks for everything about units in one call.</summary>
    public static ImmutableArray<string> Everything { get; } = ["show", "--no-pager", $"--property={Properties}"];

    /// <summary>Parts units into as few calls as the kernel agrees to start.</summary>
    public IEnumerable<Range> Batches(ImmutableArray<string> verb, ImmutableArray<string> units) =>
        UnitBatches.Of(UnitBatches.BytesOf([systemctl, .. ScopeArguments, .. verb]), units);

    /// <summary>Runs a verb for units, in one call.</summary>
    public CommandResult RunFor(
        ImmutableArray<string> verb, ImmutableArray<string> units, Deadline deadline, CancellationToken cancellationToken) =>
        Run(RequestFor(verb, units, deadline), cancellationToken);

    /// <summary>The same, with what it prints handed on as it comes.</summary>
    public CommandResult RunFor(
        ImmutableArray<string> verb, ImmutableArray<string> units, Deadline deadline, OutputReceiver output,
        CancellationToken cancellationToken)
    {
        var result = Run(RequestFor(verb, units, deadline) with { Output = output }, cancellationToken);
        // Not every runner hands anything on.
        if (result.StandardOutput.Length > 0) output(result.StandardOutput);
        return result;
    }

    /// <summary>Asks the manager in which folders it looks for units, the strongest first.</summary>
    public CommandResult ShowUnitPath(Deadline deadline, CancellationToken cancellationToken) =>
        Run(["show", "--no-pager", "--property=UnitPath"], deadline, cancellationToken);

    /// <summary>Runs any verb.</summary>
    public CommandResult Run(
        ImmutableArray<string> arguments, Deadline deadline, CancellationToken cancellationToken) =>
        Run(Request(arguments, deadline), cancellationToken);

    /// <summary>Reads the last lines of a unit's journal; fails like any command where there is no journal.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="program">What it runs.</param>
    /// <param name="process">The process that it ran last; null when it is not known.</param>
    /// <param name="lines">So many lines at most.</param>
    /// <param name="cancellationToken">Ends the command.</param>
    public CommandResult? ReadJournal(
        string unit, string program, int? process, int lines, CancellationToken cancellationToken)
    {
        if (host.FindCommand("journalctl", null) is not { } journalctl) return null;
        return runner.Run(
            new CommandRequest
            {
                Program = journalctl,
                Arguments =
                [
                    .. LastWords(unit, program, process) ?? JournalArguments(unit),
                    "--no-pager", "--quiet", "--output=cat", $"--lines={lines}",
                ],
                About = [unit],
                Environment = Environment,
                Timeout = JournalTimeout,
            },
            cancellationToken);
    }

    /// <summary>The command as a person would type it.</summary>
    public string Show(params ImmutableArray<string> arguments) =>
        ShellText.Quote(["systemctl", .. ScopeArguments, .. arguments]);

    /// <summary>The journal command as a person would type it.</summary>
    public string ShowJournal(string unit) =>
        ShellText.Quote(["journalctl", .. JournalArguments(unit), "--lines=50"]);

    private CommandResult Run(CommandRequest request, CancellationToken cancellationToken) =>
        runner.Run(request, cancellationToken);

    private CommandRequest RequestFor(ImmutableArray<string> verb, ImmutableArray<string> units, Deadline deadline) =>
        Request([.. verb, .. units], deadline) with
        {
            About = units,
            MaxOutputCharacters = (int)Math.Min(MostCharacters + ((long)units.Length * MostCharactersOfUnit), 1 << 30),
        };

    private CommandRequest Request(ImmutableArray<string> arguments, Deadline deadline) => new()
    {
        Program = systemctl,
        Arguments = [.. ScopeArguments, .. arguments],
        Environment = Environment,
        Timeout = TimeFor(deadline),
    };

    // At least a second, even when the deadline has passed, because the report must describe the state at its end.
    private static TimeSpan TimeFor(Deadline deadline) =>
        deadline.OrAtLeast(deadline.Allowed < Shortest ? deadline.Allowed : Shortest).Remaining;

    private ImmutableArray<string> ScopeArguments => scope == ServiceScope.User ? ["--user"] : ["--system"];

    // Not --user: it leaves out root's own lines, which are in the system's journal (measured on 252).
    private ImmutableArray<string> JournalArguments(string unit) =>
        [scope == ServiceScope.User ? $"--user-unit={unit}" : $"--unit={unit}"];

    // journald finds out by itself which user's unit a line is of, from /proc, and cannot when the process has ended
    // before: what a program says that dies at once is of no unit then, but still of its process, under the name of its
    // file (measured on 252, with a journald that is late). The four before that are what --user-unit= means (journalctl's
    // add_matches_for_user_unit).
    private ImmutableArray<string>? LastWords(string unit, string program, int? process)
    {
        if (scope == ServiceScope.System || process is null || ProcessFiles.ReadBootId() is not { } boot) return null;
        var user = $"_UID={host.UserId}";
        return
        [
            $"_SYSTEMD_USER_UNIT={unit}", user,
            "+", $"USER_UNIT={unit}", user,
            "+", $"COREDUMP_USER_UNIT={unit}", user,
            "+", $"OBJECT_SYSTEMD_USER_UNIT={unit}", user,
            "+", $"_PID={process}", user, $"_BOOT_ID={boot}", "_TRANSPORT=stdout", $"SYSLOG_IDENTIFIER={Path.GetFileName(program)}",
        ];
    }

    // Asked anew each time: an operation may bring the manager up half-way. An address of a bus goes with the folder that
    // it came from, and is stronger than the folder.
    private ImmutableDictionary<string, string?> Environment =>
        scope == ServiceScope.System || users.Folder is not { } folder || folder == host.RuntimeDirectory
            ? Plain
            : Plain.Add("XDG_RUNTIME_DIR", folder).Add("DBUS_SESSION_BUS_ADDRESS", null);
}
