using System.Collections.Immutable;
using Hermes.Gateway.Core.Definitions;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>The argument list that launchd gets. launchd knows no environment files, so a definition that has one is
/// started through a shell that reads the file and then becomes the program: the process, its id and its arguments are
/// the program's own.</summary>
internal static class LaunchdCommand
{
    private const string Shell = "/bin/sh";
    private const string Name = "hermes-gateway";

    // Variables that a file may not set: those that end a shell because they are read-only or numbers, those that a shell
    // changes on the way to the program (measured with dash and bash), and those that must stay true. HISTCMD has the
    // integer attribute in bash 5.2: its value is evaluated as arithmetic, and HISTCMD=a[$(command)] runs the command.
    // The script reports each line that it skips.
    private const string Reserved =
        "_hg_*|UID|EUID|PPID|SHELLOPTS|BASHOPTS|BASHPID|BASH_*|DIRSTACK|EPOCH*|FUNCNAME|GROUPS|HISTCMD|LINENO|OPTIND|"
        + "PIPESTATUS|RANDOM|SECONDS|SRANDOM|XPC_SERVICE_NAME|" + Stamp.Variable + "|" + Stamp.SourceVariable;

    // Ranges would depend on the locale.
    private const string NameCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

    /// <summary>For every POSIX shell (dash, and bash 3.2 as macOS has it). One line, because <c>launchctl print</c>
    /// shows arguments as they are. Every line of the file is data: nothing of it is ever evaluated. As with
    /// systemd, blanks around names and values do not count, nor does the carriage return of a Windows line end.
    /// Values are never in an argument list, where every user could see them.</summary>
    internal const string Script =
        "_hg_f=$1; shift; _hg_n=0; _hg_b=$(printf ' \\t\\r'); "
        + "_hg_say() { printf '%s\\n' \"$0: $1\" >&2; }; "
        + "_hg_fail() { _hg_say \"the environment file $_hg_f cannot be read\"; exit 78; }; "
        + "_hg_trim() { while :; do case $_hg_v in "
        + "[\"$_hg_b\"]*) _hg_v=${_hg_v#?};; *[\"$_hg_b\"]) _hg_v=${_hg_v%?};; *) return 0;; esac; done; }; "
        // The shell would open a folder without complaint.
        + "[ -r \"$_hg_f\" ] && [ ! -d \"$_hg_f\" ] || _hg_fail; "
        + "while IFS= read -r _hg_v || [ -n \"$_hg_v\" ]; do "
        + "_hg_n=$((_hg_n+1)); _hg_trim; "
        + "case $_hg_v in ''|'#'*|';'*) continue;; export[\"$_hg_b\"]*) _hg_v=${_hg_v#export};; esac; "
        + "_hg_l=$_hg_v; _hg_v=${_hg_l%%=*}; _hg_trim; _hg_k=$_hg_v; _hg_v=${_hg_l#*=}; _hg_trim; "
        + "case $_hg_l in *=*) ;; *) _hg_k=;; esac; "
        // Never the line itself: it may be part of a secret.
        + "case $_hg_k in ''|[0123456789]*|*[!" + NameCharacters + "]*|" + Reserved + ") "
        + "_hg_say \"line $_hg_n of $_hg_f is no NAME=value that can be set; skipped\"; continue;; esac; "
        + "case $_hg_v in \\\"*\\\"|\\'*\\') _hg_v=${_hg_v#?}; _hg_v=${_hg_v%?};; esac; "
        + "export \"$_hg_k=$_hg_v\"; "
        + "done < \"$_hg_f\" || _hg_fail; "
        + "exec \"$@\"";

    /// <summary>The whole argument list of a definition, the program first.</summary>
    public static ImmutableArray<string> Of(ServiceDefinition definition) => definition.EnvironmentFile is { } file
        ? [Shell, "-c", Script, Name, file, definition.Program, .. definition.Arguments]
        : [definition.Program, .. definition.Arguments];

    /// <summary>Recognises exactly what <see cref="Of"/> makes for an environment file: with another script, it is
    /// another command.</summary>
    public static bool TryUnwrap(
        ImmutableArray<string> command, out string file, out ImmutableArray<string> wrapped)
    {
        if (command is [Shell, "-c", Script, Name, var path, _, ..])
        {
            (file, wrapped) = (path, command[5..]);
            return true;
        }

        (file, wrapped) = ("", command);
        return false;
    }
}
