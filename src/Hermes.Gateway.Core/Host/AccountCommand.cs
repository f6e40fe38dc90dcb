using System.Collections.Immutable;
using System.Globalization;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Host;

/// <summary>Why a program cannot be started as another account.</summary>
internal enum AccountCommandProblem
{
    /// <summary>It can.</summary>
    None,

    /// <summary>The caller is neither root nor the account.</summary>
    NotRoot,

    /// <summary>The host has no command that changes to an account.</summary>
    NoCommand,

    /// <summary>There is no such account.</summary>
    NoAccount,
}

/// <summary>Starts programs with the rights of an account: directly when the caller is that account, otherwise through the
/// host's command for it. The program gets the account's environment and no variable of the caller, which may hold secrets
/// of a CI job.</summary>
internal sealed record AccountCommand
{
    private const string FallbackShell = "/bin/sh";

    // systemd's default PATH for services of the machine (systemd.exec(5)).
    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    // Folders of the commands, where the caller's PATH has no sbin.
    private static readonly ImmutableArray<string> UsualFolders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>The account's name, or its number when it has no entry.</summary>
    public required string User { get; init; }

    /// <summary>The command that changes to the account, with its arguments; empty when the caller is the account.</summary>
    public required ImmutableArray<string> Change { get; init; }

    /// <summary>The whole environment of the program.</summary>
    public required ImmutableDictionary<string, string?> Environment { get; init; }

    private Account? Entry { get; init; }

    /// <summary>The name of the command that changes to the account, with which its own messages begin; null when there is none.
    /// </summary>
    private string? Changer { get; init; }

    /// <summary>Finds out how a program is started as an account.</summary>
    /// <param name="user">The account's name or number.</param>
    /// <param name="host">The machine and the caller.</param>
    /// <param name="problem">Why it cannot be; <see cref="AccountCommandProblem.None"/> when it can.</param>
    /// <param name="folders">Where the command is looked for after the search path; by default the usual folders.</param>
    /// <returns>The command; null when there is a problem.</returns>
    public static AccountCommand? Find(
        string user, HostContext host, out AccountCommandProblem problem, IReadOnlyList<string>? folders = null)
    {
        var isNumber = uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        var account = Accounts.Find(user) ?? (isNumber ? Accounts.Find(number) : null);
        problem = AccountCommandProblem.None;
        if (account is null && !isNumber)
        {
            problem = AccountCommandProblem.NoAccount;
            return null;
        }

        if ((account?.UserId ?? number) == host.UserId) return Start([]);
        if (!host.IsRoot)
        {
            problem = AccountCommandProblem.NotRoot;
            return null;
        }

        if (FindChange(host with { SearchPath = [.. host.SearchPath, .. folders ?? UsualFolders] }, account, number) is { } change)
            return Start(change);
        problem = AccountCommandProblem.NoCommand;
        return null;

        AccountCommand Start(ImmutableArray<string> change) => new()
        {
            User = user,
            Entry = account,
            Change = change.IsEmpty ? change : [.. FindSession(host, folders), .. change],
            Changer = change.IsEmpty ? null : Path.GetFileName(change[0]),
            Environment = EnvironmentOf(account, user),
        };
    }

    /// <summary>What keeps the account from executing a program; null when nothing is known to, and when the caller is the
    /// account, which learns it from the kernel. setpriv still has root's capabilities when it executes the program
    /// (measured with util-linux 2.38), so the kernel does not refuse one that the account may not execute.</summary>
    public AccessObstacle? FindObstacle(string program) =>
        !Change.IsEmpty && Entry is { UserId: not 0 } && Accounts.GroupsOf(Entry) is { } groups
            ? new AccountAccess(Entry, groups).ToExecute(program)
            : null;

    /// <summary>The words that say why a program that is to run as an account was not started.</summary>
    public static string Describe(AccountCommandProblem problem, string user, HostContext host) => problem switch
    {
        AccountCommandProblem.NotRoot => $"it runs as {user}, which only root can do",
        AccountCommandProblem.NoAccount => $"it runs as {user}, and there is no such account",
        _ => $"it runs as {user}, and {(host.IsMacOS ? "sudo was not found" : "neither setpriv nor runuser was found")}",
    };

    /// <summary>The request that starts a program as the account, in the root folder and with the account's environment.</summary>
    public CommandRequest Start(string program, TimeSpan timeout) => AsAccount(new CommandRequest
    {
        Program = program,
        InheritsEnvironment = false,
        Environment = Environment,
        Timeout = timeout,
    });

    /// <summary>The same request, of which the program runs as the account.</summary>
    public CommandRequest AsAccount(CommandRequest request) => Change.IsEmpty
        ? request
        : request with { Program = Change[0], Arguments = [.. Change[1..], request.Program, .. request.Arguments] };

    /// <summary>What the command that changes to the account reported instead of starting the program, as in "failed to
    /// execute /srv/check: Permission denied"; null when the program was started, as far as can be told.</summary>
    public string? FindFailure(CommandResult result)
    {
        if (Changer is null || result.ExitCode is null or 0) return null;
        var prefix = $"{Changer}: ";
        var line = result.StandardError.Split('\n').FirstOrDefault(text => text.Length > 0);
        return line?.StartsWith(prefix, StringComparison.Ordinal) == true ? line[prefix.Length..].Trim() : null;
    }

    // A session of its own: a program that shares root's terminal could type commands into it (TIOCSTI of ioctl_tty(2), allowed
    // without rights up to Linux 6.1; util-linux issue 760). sudo gives its program a terminal of its own.
    private static ImmutableArray<string> FindSession(HostContext host, IReadOnlyList<string>? folders) =>
        !host.IsMacOS && (host with { SearchPath = [.. host.SearchPath, .. folders ?? UsualFolders] }).FindCommand("setsid", null) is { } setsid
            ? [setsid, "--wait"]
            : [];

    // The applet of BusyBox has other options.
    private static string? FindSetpriv(HostContext host) =>
        host.FindCommand("setpriv", null) is { } setpriv && Path.GetFileName(RealPath.Of(setpriv)) != "busybox" ? setpriv : null;

    private static ImmutableArray<string>? FindChange(HostContext host, Account? account, uint number)
    {
        var userId = account?.UserId ?? number;
        if (host.IsMacOS)
            return host.FindCommand("sudo", null) is { } sudo ? [sudo, "-n", "-u", account?.Name ?? $"#{userId}", "--"] : null;
        if (FindSetpriv(host) is { } setpriv)
            return
            [
                setpriv, $"--reuid={userId}", $"--regid={account?.GroupId ?? number}",
                // The groups of an account that has no entry are not known.
                account is null ? "--clear-groups" : "--init-groups", "--",
            ];
        return account is not null && host.FindCommand("runuser", null) is { } runuser
            ? [runuser, "-u", account.Name, "--"]
            : null;
    }

    private static ImmutableDictionary<string, string?> EnvironmentOf(Account? account, string user) =>
        ImmutableDictionary.CreateRange<string, string?>(
        [
            new("PATH", SearchPath),
            new("HOME", account is { Home.Length: > 0 } ? account.Home : "/"),
            new("USER", account?.Name ?? user),
            new("LOGNAME", account?.Name ?? user),
            new("SHELL", account is { Shell: var shell } && IsShell(shell) ? shell : FallbackShell),
            new("LC_ALL", "C"),
        ]);

    // Programs start $SHELL, and an account without a login names nologin or false there.
    private static bool IsShell(string path) => path.Length > 0 && Path.GetFileName(path) is not ("nologin" or "false");
}
