using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Runs <c>systemctl</c> and <c>journalctl</c> for one scope. Unit names need no "--" before them, because
/// <see cref="ServiceName"/> allows no name that begins with a dash.</summary>
internal sealed class SystemctlClient(
    HostContext host, IProcessRunner runner, ServiceScope scope, string systemctl, UserManager userManager)
{
    /// <summary>The most bytes of one command's arguments. Linux counts arguments and environment together, up to a quarter of
    /// the stack's limit, which is 8 MiB by default (execve(2)): half of that is left to the caller's environment.</summary>
    public const int MaxArgumentBytes = 1 << 20;

    /// <summary>The environment of every command of systemd: no colours, pager or debug messages.</summary>
    public static readonly ImmutableDictionary<string, string?> PlainEnvironment = ImmutableDictionary<string, string?>.Empty
        .Add("SYSTEMD_COLORS", "0").Add("SYSTEMD_PAGER", "").Add("SYSTEMD_LOG_LEVEL", null);

    /// <summary>Shows everything about units in one call (8 ms, exit 0 if the manager answers; measured on 252).</summary>
    public static readonly ImmutableArray<string> ShowVerb =
    [
        "show", "--no-pager",
        "--property=Id,LoadState,LoadError,ActiveState,SubState,Result,UnitFileState,FragmentPath,DropInPaths,NeedDaemonReload,"
        + "MainPID,ExecMainPID,ExecMainCode,ExecMainStatus,ExecMainStartTimestampMonotonic,NRestarts,StartLimitIntervalUSec,"
        + "InvocationID,ConditionResult,ControlGroup,Type,Restart,User,WorkingDirectory,Environment,ExecStart",
    ];

    // The report must describe the final state, so that a command gets a second although the deadline has passed.
    private static readonly TimeSpan MinTimeout = TimeSpan.FromSeconds(1);

    // The output for a unit has some 1,500 characters, but more with many arguments or variables.
    private const int MaxCharactersOfUnit = 64 << 10;
    private const int MaxCharacters = 1 << 20;

    private ImmutableArray<string> ScopeArguments => scope == ServiceScope.User ? ["--user"] : ["--system"];

    // Read for each command, because an operation can start the user's manager. An inherited bus address would have precedence.
    private ImmutableDictionary<string, string?> Environment =>
        scope == ServiceScope.System || userManager.RuntimeFolder is not { } folder || folder == host.RuntimeDirectory
            ? PlainEnvironment
            : PlainEnvironment.Add("XDG_RUNTIME_DIR", folder).Add("DBUS_SESSION_BUS_ADDRESS", null);

    /// <summary>Divides units into ranges for one command each, as few as the kernel's limit of arguments allows.</summary>
    public IEnumerable<Range> SplitByLimit(ImmutableArray<string> verb, ImmutableArray<string> units) =>
        SplitByLimit(CountBytes([systemctl, .. ScopeArguments, .. verb]), units);

    /// <summary>Divides units, given the bytes of the arguments before them.</summary>
    public static IEnumerable<Range> SplitByLimit(int bytes, IReadOnlyList<string> units)
    {
        var (first, used) = (0, bytes);
        for (var i = 0; i < units.Count; i++)
        {
            var more = CountBytes([units[i]]);
            // A range has at least one unit, whose name is never longer than a file's.
            if (i > first && used + more > MaxArgumentBytes)
            {
                yield return first..i;
                (first, used) = (i, bytes);
            }

            used += more;
        }

        if (first < units.Count) yield return first..units.Count;
    }

    /// <summary>Counts what arguments, each with a terminator and a pointer, take of <see cref="MaxArgumentBytes"/>.</summary>
    public static int CountBytes(IEnumerable<string> arguments) => arguments.Sum(one => Encoding.UTF8.GetByteCount(one) + 1 + 8);

    /// <summary>Runs a verb for units in one command, which writes to <paramref name="output"/> (if any) while it runs.</summary>
    public CommandResult RunFor(
        ImmutableArray<string> verb, ImmutableArray<string> units, Deadline deadline, OutputReceiver? output,
        CancellationToken cancellationToken)
    {
        var request = Request([.. verb, .. units], deadline) with
        {
            About = units,
            MaxOutputCharacters = (int)Math.Min(MaxCharacters + ((long)units.Length * MaxCharactersOfUnit), 1 << 30),
            Output = output,
        };
        var result = runner.Run(request, cancellationToken);
        // Not every runner streams.
        if (result.StandardOutput.Length > 0) output?.Invoke(result.StandardOutput);
        return result;
    }

    public CommandResult Run(ImmutableArray<string> arguments, Deadline deadline, CancellationToken cancellationToken) =>
        runner.Run(Request(arguments, deadline), cancellationToken);

    /// <summary>Reads the last lines of a unit's journal; null when there is no <c>journalctl</c>.</summary>
    public CommandResult? ReadJournal(
        string unit, string program, int? lastProcessId, int maxLines, CancellationToken cancellationToken)
    {
        if (host.FindCommand("journalctl", null) is not { } journalctl) return null;
        var request = new CommandRequest
        {
            Program = journalctl,
            Arguments =
            [
                .. MatchUnitOrProcess(unit, program, lastProcessId) ?? MatchUnit(unit),
                "--no-pager", "--quiet", "--output=cat", $"--lines={maxLines}",
            ],
            About = [unit],
            Environment = Environment,
            // Added to the operation's own time, because the log explains a failure.
            Timeout = TimeSpan.FromSeconds(2),
        };
        return runner.Run(request, cancellationToken);
    }

    /// <summary>Returns a command as a person would type it.</summary>
    public string CommandText(params ImmutableArray<string> arguments) =>
        ShellText.Quote(["systemctl", .. ScopeArguments, .. arguments]);

    public string JournalCommandText(string unit) => ShellText.Quote(["journalctl", .. MatchUnit(unit), "--lines=50"]);

    private CommandRequest Request(ImmutableArray<string> arguments, Deadline deadline) => new()
    {
        Program = systemctl,
        Arguments = [.. ScopeArguments, .. arguments],
        Environment = Environment,
        Timeout = deadline.OrAtLeast(deadline.Allowed < MinTimeout ? deadline.Allowed : MinTimeout).Remaining,
    };

    // Not --user: it leaves out root's own lines, which are in the system's journal (measured on 252).
    private ImmutableArray<string> MatchUnit(string unit) =>
        [scope == ServiceScope.User ? $"--user-unit={unit}" : $"--unit={unit}"];

    // journald reads from /proc to which user unit a line belongs, and cannot when the process has ended before: the lines of a
    // program that ends at once have no unit, but its process id and its file name as the identifier (measured on 252, with a
    // delayed journald). The four matches before that one are those of --user-unit= (add_matches_for_user_unit in journalctl).
    private ImmutableArray<string>? MatchUnitOrProcess(string unit, string program, int? process)
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
}
