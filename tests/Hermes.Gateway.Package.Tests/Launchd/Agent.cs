using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Package.Tests.Infra;

namespace Hermes.Gateway.Package.Tests.Launchd;

/// <summary>A service under a simulated launchd of its own, deployed by MSBuild from the packed package. What is
/// asserted of it is launchd's and the kernel's word, not the package's.</summary>
internal sealed class Agent : IDisposable
{
    /// <summary>A program that lives until it is told to end.</summary>
    public const string Lives = "#!/bin/sh\necho \"hello from $$\"\ntrap 'exit 0' TERM\nwhile :; do sleep 0.05; done\n";

    /// <summary>For a deploy that must fail: however slowly the program begins, it does not pass for one that lasts. One
    /// that dies is not waited for; what a rollback brings back is.</summary>
    public const string ProofOfLife = "-p:HermesGatewayStabilitySeconds=3";

    // A bound for machines with many runnable processes, not a waiting time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Sandbox _sandbox;
    private readonly string _project;

    public Agent(Sandbox sandbox, string project, string program = Lives)
    {
        (_sandbox, _project) = (sandbox, project);
        Launchd = new LaunchdSimulator();
        Label = $"org.example.agent-{Guid.NewGuid().ToString("N")[..8]}";
        Folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Launchd.State)!, "work")).FullName;
        WriteProgram(program);
    }

    public LaunchdSimulator Launchd { get; }

    public string Label { get; }

    /// <summary>A folder for programs and data.</summary>
    public string Folder { get; }

    public string Program => Path.Combine(Folder, "app.sh");

    public string Domain => $"gui/{Launchd.UserId}";

    public string Target => $"{Domain}/{Label}";

    public string Plist => Path.Combine(Launchd.LaunchAgents, $"{Label}.plist");

    public string ErrorLog => Path.Combine(Launchd.Home, "Library", "Logs", "Hermes.Gateway", $"{Label}.error.log");

    /// <summary>More variables in the environment of every build.</summary>
    public Dictionary<string, string?> Variables { get; } = [];

    /// <summary>The process that launchd tells of.</summary>
    public int? ProcessId => int.TryParse(Printed("pid"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    public bool IsLoaded => Launchd.Run("print", Target).Exit == 0;

    /// <summary>The arguments of the live process.</summary>
    public IReadOnlyList<string> CommandLine => CommandLineOf(ProcessId!.Value);

    private string[] Options =>
    [
        "-p:HermesGatewayServiceManager=launchd",
        $"-p:HermesGatewayName={Label}",
        $"-p:HermesGatewayProgram={Program}",
        "-p:HermesGatewayStabilitySeconds=0.3",
    ];

    /// <summary>A root field of launchd's print; null when there is none, or no job.</summary>
    public string? Printed(string field) => Printed(Label, field);

    /// <summary>The same of another job.</summary>
    public string? Printed(string label, string field) => Launchd.Run("print", $"{Domain}/{label}").Out.Split('\n')
        .FirstOrDefault(line => line.StartsWith($"\t{field} = ", StringComparison.Ordinal))?[(field.Length + 4)..];

    public void WriteProgram(string text)
    {
        // A new file, not a new content: the kernel refuses to write to a file that is being executed.
        File.Delete(Program);
        ProgramFile.Write(Program, text);
    }

    /// <summary>Writes a shell script that can be executed; returns its path.</summary>
    public string WriteScript(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        ProgramFile.Write(path, $"#!/bin/sh\n{text}\n");
        return path;
    }

    /// <summary>The arguments of a live process; none when it is gone.</summary>
    public static IReadOnlyList<string> CommandLineOf(int process) =>
        ProcessEntry.Read(process, "cmdline")?.Split('\0', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Runs one target on the service: <c>dotnet msbuild -t:TARGET -p:HermesGateway…</c>.</summary>
    public Task<BuildRun> RunAsync(string target, params string[] options) =>
        _sandbox.TargetAsync(
            "msbuild", _project, target, [.. Options, .. options], Launchd.Environment.SetItems(Variables));

    /// <summary>Starts a build that is not meant to come to its end.</summary>
    public Process Start(params string[] options) =>
        _sandbox.Start("msbuild", _project, [.. Options, .. options], Launchd.Environment);

    /// <summary>Deploys, and asserts that it runs.</summary>
    public async Task<BuildRun> DeployAsync(params string[] options)
    {
        var run = (await RunAsync("DeployGateway", options)).Succeeded();
        Assert.Equal("current, current, current", run.Service.Layers);
        Assert.Equal(ProcessId, run.Service.ProcessId);
        return run;
    }

    /// <summary>The calls of a verb by the package since <paramref name="before"/>, without its own looking.</summary>
    public IReadOnlyList<string> ChangesSince(int before) =>
        [.. Launchd.Calls.Skip(before).Select(call => call.Verb).Where(verb => verb is not ("print" or "print-disabled" or "simulator"))];

    /// <summary>The number of the next call of a verb, for faults.</summary>
    public int Next(string verb) => Launchd.Calls.Count(call => call.Verb == verb) + 1;

    /// <summary>Waits until launchd is in a state, within a bound.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"not within {Patience.TotalSeconds} s: {what}");
            await Task.Delay(20);
        }
    }

    public void Dispose() => Launchd.Dispose();
}
