using System.Globalization;
using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>A service of a launchd, whose name is its label.</summary>
internal abstract partial class LaunchdService : ServiceUnderTest, IDisposable
{
    /// <param name="scratch">A folder of the test's own.</param>
    /// <param name="project">The name of the project's folder in it.</param>
    /// <param name="name">The name of the service.</param>
    /// <param name="host">The machine.</param>
    /// <param name="launchctl">The tool that drives the launchd.</param>
    /// <param name="environment">The variables that the tool needs.</param>
    /// <param name="scope">The scope of the service.</param>
    /// <param name="program">The text of the program.</param>
    protected LaunchdService(
        string scratch, string project, string name, HostContext host, string launchctl, IReadOnlyDictionary<string, string?> environment, string scope, string program)
        : base(name, Path.Combine(scratch, project), program, host, environment)
    {
        Scratch = scratch;
        Input = (Input with { Scope = scope, ServiceManager = "launchd", Revision = "r1", StabilitySeconds = "0.2", TimeoutSeconds = "60" })
            .With("LaunchctlPath", launchctl);
    }

    public override string Scratch { get; }

    /// <summary>The domains that the service can be in, in the order in which they are preferred.</summary>
    public IReadOnlyList<string> Domains => [$"gui/{Host.UserId}", $"user/{Host.UserId}"];

    /// <summary>The service target (launchctl(1)) where the service is loaded; null if it is not.</summary>
    public string? Target =>
        Domains.Select(domain => $"{domain}/{Name}").FirstOrDefault(target => Run("print", target).Exit == 0);

    public override string DefinitionPath => Path.Combine(Host.Home, "Library", "LaunchAgents", $"{Name}.plist");

    public override string LoadedDefinition => Run("print", Target!).Out;

    public override bool IsLoaded => Target is not null;

    public override int? ProcessId =>
        Target is { } target && PrintedProcess().Match(Run("print", target).Out) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : null;

    public override IEnumerable<string> Files =>
        new[] { "LaunchAgents", Path.Combine("Logs", "Hermes.Gateway") }
            .Select(folder => Path.Combine(Host.Home, "Library", folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, Name + "*"));

    public override DiagnosticDescriptor FindingOfAStop => DiagnosticCatalog.NotLoaded;

    protected override IReadOnlyList<string> ReadingVerbs { get; } = ["print", "print-disabled"];

    /// <summary>A path in <see cref="Scratch"/>.</summary>
    public string PathOf(string name) => Path.Combine(Scratch, name);

    /// <summary>Runs <c>launchctl</c>, as an operator would.</summary>
    public abstract (int Exit, string Out, string Error) Run(params string[] arguments);

    // A service that is loaded runs.
    public override Task StopByHandAsync() => UnloadAsync();

    public override Task KeepFromLoadingAsync() => UnloadAsync();

    public override async Task UnloadAsync()
    {
        Run("bootout", Target!);
        await Manager.UntilAsync(() => Target is null, "the service is unloaded");
    }

    public override void DisableByHand() => Run("disable", Target!);

    public void Dispose()
    {
        CleanUp();
        GC.SuppressFinalize(this);
    }

    public override ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Removes every trace.</summary>
    protected abstract void CleanUp();

    // In the output of "launchctl print", the fields of the job itself are indented by one tab.
    [GeneratedRegex(@"^\tpid = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex PrintedProcess();
}
