namespace Hermes.Gateway.Machines.Tests.Host;

/// <summary>An account that runs commands on a machine, with the environment of a login.</summary>
/// <param name="Name">The name of the account.</param>
/// <param name="UserId">Its user id.</param>
internal sealed record Login(string Name, int UserId)
{
    private const string SearchPath = $"{SystemdHost.Dotnet}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The administrator.</summary>
    public static Login Root { get; } = new("root", 0);

    /// <summary>Its home folder.</summary>
    public string Home => UserId == 0 ? "/root" : $"/home/{Name}";

    /// <summary>The working folder of its commands.</summary>
    public string Folder { get; init; } = "/";

    /// <summary>Additional variables. The default is XDG_RUNTIME_DIR for users, which a login through PAM sets; cron, and <c>su</c>
    /// without PAM, do not set it.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = UserId == 0
        ? new Dictionary<string, string>()
        : new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = $"/run/user/{UserId}" };

    /// <summary>The command prefix that changes to the account and sets its environment.</summary>
    public IReadOnlyList<string> Prefix =>
    [
        "/sbin/hermes-enter", "setpriv", $"--reuid={UserId}", $"--regid={Name}", "--init-groups", "--reset-env",
        "env", $"--chdir={Folder}", $"PATH={SearchPath}", "LANG=C.UTF-8",
        "DOTNET_NOLOGO=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_GENERATE_ASPNET_CERTIFICATE=false",
        "MSBUILDDISABLENODEREUSE=1", "DOTNET_CLI_USE_MSBUILD_SERVER=0", "UseSharedCompilation=false",
        // No SDK here has workloads; the search for them takes an eighth of a build without changes.
        "MSBuildEnableWorkloadResolver=false", "DOTNET_TieredPGO=0",
        .. Variables.Select(variable => $"{variable.Key}={variable.Value}"),
    ];
}
