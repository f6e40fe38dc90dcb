using Launchd.Simulator;

// One executable, two roles: the tool that is called, and the launchd that it talks to.
var state = Environment.GetEnvironmentVariable("LAUNCHD_SIMULATOR_STATE");
if (state is null || !Path.IsPathFullyQualified(state) || !Directory.Exists(state))
{
    Console.Error.Write(
        "launchctl (simulator): LAUNCHD_SIMULATOR_STATE must be the absolute path of an existing folder.\n");
    return ExitCode.Software;
}

var rendezvous = new Rendezvous(state);
return args is [Rendezvous.KeeperArgument] ? Keeper.Run(rendezvous) : Client.Run(rendezvous, args);
