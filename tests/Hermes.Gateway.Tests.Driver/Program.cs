using System.Globalization;
using Hermes.Gateway.Core;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Reporting;
using Hermes.Gateway.Tests.Driver;

// Runs one operation in a process of its own, for tests that let it die half-way: NAME=VALUE arguments say which, on what,
// and at which command. Prints how many commands there were, and the errors; exits with 0 when the operation succeeded.
var options = args.Select(arg => arg.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
var input = new ServiceInput
{
    Name = options["name"],
    Program = options["program"],
    Source = options["source"],
    Arguments = [options["argument"]],
    Scope = "user",
    ServiceManager = options["manager"],
    Releases = options.GetValueOrDefault("releases", ""),
    PublishedFolder = options.GetValueOrDefault("published", ""),
    ReleaseRoot = options.GetValueOrDefault("releaseroot", ""),
    ChosenRelease = options["verb"] == Operation.Rollback.Verb ? "" : null,
    Revision = options["revision"],
    StabilitySeconds = options["stability"],
    TimeoutSeconds = options["timeout"],
}.With("LaunchctlPath", options.GetValueOrDefault("launchctl", ""));
Operation[] all =
[
    Operation.Deploy, Operation.Install, Operation.Start, Operation.Restart, Operation.Stop, Operation.Rollback, Operation.Uninstall,
];
var operation = all.Single(one => one.Verb == options["verb"]);
var runner = new MortalRunner(new CliWrapProcessRunner(), Number("before"), Number("after"));
var host = HostContext.Resolve(Environment.GetEnvironmentVariable);
var (requests, problems) = RequestReader.Read([input], host);
if (!problems.IsEmpty) throw new ArgumentException(string.Join('\n', problems), nameof(args));
// On the first thread, which is the one whose system calls are counted (Driver.FileCrashes).
var reports = new GatewayServices(host, runner, TimeProvider.System).Run(operation, requests, CancellationToken.None);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{runner.Commands} commands, {reports[0].Outcome}"));
foreach (var finding in reports[0].Findings.Where(finding => finding.Severity == Severity.Error)) Console.Error.WriteLine(finding);
return reports[0].Outcome is Outcome.Changed or Outcome.Unchanged ? 0 : 1;

int? Number(string name) =>
    options.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : null;
