namespace Launchd.Simulator.Verbs;

/// <summary><c>load [-w] PLIST…</c> and <c>unload [-w] PLIST…</c>: they exit 0 whatever happens.</summary>
internal static class LoadUnload
{
    public static Answer Load(Call call) => Run(call, "Load", (domain, path, write) =>
    {
        if (write && Label(call, domain, path) is { } label)
            call.Launchd.Overrides.Set(domain.Id, label, disabled: false);
        return Bootstrap.Load(call, domain, path);
    });

    public static Answer Unload(Call call) => Run(call, "Unload", (domain, path, write) =>
    {
        if (Label(call, domain, path) is not { } label) return ExitCode.NoSuchFile;
        if (call.IsProtected(label)) return ExitCode.Protected;
        if (write) call.Launchd.Overrides.Set(domain.Id, label, disabled: true);
        if (!domain.Jobs.TryGetValue(label, out var job)) return ExitCode.NoService;
        job.Leave(call.Fault.Settle, null);
        return 0;
    });

    private static Answer Run(Call call, string what, Func<Domain, string, bool, int> action)
    {
        var options = call.Arguments.Where(argument => argument.StartsWith('-')).ToList();
        var paths = call.Arguments.Except(options).Select(call.Resolve).SelectMany(PlistReader.Expand).ToList();
        if (paths.Count == 0 || options.Any(option => option is not ("-w" or "-F" or "-wF" or "-Fw")))
            return Failures.Usage($"{call.Verb} [-wF] <service-path> [service-path2 ...]");
        var domain = call.OwnDomain();
        var write = options.Any(option => option.Contains('w'));
        return new Answer(0, Error: string.Concat(paths.Select(path =>
        {
            var code = call.IsForbidden(domain.Id) ? ExitCode.NotPermitted : action(domain, path, write);
            return Warn(call, path) + (code == 0 ? "" : Complain(call, what, path, code));
        })));
    }

    // Also when the verb succeeds.
    private static string Warn(Call call, string path)
    {
        var (caller, expected, other) = call.Settings.IsRoot
            ? ("root", "LaunchDaemons", "LaunchAgents")
            : ("user", "LaunchAgents", "LaunchDaemons");
        if (!call.Flavour.WarnsOfFolders || Path.GetFileName(Path.GetDirectoryName(path)) != other) return "";
        return $"Warning: Expecting a {expected} path since the command was ran as {caller}. Got {other} instead.\n"
            + $"`launchctl {Successor(call)}` is a recommended alternative.\n";
    }

    private static string Successor(Call call) => call.Verb == "load" ? "bootstrap" : "bootout";

    private static string Complain(Call call, string what, string path, int code)
    {
        if (call.Flavour.LegacyVerbsNameReasons)
            return $"{path}: {(code == ExitCode.Already ? "service already loaded" : ExitCode.Text(code))}\n";
        var shown = code is ExitCode.WrongSession or ExitCode.Protected ? code : ExitCode.InputOutput;
        var hint = shown == ExitCode.InputOutput && call.Flavour.HasLegacyHint
            ? $"Try running `launchctl {Successor(call)}` as root for richer errors.\n"
            : "";
        return $"{what} failed: {shown}: {ExitCode.Text(shown)}\n{hint}";
    }

    private static string? Label(Call call, Domain domain, string path) =>
        PlistReader.Read(path, domain.Id, call.Settings).Definition?.Label;
}
