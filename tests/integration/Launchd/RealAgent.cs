using System.Collections.Immutable;
using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Integration.Tests.Launchd;

/// <summary>A service under this Mac's own launchd, in the folders of whoever runs the tests. Nothing but its random
/// label is ever touched.</summary>
internal sealed class RealAgent : LaunchdService
{
    private readonly string _launchctl;
    private readonly IReadOnlyDictionary<string, string?> _environment;

    public RealAgent(string program = LongRunningProgram)
        : this(
            HostContext.Resolve(Environment.GetEnvironmentVariable), "/bin/launchctl",
            ImmutableDictionary<string, string?>.Empty, program)
    {
    }

    /// <summary>As on a Mac, but with another tool and home: to try out what is removed.</summary>
    internal RealAgent(
        HostContext host, string launchctl, IReadOnlyDictionary<string, string?> environment, string program = LongRunningProgram)
        : this(host, launchctl, environment, program, Directory.CreateTempSubdirectory("hgw-real-").FullName)
    {
    }

    // Locks and backups need not be where real services have theirs; the definition and the logs have to be.
    private RealAgent(HostContext host, string launchctl, IReadOnlyDictionary<string, string?> environment, string program, string root)
        : base(
            root, "project", $"ai.hermes.test.{Guid.NewGuid().ToString("N")[..12]}",
            host with { StateHome = Path.Combine(root, "state-home") }, launchctl, environment, "user", program)
    {
        _launchctl = launchctl;
        _environment = environment;
    }

    // A Mac has no /proc; no argument of these tests has a space.
    public override IReadOnlyList<string> CommandLine =>
        Manager.RunCommand("ps", "-ww", "-o", "command=", "-p", $"{ProcessId}").Trim().Split(' ');

    public override void CallFromInside() => Host = HostContext.Resolve(
        name => name == "XPC_SERVICE_NAME" ? Name : Environment.GetEnvironmentVariable(name)) with { StateHome = Host.StateHome };

    public override (int Exit, string Out, string Error) Run(params string[] arguments) =>
        Manager.Execute(_launchctl, arguments, _environment);

    protected override void CleanUp()
    {
        try
        {
            while (Target is { } target)
            {
                Run("bootout", target);
                Manager.UntilAsync(() => Target != target, $"{target} is unloaded").GetAwaiter().GetResult();
            }

            // launchd has no way to forget an override; this is as near to none as there is.
            foreach (var domain in Domains)
                if (Run("print-disabled", domain).Out.Contains($"\"{Name}\"", StringComparison.Ordinal))
                    Run("enable", $"{domain}/{Name}");
        }
        finally
        {
            foreach (var file in Files) File.Delete(file);
            Directory.Delete(PathOf(""), recursive: true);
        }
    }
}
