using Hermes.Gateway.Core.Processes;
using Microsoft.Build.Logging.StructuredLogger;
using StructuredTask = Microsoft.Build.Logging.StructuredLogger.Task;

namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>One run of MSBuild and what its binlog says.</summary>
internal sealed record BuildRun(CommandResult Command, string Binlog)
{
    private readonly Lazy<Build> _log = new(() => BinaryLog.ReadBuild(Binlog));

    /// <summary>The exit status.</summary>
    public int ExitCode => Command.ExitCode!.Value;

    /// <summary>The result of the target that was asked for; null when none was.</summary>
    public TargetResult? TargetResult { get; init; }

    /// <summary>The result's items.</summary>
    public IReadOnlyList<ServiceItem> Services => TargetResult!.Services;

    /// <summary>The result's only item.</summary>
    public ServiceItem Service => Assert.Single(Services);

    /// <summary>The errors.</summary>
    public IReadOnlyList<Error> Errors => Nodes<Error>();

    /// <summary>The codes of the errors, each once, in order.</summary>
    public IEnumerable<string> ErrorCodes => Errors.Select(error => error.Code).Distinct().Order(StringComparer.Ordinal);

    /// <summary>The errors, one a line.</summary>
    public string ErrorText => string.Join('\n', Errors.Select(error => $"{error.Code}: {error.Text}"));

    /// <summary>The package's tasks that ran.</summary>
    public IReadOnlyList<StructuredTask> OwnTasks =>
        [.. Nodes<StructuredTask>().Where(task => task.FromAssembly?.Contains("Hermes.Gateway", StringComparison.Ordinal) == true)];

    /// <summary>The package's targets that ran or were skipped.</summary>
    public IReadOnlyList<Target> OwnTargets =>
        [.. Nodes<Target>().Where(target => target.SourceFilePath?.Contains("/hermes.gateway.tasks/", StringComparison.Ordinal) == true)];

    /// <summary>All nodes of a kind.</summary>
    public IReadOnlyList<T> Nodes<T>() where T : BaseNode => [.. _log.Value.FindChildrenRecursive<T>()];

    /// <summary>Asserts that the run succeeded.</summary>
    public BuildRun Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit {ExitCode}: {Command.CommandLine}\n{ErrorText}");
        Assert.True(TargetResult is null or { Succeeded: true });
        return this;
    }

    /// <summary>Asserts that the run failed with these codes, and the exit status says so.</summary>
    public BuildRun FailedWith(params string[] codes)
    {
        Assert.Equal(codes, ErrorCodes);
        Assert.NotEqual(0, ExitCode);
        Assert.True(TargetResult is null or { Succeeded: false });
        return this;
    }
}
