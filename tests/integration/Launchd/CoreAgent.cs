using System.Globalization;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Core.ServiceManagers.Launchd;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>A service under a simulated launchd.</summary>
internal sealed class CoreAgent : LaunchdService
{
    /// <summary>A program that ignores SIGTERM.</summary>
    public const string Stubborn = "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.05; done\n";

    /// <summary>A program that fails at once.</summary>
    public const string Fails = "#!/bin/sh\necho 'cannot open the database' >&2\nexit 3\n";

    /// <summary>A stability time for deploys that must fail: long enough that a program which dies is never taken for
    /// one that runs, even if it starts slowly. A deploy does not wait for it once the process has died.</summary>
    public const string ProofOfLife = "3";

    private int _revision = 1;

    /// <param name="scope">The scope of the service.</param>
    /// <param name="program">The text of the program.</param>
    /// <param name="os">The macOS version; null for the newest that is simulated.</param>
    public CoreAgent(string scope = "user", string program = LongRunningProgram, string? os = null)
        : this(new LaunchdSimulator(os), scope, program)
    {
    }

    private CoreAgent(LaunchdSimulator launchd, string scope, string program)
        : base(
            FolderOf(launchd), "my project", $"org.example.core-{Guid.NewGuid().ToString("N")[..8]}", HostOf(launchd),
            launchd.Launchctl, launchd.Environment, scope, program)
    {
        Launchd = launchd;
        if (scope == "system") Launchd.Settings(new { root = true });
    }

    public LaunchdSimulator Launchd { get; }

    public string Plist => DefinitionPath;

    public string ErrorLog => Path.Combine(Launchd.Home, "Library", "Logs", "Hermes.Gateway", $"{Name}.error.log");

    /// <summary>The domain of the user's graphical login.</summary>
    public string GuiDomain => $"gui/{Launchd.UserId}";

    /// <summary>The service's full name in <see cref="GuiDomain"/>, whether it is loaded there or not.</summary>
    public string GuiTarget => $"{GuiDomain}/{Name}";

    public override bool IsLoaded => IsLoadedIn(GuiDomain);

    public override (int Exit, string Out, string Error) Run(params string[] arguments) => Launchd.Run(arguments);

    /// <summary>Runs an operation once with other settings; <see cref="ServiceUnderTest.Input"/> stays as it is.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="argument">The only argument of the program; null for none.</param>
    /// <param name="change">Further changes.</param>
    public ServiceReport Try(Operation operation, string? argument = null, Func<ServiceInput, ServiceInput>? change = null)
    {
        var input = argument is null ? Input : Input with { Arguments = [argument] };
        return Assert.Single(Run(operation, [change is null ? input : change(input)]));
    }

    /// <summary>Deploys, and asserts that all layers are current and launchd names the reported process.</summary>
    public ServiceReport Deploy(string? argument = null, Func<ServiceInput, ServiceInput>? change = null)
    {
        var report = Try(Operation.Deploy, argument, change).Succeeded();
        Assert.Equal("current, current, current", report.Layers());
        Assert.NotNull(report.ProcessId);
        Assert.Equal(report.ProcessId, ProcessId);
        return report;
    }

    /// <summary>Replaces the program, and its revision, as a build does.</summary>
    public override void WriteProgram(string text, bool executable = true)
    {
        base.WriteProgram(text, executable);
        Input = Input with { Revision = string.Create(CultureInfo.InvariantCulture, $"r{++_revision}") };
    }

    // launchd sets this variable for its jobs; their child processes inherit it.
    public override void CallFromInside() =>
        Host = HostOf(Launchd, name => name == "XPC_SERVICE_NAME" ? Name : Environment.GetEnvironmentVariable(name));

    /// <summary>Writes an executable shell script; returns its path.</summary>
    public string WriteScript(string name, string text)
    {
        var path = PathOf(name);
        ProgramFile.Write(path, $"#!/bin/sh\n{text}\n");
        return path;
    }

    public bool IsLoadedIn(string domain) => Launchd.Run("print", $"{domain}/{Name}").Exit == 0;

    /// <summary>Returns a root field of launchd's print; null without the field or the job.</summary>
    public string? Printed(string field) => Launchd.Run("print", GuiTarget).Out.Split('\n')
        .FirstOrDefault(line => line.StartsWith($"\t{field} = ", StringComparison.Ordinal))?[(field.Length + 4)..];

    /// <summary>Returns the verbs of launchctl since the call number <paramref name="before"/> that can change something.</summary>
    public IReadOnlyList<string> ChangesSince(int before) =>
        [.. Launchd.Calls.Skip(before).Select(call => call.Verb).Where(verb => verb is not ("print" or "print-disabled" or "simulator"))];

    /// <summary>Returns the number of the next call of a verb, for <see cref="Fault.Call"/>.</summary>
    public int Next(string verb) => Launchd.Calls.Count(call => call.Verb == verb) + 1;

    /// <summary>Returns the arguments of a live process; none for one that has ended.</summary>
    public static IReadOnlyList<string> CommandLineOf(int process) =>
        ProcessEntry.Read(process, "cmdline")?.Split('\0', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The arguments of a live process.</summary>
    public static string[] Arguments(ServiceReport report) => Strings(report, "cmdline");

    /// <summary>The environment of a live process.</summary>
    public static string[] Variables(ServiceReport report) => Strings(report, "environ");

    protected override void CleanUp() => Launchd.Dispose();

    private static string FolderOf(LaunchdSimulator launchd) => Path.GetDirectoryName(launchd.State)!;

    public static HostContext HostOf(LaunchdSimulator launchd, Func<string, string?>? environment = null) => (HostContext.Resolve(environment ?? Environment.GetEnvironmentVariable) with
    {
        Home = launchd.Home,
        StateHome = Path.Combine(FolderOf(launchd), "state-home"),
        MachineState = Path.Combine(FolderOf(launchd), "machine-state"),
    }).WithFacts(new LaunchdHost(Path.Combine(FolderOf(launchd), "Library")));

    private static string[] Strings(ServiceReport report, string file) =>
        File.ReadAllText($"/proc/{report.ProcessId}/{file}").TrimEnd('\0').Split('\0');
}
