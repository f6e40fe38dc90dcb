using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Host;

/// <summary>Why a program cannot be started as another account.</summary>
internal enum AccountCommandProblem
{
    None,

    /// <summary>The caller is neither root nor the account.</summary>
    NotRoot,

    /// <summary>The host has no command that changes to an account.</summary>
    NoCommand,
    NoAccount,
}

/// <summary>Starts programs with the rights of an account: directly when the caller is that account, otherwise through the host's
/// command for it. They get the account's environment and no variables of the caller, such as secrets of a CI job.</summary>
internal sealed record AccountCommand
{
    // For callers whose PATH has no sbin.
    private static readonly ImmutableArray<string> UsualFolders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>The account's name, or its number when it has no entry.</summary>
    public required string User { get; init; }

    // The command that changes to the account, with its arguments; empty when the caller is the account.
    private ImmutableArray<string> Prefix { get; init; } = [];

    // The name of that command, with which its own messages begin.
    private string? PrefixName { get; init; }

    private Account? Account { get; init; }

    /// <summary>Finds the command that starts programs as the account of a name or number; null for the reason in
    /// <paramref name="problem"/>. It is searched in the search path, then in <paramref name="folders"/>.</summary>
    public static AccountCommand? Find(
        string user, HostContext host, out AccountCommandProblem problem, IReadOnlyList<string>? folders = null)
    {
        var (account, userId) = Accounts.Resolve(user);
        var commands = host with { SearchPath = [.. host.SearchPath, .. folders ?? UsualFolders] };
        var isCaller = userId == host.UserId;
        ImmutableArray<string> prefix = userId is { } id && !isCaller && host.IsRoot ? FindPrefix(commands, account, id) : [];
        problem = userId is null ? AccountCommandProblem.NoAccount
            : isCaller || !prefix.IsEmpty ? AccountCommandProblem.None
            : host.IsRoot ? AccountCommandProblem.NoCommand
            : AccountCommandProblem.NotRoot;
        if (problem != AccountCommandProblem.None) return null;
        return new AccountCommand
        {
            User = user,
            Account = account,
            Prefix = prefix.IsEmpty ? [] : [.. SessionPrefix(commands), .. prefix],
            PrefixName = Path.GetFileName(prefix.FirstOrDefault()),
        };
    }

    /// <summary>Finds what denies the account to execute a program; null when no denial is known.</summary>
    /// <remarks>Needed only with a command that changes to the account: setpriv still has root's capabilities when it executes
    /// the program, so the kernel does not refuse it (measured with util-linux 2.38). If the caller is the account, the kernel does.
    /// </remarks>
    public DeniedAccess? FindDenial(string program) =>
        !Prefix.IsEmpty && Account is { UserId: not 0 } && Accounts.GroupsOf(Account) is { } groups
            ? new AccountAccess(Account, groups).ToExecute(program)
            : null;

    /// <summary>Describes why a program was not started as an account.</summary>
    public static string Describe(AccountCommandProblem problem, string user, HostContext host) => problem switch
    {
        AccountCommandProblem.NotRoot => $"it runs as {user}, which only root can do",
        AccountCommandProblem.NoAccount => $"it runs as {user}, and there is no such account",
        _ => $"it runs as {user}, and {(host.IsMacOS ? "sudo was not found" : "neither setpriv nor runuser was found")}",
    };

    /// <summary>Creates a request that runs a program as the account, in the root folder and with the account's environment.</summary>
    public CommandRequest RequestFor(string program, TimeSpan timeout) => AsAccount(new CommandRequest
    {
        Program = program,
        InheritsEnvironment = false,
        Environment = EnvironmentOf(Account, User),
        Timeout = timeout,
    });

    /// <summary>Changes a request so that its program runs as the account.</summary>
    public CommandRequest AsAccount(CommandRequest request) => Prefix.IsEmpty
        ? request
        : request with { Program = Prefix[0], Arguments = [.. Prefix[1..], request.Program, .. request.Arguments] };

    /// <summary>Returns what the command that changes to the account reported instead of starting the program, as in "failed to
    /// execute /srv/check: Permission denied"; null when it probably started the program.</summary>
    public string? FindFailure(CommandResult result)
    {
        if (PrefixName is null || result.ExitCode is null or 0) return null;
        var prefix = $"{PrefixName}: ";
        var line = result.StandardError.Split('\n').FirstOrDefault(text => text.Length > 0);
        return line?.StartsWith(prefix, StringComparison.Ordinal) == true ? line[prefix.Length..].Trim() : null;
    }

    // A session of its own: a program that shares root's terminal could type commands into it (TIOCSTI of ioctl_tty(2), allowed
    // without rights up to Linux 6.1; util-linux issue 760). sudo gives its program a terminal of its own.
    private static ImmutableArray<string> SessionPrefix(HostContext host) =>
        !host.IsMacOS && host.FindCommand("setsid", null) is { } setsid ? [setsid, "--wait"] : [];

    // Empty when the host has no such command.
    private static ImmutableArray<string> FindPrefix(HostContext host, Account? account, uint userId)
    {
        if (host.IsMacOS)
            return host.FindCommand("sudo", null) is { } sudo ? [sudo, "-n", "-u", account?.Name ?? $"#{userId}", "--"] : [];
        // The setpriv of BusyBox has other options.
        if (host.FindCommand("setpriv", null) is { } setpriv && Path.GetFileName(RealPath.Of(setpriv)) != "busybox")
            return
            [
                setpriv, $"--reuid={userId}", $"--regid={account?.GroupId ?? userId}",
                // The groups of an account that has no entry are not known.
                account is null ? "--clear-groups" : "--init-groups", "--",
            ];
        return account is not null && host.FindCommand("runuser", null) is { } runuser ? [runuser, "-u", account.Name, "--"] : [];
    }

    private static ImmutableDictionary<string, string?> EnvironmentOf(Account? account, string user) =>
        ImmutableDictionary.CreateRange<string, string?>(
        [
            // systemd's default PATH for services of the machine (systemd.exec(5)).
            new("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
            new("HOME", account is { Home.Length: > 0 } ? account.Home : "/"),
            new("USER", account?.Name ?? user),
            new("LOGNAME", account?.Name ?? user),
            new("SHELL", account is { Shell: var shell } && IsShell(shell) ? shell : "/bin/sh"),
            new("LC_ALL", "C"),
        ]);

    // Programs start $SHELL, and the entry of an account without a login names nologin or false.
    private static bool IsShell(string path) => path.Length > 0 && Path.GetFileName(path) is not ("nologin" or "false");
}
