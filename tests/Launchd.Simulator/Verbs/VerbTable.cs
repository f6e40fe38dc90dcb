namespace Launchd.Simulator.Verbs;

/// <summary>All verbs by name.</summary>
internal static class VerbTable
{
    private static readonly SortedDictionary<string, Func<Call, Answer>> Verbs = new(StringComparer.Ordinal)
    {
        ["bootout"] = Bootout.Run,
        ["bootstrap"] = Bootstrap.Run,
        ["disable"] = call => EnableDisable.Run(call, disabled: true),
        ["enable"] = call => EnableDisable.Run(call, disabled: false),
        ["error"] = Information.Error,
        ["help"] = _ => new Answer(0, Out: Help()),
        ["kickstart"] = Kickstart.Run,
        ["list"] = List.Run,
        ["load"] = LoadUnload.Load,
        ["managername"] = call => new Answer(0, Out: call.Settings.Session + "\n"),
        ["managerpid"] = _ => new Answer(0, Out: "1\n"),
        ["manageruid"] = Information.ManagerUserId,
        ["print"] = Print.Run,
        ["print-disabled"] = Print.Disabled,
        ["remove"] = Remove.Run,
        ["simulator"] = SimulatorVerbs.Run,
        ["start"] = StartStop.Start,
        ["stop"] = StartStop.Stop,
        ["unload"] = LoadUnload.Unload,
        ["version"] = Information.Version,
    };

    public static Answer Run(Call call) => call.Request.Arguments switch
    {
        [] => new Answer(ExitCode.NotPermitted, Error: Help()),
        [var verb, ..] when Verbs.TryGetValue(verb, out var run) => run(call),
        [var verb, ..] => new Answer(1, Out: Help(), Error: $"Unrecognized subcommand: {verb}\n"),
    };

    private static string Help() =>
        "Usage: launchctl <subcommand> ... | help [subcommand]\nSubcommands:\n"
        + string.Concat(Verbs.Keys.Where(verb => verb != "simulator").Select(verb => $"\t{verb}\n"));
}
