namespace Hermes.Gateway.Core.Host;

/// <summary>The machine and the caller of an operation, read once, so that folders and accounts stay the same (under sudo, HOME
/// and the like can differ from call to call). Only <see cref="Variable"/> reads the caller's environment at each call.</summary>
public sealed record HostContext
{
    private Func<string, string?> _environment = _ => null;
    private ImmutableDictionary<Type, object> _facts = ImmutableDictionary<Type, object>.Empty;

    /// <summary>Effective user id; 0 is root.</summary>
    public required uint UserId { get; init; }

    /// <summary>The user's home folder.</summary>
    public required string Home { get; init; }

    /// <summary>Where locks, backups and records of services in system scope are kept.</summary>
    public string MachineState { get; init; } = "/var/lib/hermes-gateway";

    /// <summary>The user's configuration folder (<c>XDG_CONFIG_HOME</c>, else <c>~/.config</c>).</summary>
    public required string ConfigHome { get; init; }

    /// <summary>The user's folder for state (<c>XDG_STATE_HOME</c>, else <c>~/.local/state</c>).</summary>
    public required string StateHome { get; init; }

    /// <summary>Where the releases of services in user scope are kept.</summary>
    public string UserReleases { get; init; } = "/";

    /// <summary>Where the releases of services in system scope are kept.</summary>
    public string MachineReleases { get; init; } = "/opt/hermes-gateway";

    /// <summary><c>XDG_RUNTIME_DIR</c> as the caller has it; null when unset.</summary>
    public string? RuntimeDirectory { get; init; }

    /// <summary>Folders searched for commands.</summary>
    public required IReadOnlyList<string> SearchPath { get; init; }

    /// <summary>Folders for temporary files: the caller's and the machine's.</summary>
    public IReadOnlyList<string> TemporaryFolders { get; init; } = [];

    /// <summary>The account that called sudo; null without sudo.</summary>
    public string? InvokingUser { get; init; }

    /// <summary>True on macOS.</summary>
    public required bool IsMacOS { get; init; }

    /// <summary>True for root.</summary>
    public bool IsRoot => UserId == 0;

    /// <summary>One variable of the caller's environment; null when it is not set.</summary>
    internal string? Variable(string name) => _environment(name);

    /// <summary>The facts of a type that only one service manager understands; null when none were added.</summary>
    internal T? FindFacts<T>() where T : class => (T?)_facts.GetValueOrDefault(typeof(T));

    /// <summary>This context with <paramref name="facts"/> in place of those of the same type.</summary>
    internal HostContext WithFacts<T>(T facts) where T : class => this with { _facts = _facts.SetItem(typeof(T), facts) };

    /// <summary>Where locks, backups and records of services in <paramref name="scope"/> are kept.</summary>
    public string StateFolder(ServiceScope scope) =>
        scope == ServiceScope.System ? MachineState : Path.Combine(StateHome, "hermes-gateway");

    /// <summary>Where the releases of services in <paramref name="scope"/> are kept, unless the project says otherwise.</summary>
    public string ReleaseRoot(ServiceScope scope) => scope == ServiceScope.System ? MachineReleases : UserReleases;

    /// <summary>The folder in which the state directories of services are, unless a project gives an absolute path.</summary>
    public string StateDirectories(ServiceScope scope) => (scope, IsMacOS) switch
    {
        (ServiceScope.System, false) => "/var/lib",
        (ServiceScope.System, true) => "/Library/Application Support",
        (_, false) => StateHome,
        _ => Path.Combine(Home, "Library", "Application Support"),
    };

    /// <summary>The other account that owns a part of the path to root's state folder in user scope, as after <c>sudo -E</c>; null
    /// when root owns all of it, when the owner is unknown, and for every caller but root.</summary>
    internal string? ForeignStateOwner =>
        IsRoot
        && PathTrust.FindUntrusted(StateFolder(ServiceScope.User), PathTrust.RootAndCaller) is { IsOwner: true, Rights.UserId: var owner }
            ? Accounts.Find(owner)?.Name ?? $"user id {owner}"
            : null;

    /// <summary>Resolves the context of this process.</summary>
    /// <param name="environment">Reads one variable of the caller's environment; null when unset.</param>
    public static HostContext Resolve(Func<string, string?> environment)
    {
        var home = Absolute(environment("HOME"))
            ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        // launchd loads agents from the home folder of the account, whatever the caller's HOME is.
        var accountHome = OperatingSystem.IsMacOS() ? Accounts.Find(NativeMethods.EffectiveUserId)?.Home ?? home : home;
        return new HostContext
        {
            UserId = NativeMethods.EffectiveUserId,
            Home = accountHome,
            UserReleases = OperatingSystem.IsMacOS()
                ? Path.Combine(accountHome, "Library", "Application Support", "Hermes.Gateway")
                : Path.Combine(Absolute(environment("XDG_DATA_HOME")) ?? Path.Combine(home, ".local", "share"), "hermes-gateway"),
            MachineReleases = OperatingSystem.IsMacOS() ? "/Library/Application Support/Hermes.Gateway" : "/opt/hermes-gateway",
            ConfigHome = Absolute(environment("XDG_CONFIG_HOME")) ?? Path.Combine(home, ".config"),
            StateHome = Absolute(environment("XDG_STATE_HOME")) ?? Path.Combine(home, ".local", "state"),
            RuntimeDirectory = Absolute(environment("XDG_RUNTIME_DIR")),
            SearchPath = [.. (environment("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted)],
            TemporaryFolders =
            [
                .. Absolute(environment("TMPDIR")) is { } temporary ? (string[])[temporary] : [],
                "/tmp", "/var/tmp", .. OperatingSystem.IsMacOS() ? (string[])["/var/folders"] : [],
            ],
            InvokingUser = environment("SUDO_USER") is { Length: > 0 } invoking ? invoking : null,
            _environment = environment,
            IsMacOS = OperatingSystem.IsMacOS(),
        };
    }

    /// <summary>The home folder of an account, whatever HOME is; the caller's for an empty name. Null when it has none.</summary>
    public string? HomeOf(string user) =>
        (user.Length > 0 ? Accounts.Find(user) : Accounts.Find(UserId))?.Home is { Length: > 0 } home
            ? home
            : user.Length > 0 ? null : Home;

    /// <summary>The command that makes an account for a service.</summary>
    internal string CommandForAccount(string user) => IsMacOS
        ? $"sudo sysadminctl -addUser {user} -shell /usr/bin/false"
        : $"sudo useradd --system --shell /usr/sbin/nologin {user}";

    /// <summary>The path of a command: the given one, else one on the search path; null if none can be executed.</summary>
    public string? FindCommand(string name, string? given) =>
        (given is null ? SearchPath.Select(folder => Path.Combine(folder, name)) : [given]).FirstOrDefault(IsExecutableFile);

    /// <summary>Whether <paramref name="path"/> is a regular file that this process may execute.</summary>
    public static bool IsExecutableFile(string path) => File.Exists(path) && NativeMethods.CanExecute(path);

    // The XDG specification: a relative path in these variables is to be ignored.
    private static string? Absolute(string? path) => Path.IsPathRooted(path) ? path : null;
}
