using System.Collections.Immutable;
using System.Diagnostics;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reconciliation;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>A service under a simulated launchd, driven through the library's front door.</summary>
internal sealed class CoreAgent : IDisposable
{
    private const string Lives = "#!/bin/sh\ntrap 'exit 0' TERM\nwhile :; do sleep 0.05; done\n";

    private readonly string _root;

    public CoreAgent(string scope = "user", string program = Lives)
    {
        Launchd = new LaunchdSimulator();
        _root = Path.GetDirectoryName(Launchd.State)!;
        if (scope == "system") Launchd.Settings(new { root = true });
        Name = $"org.example.core-{Guid.NewGuid().ToString("N")[..8]}";
        Program = Path.Combine(_root, "my app", "app.sh");
        Directory.CreateDirectory(Path.GetDirectoryName(Program)!);
        File.WriteAllText(Program, program);
        File.SetUnixFileMode(Program, (UnixFileMode)0b111_101_101);
        var source = Path.Combine(_root, "App.csproj");
        File.WriteAllText(source, "<Project />");
        Host = HostContext.Resolve(Environment.GetEnvironmentVariable) with
        {
            Home = Launchd.Home,
            StateHome = Path.Combine(_root, "state-home"),
            MachineLibrary = Path.Combine(_root, "Library"),
            MachineState = Path.Combine(_root, "machine-state"),
        };
        Input = new ServiceInput
        {
            Name = Name,
            Program = Program,
            Source = source,
            Scope = scope,
            ServiceManager = "launchd",
            LaunchctlPath = Launchd.Launchctl,
            Revision = "r1",
            StabilitySeconds = "0.2",
            TimeoutSeconds = "20",
        };
    }

    public LaunchdSimulator Launchd { get; }

    public HostContext Host { get; }

    public string Name { get; }

    public string Program { get; }

    public ServiceInput Input { get; set; }

    /// <summary>A folder of the test's own.</summary>
    public string PathOf(string name) => Path.Combine(_root, name);

    public async Task<ImmutableArray<ServiceReport>> RunAsync(Operation operation, params ServiceInput[] inputs)
    {
        var (requests, problems) = RequestReader.Read(inputs, isMacOS: false);
        Assert.Empty(problems);
        var runner = new SystemProcessRunner(() =>
        {
            var start = new ProcessStartInfo();
            foreach (var (name, value) in Launchd.Environment) start.Environment[name] = value;
            return start;
        });
        return await new GatewayServices(Host, runner, TimeProvider.System).RunAsync(operation, requests, CancellationToken.None);
    }

    public async Task<ServiceReport> RunAsync(Operation operation) => Assert.Single(await RunAsync(operation, Input));

    public async Task<ServiceReport> SucceedAsync(Operation operation)
    {
        var report = await RunAsync(operation);
        Assert.True(report.Outcome != Outcome.Failed, string.Join('\n', Core.Reporting.ReportText.Details(report)));
        return report;
    }

    public async Task<ServiceReport> FailAsync(Operation operation, DiagnosticDescriptor expected)
    {
        var report = await RunAsync(operation);
        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Equal(expected, report.Findings[0].Descriptor);
        Assert.NotEmpty(report.Advice);
        return report;
    }

    /// <summary>The arguments of a live process.</summary>
    public static string[] Arguments(ServiceReport report) => Strings(report, "cmdline");

    /// <summary>The environment of a live process.</summary>
    public static string[] Variables(ServiceReport report) => Strings(report, "environ");

    public void Dispose() => Launchd.Dispose();

    private static string[] Strings(ServiceReport report, string file) =>
        File.ReadAllText($"/proc/{report.ProcessId}/{file}").TrimEnd('\0').Split('\0');
}
