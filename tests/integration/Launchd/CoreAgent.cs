using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers.Launchd;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>A service under a simulated launchd.</summary>
internal sealed class CoreAgent : AgentUnderTest
{
    public CoreAgent(string scope = "user", string program = Lives)
        : this(new LaunchdSimulator(), scope, program)
    {
    }

    private CoreAgent(LaunchdSimulator launchd, string scope, string program)
        : base(
            FolderOf(launchd), $"org.example.core-{Guid.NewGuid().ToString("N")[..8]}", HostOf(launchd),
            launchd.Launchctl, scope, program)
    {
        Launchd = launchd;
        if (scope == "system") Launchd.Settings(new { root = true });
    }

    public LaunchdSimulator Launchd { get; }

    protected override IReadOnlyDictionary<string, string?> CallersEnvironment => Launchd.Environment;

    public override (int Exit, string Out, string Error) Run(params string[] arguments) => Launchd.Run(arguments);

    /// <summary>The arguments of a live process.</summary>
    public static string[] Arguments(ServiceReport report) => Strings(report, "cmdline");

    /// <summary>The environment of a live process.</summary>
    public static string[] Variables(ServiceReport report) => Strings(report, "environ");

    protected override void CleanUp() => Launchd.Dispose();

    private static string FolderOf(LaunchdSimulator launchd) => Path.GetDirectoryName(launchd.State)!;

    private static HostContext HostOf(LaunchdSimulator launchd) => (HostContext.Resolve(Environment.GetEnvironmentVariable) with
    {
        Home = launchd.Home,
        StateHome = Path.Combine(FolderOf(launchd), "state-home"),
        MachineState = Path.Combine(FolderOf(launchd), "machine-state"),
    }).WithFacts(new LaunchdHost(Path.Combine(FolderOf(launchd), "Library")));

    private static string[] Strings(ServiceReport report, string file) =>
        File.ReadAllText($"/proc/{report.ProcessId}/{file}").TrimEnd('\0').Split('\0');
}
