namespace Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

/// <summary>The argument list that launchd executes. launchd has no environment files, so a definition with one starts
/// a shell that reads the file and then replaces itself by the program (<c>exec</c>): process id and arguments are
/// the program's own.</summary>
internal static class ProgramArguments
{
    private const string Shell = "/bin/sh";
    private const string ScriptName = "hermes-gateway";

    // Variables that the file may not set: read-only and numeric ones at which a shell exits, those that a shell changes
    // before it executes the program (measured with dash and bash), and the stamp, which must be true. HISTCMD has the
    // integer attribute in bash 5.2: bash evaluates its value, and HISTCMD=a[$(command)] would run the command.
    private const string ReservedNames =
        "_hg_*|UID|EUID|PPID|SHELLOPTS|BASHOPTS|BASHPID|BASH_*|DIRSTACK|EPOCH*|FUNCNAME|GROUPS|HISTCMD|LINENO|OPTIND|"
        + "PIPESTATUS|RANDOM|SECONDS|SRANDOM|XPC_SERVICE_NAME|" + Stamp.Variable + "|" + Stamp.SourceVariable;

    // Spelled out, because a range such as A-Z depends on the locale.
    private const string NameCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

    /// <summary>The script for every POSIX shell (dash, and bash 3.2 as on macOS). It never evaluates a line of the file.
    /// As in systemd, white space around names and values is ignored. Values never appear in an argument list, which
    /// all users can read. It is one line because <c>launchctl print</c> shows arguments unescaped.</summary>
    internal const string Script =
        "_hg_f=$1; shift; _hg_n=0; _hg_b=$(printf ' \\t\\r'); "
        + "_hg_say() { printf '%s\\n' \"$0: $1\" >&2; }; "
        + "_hg_fail() { _hg_say \"the environment file $_hg_f cannot be read\"; exit 78; }; "
        + "_hg_trim() { while :; do case $_hg_v in "
        + "[\"$_hg_b\"]*) _hg_v=${_hg_v#?};; *[\"$_hg_b\"]) _hg_v=${_hg_v%?};; *) return 0;; esac; done; }; "
        // A shell opens a folder for reading without an error.
        + "[ -r \"$_hg_f\" ] && [ ! -d \"$_hg_f\" ] || _hg_fail; "
        + "while IFS= read -r _hg_v || [ -n \"$_hg_v\" ]; do "
        + "_hg_n=$((_hg_n+1)); _hg_trim; "
        + "case $_hg_v in ''|'#'*|';'*) continue;; export[\"$_hg_b\"]*) _hg_v=${_hg_v#export};; esac; "
        + "_hg_l=$_hg_v; _hg_v=${_hg_l%%=*}; _hg_trim; _hg_k=$_hg_v; _hg_v=${_hg_l#*=}; _hg_trim; "
        + "case $_hg_l in *=*) ;; *) _hg_k=;; esac; "
        // The message names the line's number only: the line may be part of a secret.
        + "case $_hg_k in ''|[0123456789]*|*[!" + NameCharacters + "]*|" + ReservedNames + ") "
        + "_hg_say \"line $_hg_n of $_hg_f is no NAME=value that can be set; skipped\"; continue;; esac; "
        + "case $_hg_v in \\\"*\\\"|\\'*\\') _hg_v=${_hg_v#?}; _hg_v=${_hg_v%?};; esac; "
        + "export \"$_hg_k=$_hg_v\"; "
        + "done < \"$_hg_f\" || _hg_fail; "
        + "exec \"$@\"";

    public static ImmutableArray<string> Create(ServiceDefinition definition) => definition.EnvironmentFile is { } file
        ? [Shell, "-c", Script, ScriptName, file, definition.Program, .. definition.Arguments]
        : [definition.Program, .. definition.Arguments];

    /// <summary>Returns the environment file and the program's own arguments of a list that <see cref="Create"/> returned;
    /// null for any other list, also for one with an earlier version of the script.</summary>
    public static (string File, ImmutableArray<string> Arguments)? TryUnwrap(ImmutableArray<string> arguments) =>
        arguments is [Shell, "-c", Script, ScriptName, var file, _, ..] ? (file, arguments[5..]) : null;
}
