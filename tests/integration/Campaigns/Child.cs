using System.Diagnostics;
using System.Globalization;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Integration.Tests.Scenarios;

namespace Hermes.Gateway.Integration.Tests.Campaigns;

/// <summary>How a deploy ended, in this process or in another.</summary>
/// <param name="Outcome">Its outcome.</param>
/// <param name="ProcessId">The process that it named; 0 for none.</param>
/// <param name="Argument">The definition that it wanted.</param>
/// <param name="Duration">How long it took, its wait for others included.</param>
/// <param name="Finding">The first finding.</param>
internal sealed record Ending(Outcome Outcome, int ProcessId, string Argument, TimeSpan Duration, string Finding)
{
    public static Ending Of(ServiceReport report) => new(
        report.Outcome, report.ProcessId ?? 0, report.Definition.Arguments[0], report.Duration,
        report.Findings.FirstOrDefault() is { } finding ? $"{finding.Code}: {finding.Message}" : "");

    public static Ending Parse(string line) => line.Split('\t') is [var outcome, var process, var argument, var milliseconds, var finding]
        ? new Ending(
            Enum.Parse<Outcome>(outcome), int.Parse(process, CultureInfo.InvariantCulture), argument,
            TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture)), finding)
        : throw new FormatException(line);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Outcome}\t{ProcessId}\t{Argument}\t{(int)Duration.TotalMilliseconds}\t{Finding.ReplaceLineEndings(" ")}");
}

/// <summary>Another process that deploys, as another build would: this assembly, started with
/// <see cref="Deploy"/>.</summary>
internal static class Child
{
    /// <summary>The first argument of such a process (Program.cs).</summary>
    public const string Deploy = "deploy";

    /// <summary>Names a folder of the test's own in which the child keeps its state.</summary>
    public const string StateVariable = "HERMES_TEST_STATE";

    /// <summary>A deploy in this process.</summary>
    public static Ending DeployHere(ServiceInput input)
    {
        var host = HostContext.Resolve(Environment.GetEnvironmentVariable);
        var (requests, problems) = RequestReader.Read([input], host);
        Assert.Empty(problems);
        if (Environment.GetEnvironmentVariable(StateVariable) is { } state)
            host = host with { StateHome = state, MachineState = Path.Combine(state, "hermes-gateway") };
        var services = new GatewayServices(host, new CliWrapProcessRunner(), TimeProvider.System);
        return Ending.Of(Assert.Single(services.Run(Operation.Deploy, requests, TestContext.Current.CancellationToken)));
    }

    /// <summary>A deploy in a process of its own.</summary>
    public static async Task<Ending> DeployThereAsync(ServiceInput input)
    {
        using var process = Start(input);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return Ending.Parse((await output).TrimEnd('\n'));
    }

    /// <summary>Starts one, and leaves it alone.</summary>
    public static Process Start(ServiceInput input) => Process.Start(new ProcessStartInfo("dotnet", ArgumentsFor(input))
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    /// <summary>The arguments with which <c>dotnet</c> becomes one.</summary>
    public static string[] ArgumentsFor(ServiceInput input) =>
    [
        "exec", typeof(Child).Assembly.Location, Deploy, input.Name, input.Program, input.Source, input.Scope, input.Arguments[0],
        string.Join('\n', input.Environment), input.TimeoutSeconds, input.StabilitySeconds,
    ];

    /// <summary>What such a process does with the arguments after the first.</summary>
    public static int Run(string[] arguments)
    {
        if (arguments is not [var name, var program, var source, var scope, var argument, var environment, var timeout, var stability]) return 64;
        Console.WriteLine(DeployHere(new ServiceInput
        {
            Name = name,
            Program = program,
            Source = source,
            Scope = scope,
            Arguments = [argument],
            Environment = [.. environment.Split('\n')],
            Revision = "r1",
            TimeoutSeconds = timeout,
            StabilitySeconds = stability,
        }));
        return 0;
    }
}
