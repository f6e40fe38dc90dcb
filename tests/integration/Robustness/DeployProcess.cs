using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Robustness;

/// <summary>The result of a deploy, as a line that another process can print.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="ProcessId">The reported process of the service; 0 for none.</param>
/// <param name="Argument">The argument that identifies the deployed definition.</param>
/// <param name="Duration">The duration, with the wait for the lock.</param>
/// <param name="Finding">The first finding.</param>
internal sealed record DeployResult(Outcome Outcome, int ProcessId, string Argument, TimeSpan Duration, string Finding)
{
    public static DeployResult Of(ServiceReport report) => new(
        report.Outcome, report.ProcessId ?? 0, report.Definition.Arguments[0], report.Duration,
        report.Findings.FirstOrDefault() is { } finding ? $"{finding.Code}: {finding.Message}" : "");

    public static DeployResult Parse(string line) => line.Split('\t') is [var outcome, var process, var argument, var milliseconds, var finding]
        ? new DeployResult(
            Enum.Parse<Outcome>(outcome), int.Parse(process, CultureInfo.InvariantCulture), argument,
            TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture)), finding)
        : throw new FormatException(line);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Outcome}\t{ProcessId}\t{Argument}\t{(int)Duration.TotalMilliseconds}\t{Finding.ReplaceLineEndings(" ")}");
}

/// <summary>Runs a deploy in a process of its own, as another build would. The process is this assembly with the argument
/// <see cref="Deploy"/>.</summary>
internal static class DeployProcess
{
    /// <summary>The first argument of the process (Program.cs).</summary>
    public const string Deploy = "deploy";

    /// <summary>The variable with the state folder of the process.</summary>
    public const string StateVariable = "HERMES_TEST_STATE";

    /// <summary>Deploys in the calling process.</summary>
    public static DeployResult DeployInThisProcess(ServiceInput input)
    {
        var host = HostContext.Resolve(Environment.GetEnvironmentVariable);
        if (Environment.GetEnvironmentVariable(StateVariable) is { } state)
            host = host with { StateHome = state, MachineState = Path.Combine(state, "hermes-gateway") };
        var (requests, problems) = RequestReader.Read([input], host);
        Assert.Empty(problems);
        var services = new GatewayServices(host, new CliWrapProcessRunner(), TimeProvider.System);
        return DeployResult.Of(Assert.Single(services.Run(Operation.Deploy, requests, TestContext.Current.CancellationToken)));
    }

    /// <summary>Deploys in a new process and waits for its result.</summary>
    public static async Task<DeployResult> DeployInNewProcessAsync(ServiceInput input)
    {
        using var process = Start(input);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return DeployResult.Parse((await output).TrimEnd('\n'));
    }

    /// <summary>Starts a process that deploys, and does not wait for it.</summary>
    public static Process Start(ServiceInput input) => Process.Start(new ProcessStartInfo("dotnet", ArgumentsFor(input))
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    /// <summary>The arguments of <c>dotnet</c> that start the process.</summary>
    public static string[] ArgumentsFor(ServiceInput input) =>
    [
        "exec", typeof(DeployProcess).Assembly.Location, Deploy, input.Name, input.Program, input.Source, input.Scope, input.Arguments[0],
        string.Join('\n', input.Environment), input.TimeoutSeconds, input.StabilitySeconds, input.PublishedFolder, input.ReleaseRoot,
    ];

    /// <summary>The entry point of the process, with the arguments after <see cref="Deploy"/>.</summary>
    public static int Run(string[] arguments)
    {
        if (arguments is not
            [
                var name, var program, var source, var scope, var argument, var environment, var timeout, var stability,
                var published, var releaseRoot,
            ]) return 64;
        Console.WriteLine(DeployInThisProcess(new ServiceInput
        {
            Name = name,
            Program = program,
            Source = source,
            Scope = scope,
            Arguments = [argument],
            Environment = [.. environment.Split('\n')],
            Revision = published.Length > 0 ? "" : "r1",
            Releases = published.Length > 0 ? "true" : "",
            PublishedFolder = published,
            ReleaseRoot = releaseRoot,
            TimeoutSeconds = timeout,
            StabilitySeconds = stability,
        }));
        return 0;
    }
}
