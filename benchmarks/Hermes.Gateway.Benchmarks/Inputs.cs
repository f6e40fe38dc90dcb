using System.Collections.Immutable;
using System.Globalization;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;
using Hermes.Gateway.Core.ServiceManagers.Systemd;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

namespace Hermes.Gateway.Benchmarks;

/// <summary>A service as a larger project has one: thirty variables, arguments with blanks, some values that need
/// escapes; and what a machine shows of it.</summary>
internal static class Inputs
{
    private const int Variables = 30;

    /// <summary>The definition.</summary>
    public static ServiceDefinition Definition(string argument = "two words") => new()
    {
        Name = ServiceName.Create("my-gateway"),
        Identifier = "my-gateway.service",
        Description = "my-gateway (deployed by Hermes.Gateway)",
        Program = "/home/me/source/my gateway/bin/Release/net10.0/Gateway",
        Arguments = ["--urls", "http://127.0.0.1:5080", "--title", argument, "--load", "100% of $HOME"],
        WorkingDirectory = "/home/me/source/my gateway/bin/Release/net10.0",
        Environment = Enumerable.Range(0, Variables).ToImmutableSortedDictionary(
            i => string.Create(CultureInfo.InvariantCulture, $"GATEWAY_SETTING_{i:00}"), Value, StringComparer.Ordinal),
        Source = "/home/me/source/my gateway/Gateway.csproj",
        Revision = "6f1ed002ab559585",
    };

    /// <summary>What systemd makes of a definition.</summary>
    public static DesiredService OnSystemd(ServiceDefinition definition) =>
        new SystemdManager(Host, new NoRunner(), TimeProvider.System, ServiceScope.User, "/usr/bin/systemctl")
            .Describe(definition);

    /// <summary>What launchd makes of a definition.</summary>
    public static DesiredService OnLaunchd(ServiceDefinition definition)
    {
        const string logs = "/Users/me/Library/Logs", agents = "/Users/me/Library/LaunchAgents";
        var keys = LaunchdPlist.KeysOf(definition, $"{logs}/gateway.log", $"{logs}/gateway.error.log");
        return new DesiredService(
            definition, $"{agents}/my-gateway.plist", keys, keys, Stamp.Of(keys, definition.Revision))
        {
            Rules = new ManagerRules { EnabledByFile = true, LoadingStarts = true },
        };
    }

    /// <summary>A machine on which everything is as <paramref name="old"/> wants it, seen by who wants
    /// <paramref name="wanted"/>.</summary>
    public static ServiceObservation Observation(DesiredService old, DesiredService wanted)
    {
        var text = SystemdUnit.Render(old, null);
        return new ServiceObservation
        {
            DefinitionPath = wanted.DefinitionPath,
            Installed = new InstalledFacts(
                InstalledKind.Present, text, SystemdUnit.Understand(text, wanted.Keys), SourceExists: true, "on disk"),
            Loaded = new LoadedFacts
            {
                IsLoaded = Answer.Yes, Stamp = old.Stamp, Keys = old.LoadedKeys, Evidence = "loaded",
            },
            Running = new RunningFacts
            {
                Activity = Activity.Up,
                ProcessId = 4242,
                Invocation = "d8a1c6a7f1f94a3c8a52d0f0c0b1e2f3",
                Environment = VariablesOf(old).ToImmutableDictionary(pair => pair.Name, pair => pair.Value),
                Command = old.LoadedKeys[Comparison.CommandKey],
                Evidence = "active (running), pid 4242",
            },
            Enabled = Answer.Yes,
            StartsWithoutLogin = Answer.Yes,
        };
    }

    /// <summary>What <c>systemctl show</c> prints of services that run, with what is asked for.</summary>
    public static string Shown(int services) =>
        string.Join("\n", Enumerable.Range(0, services).Select(i => Block($"my-gateway-{i}.service", 4242 + i)));

    private static string Block(string unit, int pid)
    {
        var desired = OnSystemd(Definition());
        const string times = "start_time=[Mon 2026-01-05 10:00:00 UTC] ; stop_time=[n/a]";
        var environment = VariablesOf(desired).Select(pair => Quoted($"{pair.Name}={pair.Value}"));
        var definition = desired.Definition;
        return string.Create(CultureInfo.InvariantCulture, $$"""
            Type=exec
            Restart=on-failure
            NRestarts=0
            Result=success
            MainPID={{pid}}
            ExecMainStartTimestampMonotonic=35601234567
            ExecMainCode=0
            ExecMainStatus=0
            ExecStart={ path={{definition.Program}} ; argv[]={{desired.LoadedKeys[Comparison.CommandKey]}} ; ignore_errors=no ; {{times}} ; pid={{pid}} ; code=(null) ; status=0/0 }
            ControlGroup=/user.slice/user-1000.slice/user@1000.service/app.slice/{{unit}}
            Environment={{string.Join(' ', environment)}}
            WorkingDirectory={{definition.WorkingDirectory}}
            User=
            Id={{unit}}
            LoadState=loaded
            ActiveState=active
            SubState=running
            FragmentPath=/home/me/.config/systemd/user/{{unit}}
            DropInPaths=
            UnitFileState=enabled
            NeedDaemonReload=no
            ConditionResult=yes
            InvocationID=d8a1c6a7f1f94a3c8a52d0f0c0b1e2f3

            """);
    }

    private static IEnumerable<(string Name, string Value)> VariablesOf(DesiredService desired) =>
    [
        (Stamp.Variable, desired.Stamp.ToString()),
        (Stamp.SourceVariable, desired.Definition.Source),
        .. desired.Definition.Environment.Select(pair => (pair.Key, pair.Value)),
    ];

    // As systemctl does it: only what needs quotes has them.
    private static string Quoted(string assignment) => assignment.AsSpan().ContainsAny(" \"\\$")
        ? $"\"{assignment.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("$", "\\$")}\""
        : assignment;

    private static string Value(int number) => (number % 6) switch
    {
        0 => "a value with \"quotes\" and a \\ in it",
        1 => "100% of $HOME",
        2 => "Grüße, 日本",
        _ => string.Create(CultureInfo.InvariantCulture, $"https://example.org/setting/{number}"),
    };

    private static HostContext Host { get; } = new()
    {
        UserId = 1000,
        Home = "/home/me",
        ConfigHome = "/home/me/.config",
        StateHome = "/home/me/.local/state",
        SearchPath = [],
        IsMacOS = false,
    };

    /// <summary>There is no machine here: what is measured is pure.</summary>
    private sealed class NoRunner : IProcessRunner
    {
        public CommandResult Run(CommandRequest request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException($"{request.Program} is not to be run here.");
    }
}
