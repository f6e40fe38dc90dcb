using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>A service with a random label under some launchd, driven through the library's front door, and an
/// independent look at it.</summary>
internal abstract partial class AgentUnderTest : IDisposable
{
    /// <summary>A program that lives until it is told to end.</summary>
    public const string Lives = "#!/bin/sh\ntrap 'exit 0' TERM\nwhile :; do sleep 0.05; done\n";

    private readonly string _root;

    /// <param name="root">A folder of the test's own.</param>
    /// <param name="name">The service's name, which is its label.</param>
    /// <param name="host">The machine.</param>
    /// <param name="launchctl">The tool that drives the launchd.</param>
    /// <param name="scope">Of the service.</param>
    /// <param name="program">The text of the program.</param>
    protected AgentUnderTest(string root, string name, HostContext host, string launchctl, string scope, string program)
    {
        _root = root;
        Host = host;
        Name = name;
        Program = PathOf(Path.Combine("my app", "app.sh"));
        Directory.CreateDirectory(Path.GetDirectoryName(Program)!);
        ProgramFile.Write(Program, program);
        File.WriteAllText(PathOf("App.csproj"), "<Project />");
        Input = new ServiceInput
        {
            Name = Name,
            Program = Program,
            Source = PathOf("App.csproj"),
            Scope = scope,
            ServiceManager = "launchd",
            Revision = "r1",
            StabilitySeconds = "0.2",
            TimeoutSeconds = "60",
        }.With("LaunchctlPath", launchctl);
    }

    public HostContext Host { get; set; }

    public string Name { get; }

    public string Program { get; }

    public ServiceInput Input { get; set; }

    /// <summary>The domains that the service can be in, in the order in which they are preferred.</summary>
    public IReadOnlyList<string> Domains => [$"gui/{Host.UserId}", $"user/{Host.UserId}"];

    /// <summary>The service's full name where it is loaded; null when it is not.</summary>
    public string? Target =>
        Domains.Select(domain => $"{domain}/{Name}").FirstOrDefault(target => Run("print", target).Exit == 0);

    /// <summary>The process that launchd itself names.</summary>
    public int? ProcessId =>
        Target is { } target && PrintedProcess().Match(Run("print", target).Out) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : null;

    /// <summary>All that the service has below the home folder.</summary>
    public IEnumerable<string> Files =>
        new[] { "LaunchAgents", Path.Combine("Logs", "Hermes.Gateway") }
            .Select(folder => Path.Combine(Host.Home, "Library", folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, Name + "*"));

    /// <summary>What processes that use the launchd need in their environment.</summary>
    protected virtual IReadOnlyDictionary<string, string?> CallersEnvironment => ImmutableDictionary<string, string?>.Empty;

    /// <summary>A path in the test's own folder.</summary>
    public string PathOf(string name) => Path.Combine(_root, name);

    /// <summary>Runs <c>launchctl</c>, as an operator would.</summary>
    public abstract (int Exit, string Out, string Error) Run(params string[] arguments);

    public ImmutableArray<ServiceReport> Run(Operation operation, params ServiceInput[] inputs)
    {
        var (requests, problems) = RequestReader.Read(inputs, Host);
        Assert.Empty(problems);
        var runner = new CliWrapProcessRunner(() =>
        {
            var start = new ProcessStartInfo();
            foreach (var (name, value) in CallersEnvironment) start.Environment[name] = value;
            return start;
        });
        return [.. new GatewayServices(Host, runner, TimeProvider.System).Run(operation, requests, TestContext.Current.CancellationToken)];
    }

    public ServiceReport Run(Operation operation) => Assert.Single(Run(operation, Input));

    public ServiceReport Succeed(Operation operation)
    {
        var report = Run(operation);
        Assert.True(report.Outcome != Outcome.Failed, string.Join('\n', Core.Reporting.ReportText.Details(report)));
        return report;
    }

    public ServiceReport Fail(Operation operation, DiagnosticDescriptor expected)
    {
        var report = Run(operation);
        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Equal(expected, report.Findings[0].Descriptor);
        Assert.NotEmpty(report.Advice);
        return report;
    }

    /// <summary>Unloads it behind the library's back.</summary>
    public async Task UnloadAsync()
    {
        Run("bootout", Target!);
        await Manager.UntilAsync(() => Target is null, "unloaded");
    }

    public void Dispose()
    {
        CleanUp();
        GC.SuppressFinalize(this);
    }

    /// <summary>Removes every trace.</summary>
    protected abstract void CleanUp();

    // Root fields have one tab.
    [GeneratedRegex(@"^\tpid = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedProcess();
}
