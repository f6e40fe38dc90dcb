using System.Globalization;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Planning;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns.Model;

/// <summary>A service to which everything can happen, on one manager.</summary>
internal abstract class Subject(HostContext host, IProcessRunner runner) : IAsyncDisposable
{
    /// <summary>The definition whose program ends at once.</summary>
    public const string Broken = "definition-broken";

    /// <summary>Lives until it is told to end, unless it is the broken definition.</summary>
    protected const string Program = """
        #!/bin/sh
        if [ "$1" = definition-broken ]; then echo broken >&2; exit 3; fi
        trap 'exit 0' TERM
        while :; do sleep 0.5; done

        """;

    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(20);

    private int _place;
    private int _build;

    public FaultyRunner Runner { get; } = new(runner);

    /// <summary>What this build wants.</summary>
    public Trace Wanted => new(
        PlaceName, Definition, Definition.Replace("definition", "mode", StringComparison.Ordinal), $"build-{_build}", Extra: false);

    /// <summary>Whether the manager starts what it loads, so that a load means another process.</summary>
    public abstract bool LoadingStarts { get; }

    /// <summary>The folders in which copies of definitions are kept, and the note of an operation under way.</summary>
    public abstract IEnumerable<string> Copies { get; }

    protected HostContext Host { get; } = host;

    /// <summary>The folder above all places.</summary>
    protected abstract string Root { get; }

    protected abstract ServiceInput Input { get; }

    private string Definition { get; set; } = "definition-first";

    private string PlaceName => string.Create(CultureInfo.InvariantCulture, $"place-{_place}");

    /// <summary>Whether the folder is still where a definition says.</summary>
    public bool Exists(string place) => Directory.Exists(Path.Combine(Root, place));

    public ServiceReport Run(Operation operation)
    {
        var place = Path.Combine(Root, PlaceName);
        var input = Input with
        {
            Program = Path.Combine(place, "app.sh"),
            Source = Path.Combine(place, "App.csproj"),
            Arguments = [Definition],
            Environment = [$"MODE={Wanted.Mode}"],
            Revision = Wanted.Build,
            // On a busy machine, what ends at once does so a little later.
            StabilitySeconds = Definition == Broken ? "1" : "0.1",
            TimeoutSeconds = "10",
        };
        var (requests, problems) = RequestReader.Read([input], Host);
        Assert.Empty(problems);
        return Assert.Single(new GatewayServices(Host, Runner, TimeProvider.System).Run(operation, requests, TestContext.Current.CancellationToken));
    }

    /// <summary>Does what is not a verb; false when that makes no sense now, or here.</summary>
    public async Task<bool> HappenAsync(Step step, Look now)
    {
        switch (step.Act)
        {
            case Act.WantFirst: Definition = "definition-first"; return true;
            case Act.WantSecond: Definition = "definition-second"; return true;
            case Act.WantBroken: Definition = Broken; return true;
            case Act.Rebuild: _build++; return true;
            case Act.MoveProject:
                var from = Path.Combine(Root, PlaceName);
                _place++;
                Directory.Move(from, Path.Combine(Root, PlaceName));
                return true;
            case Act.CommandFails or Act.CommandLies:
                Runner.Arm(step.Number, isDone: step.Act == Act.CommandLies);
                return true;
            case Act.Kill:
                if (now.ProcessId == 0 || now.IsInFlight) return false;
                Manager.RunCommand("kill", "-KILL", $"{now.ProcessId}");
                await Manager.UntilAsync(() => !ProcessEntry.IsAlive(now.ProcessId), "the killed process is gone");
                return true;
            default: return await OperateAsync(step.Act, now);
        }
    }

    /// <summary>Looks until nothing is under way any more, or it never ends.</summary>
    public async Task<Look> LookWhenSettledAsync()
    {
        var until = DateTime.UtcNow + LongestSettling;
        while (true)
        {
            var look = Look();
            if (!look.IsInFlight || IsLooping(look) || DateTime.UtcNow > until) return look;
            await Task.Delay(20);
        }
    }

    /// <summary>An independent look.</summary>
    public abstract Look Look();

    /// <summary>The processes of the program, whoever started them.</summary>
    public IReadOnlyList<int> Processes() =>
    [
        .. ProcessEntry.Roots(ProcessEntry.Ids().Where(id =>
            ProcessEntry.Read(id, "cmdline") is { } line
            && line.Contains(Root, StringComparison.Ordinal) && line.Contains("/app.sh", StringComparison.Ordinal))),
    ];

    public abstract ValueTask DisposeAsync();

    protected abstract Task<bool> OperateAsync(Act act, Look now);

    /// <summary>Whether that state never ends by itself.</summary>
    protected abstract bool IsLooping(Look look);

    /// <summary>Puts the first place where the program is.</summary>
    protected void MakePlace()
    {
        var place = Directory.CreateDirectory(Path.Combine(Root, PlaceName)).FullName;
        File.WriteAllText(Path.Combine(place, "App.csproj"), "<Project />");
        File.WriteAllText(Path.Combine(place, "app.sh"), Program);
        File.SetUnixFileMode(Path.Combine(place, "app.sh"), (UnixFileMode)0b111_101_101);
    }

    /// <summary>What a process shows.</summary>
    protected static string TextOf(int processId) =>
        processId == 0 ? "" : $"{ProcessEntry.Read(processId, "cmdline")}\n{ProcessEntry.Read(processId, "environ")}".Replace('\0', '\n');

    /// <summary>Every stamp once.</summary>
    protected static string Stamps(params string[] layers) =>
        string.Join(' ', layers.Select(Trace.StampIn).Where(stamp => stamp.Length > 0).Distinct());

    /// <summary>What an operator changes in a definition that is on disk.</summary>
    protected static bool EditByHand(string path, Look now)
    {
        if (now.Disk is not { } disk || disk.Mode == Trace.ByHand) return false;
        File.WriteAllText(path, now.Text!.Replace(disk.Mode, Trace.ByHand, StringComparison.Ordinal));
        return true;
    }
}
