using Hermes.Gateway.Core.ServiceManagers.Launchd;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd;

public class FailedLaunchctlCall
{
    private const string Input = "Bootstrap failed: 5: Input/output error\n";
    private const string Hint = "Try re-running the command as root for richer errors.\n";
    private const string Plist = "/Users/me/Library/LaunchAgents/net.example.gateway.plist";
    private const string NoService = "Could not find service \"net.example.gateway\" in domain for ";
    private const string Kickstart = "Could not kickstart service \"net.example.gateway\": ";
    private const string Bootstrapped = ": service already bootstrapped\n";
    private const string Started = "37: Operation already in progress\n";
    private const string Action = "125: Domain does not support specified action\n";
    private const string Integrity = "150: Operation not permitted while System Integrity Protection is engaged\n";

    [Theory]
    // launchctl gives callers other than root status 5 for nearly every failure.
    [InlineData("bootstrap", 5, Input, "Unexplained")]
    [InlineData("bootstrap", 5, Input + Hint, "Unexplained")]
    [InlineData("bootstrap", 5, "", "Unexplained")]
    // The label is loaded, or its job still terminates.
    [InlineData("bootstrap", 37, Plist + Bootstrapped + "Bootstrap failed: " + Started, "AlreadyLoaded")]
    [InlineData("bootstrap", 37, "Bootstrap failed: " + Started, "AlreadyLoaded")]
    [InlineData("bootstrap", 133, Plist + Bootstrapped, "AlreadyLoaded")]
    [InlineData("bootstrap", 17, "Bootstrap failed: 17: File exists\n", "AlreadyLoaded")]
    [InlineData("bootstrap", 36, "Bootstrap failed: 36: Operation now in progress\n", "InProgress")]
    // The label is disabled.
    [InlineData("bootstrap", 119, "Bootstrap failed: 119: Service is disabled\n", "Disabled")]
    [InlineData(
        "bootstrap", 119,
        Plist + ": Service is disabled\nBootstrap failed: 119: Service is disabled\n", "Disabled")]
    [InlineData("bootstrap", 5, "Bootstrap failed: 119: Service is disabled\n", "Disabled")]
    [InlineData("bootstrap", 119, "", "Disabled")]
    // launchd rejects the definition.
    [InlineData("bootstrap", 5, Plist + ": Invalid property list\n" + Input, "InvalidDefinition")]
    [InlineData("bootstrap", 133, Plist + ": Invalid property list\n", "InvalidDefinition")]
    [InlineData("bootstrap", 109, "Bootstrap failed: 109: Invalid property list\n", "InvalidDefinition")]
    [InlineData(
        "bootstrap", 110,
        "Bootstrap failed: 110: Invalid or missing service identifier\n", "InvalidDefinition")]
    [InlineData("bootstrap", 5, Plist + ": Invalid or missing Program/ProgramArguments\n" + Input, "InvalidDefinition")]
    [InlineData("bootstrap", 5, Plist + ": Path had bad ownership/permissions\n" + Input, "BadOwnership")]
    [InlineData("bootstrap", 122, "Bootstrap failed: 122: Path had bad ownership/permissions\n", "BadOwnership")]
    // The domain is missing or unsuitable.
    [InlineData("bootstrap", 125, "Bootstrap failed: " + Action, "UnsupportedByDomain")]
    [InlineData("bootstrap", 112, "Could not find domain for user gui: 9999\n", "NoSuchDomain")]
    [InlineData("bootstrap", 125, "Could not find domain for user gui: 9999\n", "NoSuchDomain")]
    [InlineData("bootstrap", 134, "Bootstrap failed: 134: Service cannot load in requested session\n", "WrongSession")]
    [InlineData("bootstrap", 5, Plist + ": Service cannot load in requested session\n" + Input, "WrongSession")]
    [InlineData("bootstrap", 124, "Bootstrap failed: 124: Domain is tearing down\n", "DomainTearingDown")]
    [InlineData("bootstrap", 146, "Bootstrap failed: 146: Domain is in on-demand-only mode\n", "OnDemandOnly")]
    [InlineData(
        "bootstrap", 155,
        "Bootstrap failed: 155: Refusing to execute/trust quarantined program/file\n", "Protected")]
    [InlineData("bootstrap", 1, "Bootstrap failed: 1: Operation not permitted\n", "NotPermitted")]
    // bootout
    [InlineData("bootout", 36, "Boot-out failed: 36: Operation now in progress\n", "InProgress")]
    [InlineData("bootout", 3, "Boot-out failed: 3: No such process\n", "NotLoaded")]
    [InlineData("bootout", 113, NoService + "user gui: 501\n", "NotLoaded")]
    [InlineData("bootout", 5, "Boot-out failed: 5: Input/output error\n" + Hint, "Unexplained")]
    [InlineData(
        "bootout", 64,
        "Unrecognized target specifier.\nUsage: launchctl bootout <domain-target> [service-path1, …]\n", "Usage")]
    [InlineData("bootout", 125, "Boot-out failed: " + Action, "UnsupportedByDomain")]
    [InlineData("bootout", 150, "Boot-out failed: " + Integrity, "Protected")]
    // kickstart
    [InlineData("kickstart", 37, "", "InProgress")]
    [InlineData("kickstart", 37, Kickstart + Started, "InProgress")]
    [InlineData("kickstart", 113, NoService + "user gui: 501\n", "NotLoaded")]
    [InlineData("kickstart", 3, Kickstart + "3: No such process\n", "NotLoaded")]
    [InlineData("kickstart", 119, Kickstart + "119: Service is disabled\n", "Disabled")]
    [InlineData("kickstart", 125, Kickstart + Action, "UnsupportedByDomain")]
    [InlineData("kickstart", 1, Kickstart + "1: Operation not permitted\n", "NotPermitted")]
    [InlineData("kickstart", 150, Kickstart + Integrity, "Protected")]
    // print and print-disabled
    [InlineData("print", 113, "Bad request.\n" + NoService + "user gui: 501\n", "NotLoaded")]
    [InlineData("print", 113, NoService + "uid: 501\n", "NotLoaded")]
    [InlineData("print", 64, "Unrecognized target specifier, did you mean system/net.example.gateway\n", "Usage")]
    [InlineData("print", 64, "Usage: launchctl print <domain-target> | <service-target>\n", "Usage")]
    [InlineData("print", 112, "Bad request.\nCould not find domain for user gui: 501\n", "NoSuchDomain")]
    [InlineData("print", 113, "Could not find domain for user gui: 501\n", "NoSuchDomain")]
    [InlineData("print", 125, "Could not print domain: " + Action, "UnsupportedByDomain")]
    [InlineData("print", 1, "", "NotPermitted")]
    [InlineData("print-disabled", 125, "Could not print domain: " + Action, "UnsupportedByDomain")]
    // enable and disable
    [InlineData("enable", 125, "Could not enable service: " + Action, "UnsupportedByDomain")]
    [InlineData("enable", 1, "Could not enable service: 1: Operation not permitted\n", "NotPermitted")]
    [InlineData("disable", 1, "Could not disable service: 1: Operation not permitted\n", "NotPermitted")]
    // Legacy verbs
    [InlineData("start", 3, "", "NotLoaded")]
    [InlineData("start", 1, "", "NotPermitted")]
    [InlineData("stop", 3, "", "NotLoaded")]
    [InlineData("stop", 1, "Not privileged to stop service.\n", "NotPermitted")]
    [InlineData("remove", 1, "Not privileged to remove service.\n", "NotPermitted")]
    [InlineData("list", 113, NoService + "port\n", "NotLoaded")]
    [InlineData("load", 134, "Load failed: 134: Service cannot load in requested session\n", "WrongSession")]
    [InlineData("load", 1, Plist + ": service already loaded\n", "AlreadyLoaded")]
    // An unknown verb
    [InlineData("boostrap", 1, "Unrecognized subcommand: boostrap\n", "Usage")]
    public void Is_classified_by_its_message_and_exit_status(string verb, int exitCode, string error, string cause) =>
        Assert.Equal(cause, LaunchctlErrors.Classify(verb, Result(CommandEnd.Exited, exitCode, error)).ToString());

    [Theory]
    [InlineData("bootstrap", "")]
    [InlineData("bootout", "")]
    [InlineData(
        "load", "Load failed: 5: Input/output error\nTry running `launchctl bootstrap` as root for richer errors.\n")]
    [InlineData("load", Plist + ": service already loaded\n")]
    public void Exit_status_0_is_no_failure(string verb, string error) =>
        Assert.Equal(LaunchctlFailure.None, LaunchctlErrors.Classify(verb, Result(CommandEnd.Exited, 0, error)));

    [Theory]
    [InlineData(133)]
    [InlineData(134)]
    [InlineData(137)]
    [InlineData(139)]
    [InlineData(143)]
    [InlineData(150)]
    public void Exit_status_that_may_be_of_a_signal_is_unexplained(int exitCode) =>
        Assert.Equal(
            LaunchctlFailure.Unexplained, LaunchctlErrors.Classify("bootstrap", Result(CommandEnd.Exited, exitCode, "")));

    [Theory]
    [InlineData(CommandEnd.TimedOut)]
    [InlineData(CommandEnd.Canceled)]
    [InlineData(CommandEnd.NotStarted)]
    public void Missing_exit_status_is_unexplained(CommandEnd end) => Assert.Equal(
        LaunchctlFailure.Unexplained, LaunchctlErrors.Classify("print", Result(end, null, NoService + "user gui: 501\n")));

    [Fact]
    public void Error_text_within_a_path_is_ignored() => Assert.Equal(
        LaunchctlFailure.BadOwnership,
        LaunchctlErrors.Classify("bootstrap", Result(
            CommandEnd.Exited,
            5,
            "/a failed: 119: Service is disabled.plist: Path had bad ownership/permissions\n" + Input)));

    [Theory]
    [InlineData(5, "5: Input/output error")]
    [InlineData(37, "37: Operation already in progress")]
    [InlineData(113, "113: Could not find specified service")]
    [InlineData(119, "119: Service is disabled")]
    [InlineData(125, "125: Domain does not support specified action")]
    [InlineData(9999, null)]
    public void Error_code_is_described_as_by_launchctl_error(int code, string? text) =>
        Assert.Equal(text, LaunchctlErrors.Describe(code));

    private static CommandResult Result(CommandEnd end, int? exitCode, string error) => new()
    {
        Request = new CommandRequest { Program = "/bin/launchctl", Timeout = TimeSpan.FromSeconds(1) },
        End = end,
        ExitCode = exitCode,
        StandardError = error,
    };
}
