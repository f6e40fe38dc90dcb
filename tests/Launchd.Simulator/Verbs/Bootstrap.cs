namespace Launchd.Simulator.Verbs;

/// <summary><c>bootstrap DOMAIN PLIST…</c>: the only verb, with <c>load</c>, that reads plists.</summary>
internal static class Bootstrap
{
    private const string What = "Bootstrap failed";

    public static Answer Run(Call call)
    {
        if (call.Arguments is not [var specifier, .. { Length: > 0 } paths]
            || Target.Parse(specifier) is not { Label: null } target)
            return Failures.BadTarget(call, "bootstrap <domain-target> [service-path, service-path2, ...]");
        var (domain, error) = call.Launchd.Find(target.Domain);
        if (domain is null) return Failures.Domain(What, target.Domain, error);
        if (call.IsForbidden(target.Domain)) return InputOutput(call);

        var failures = paths.Select(call.Resolve).SelectMany(PlistReader.Expand)
            .Select(path => (Path: path, Error: Load(call, domain, path)))
            .Where(result => result.Error != 0)
            .Select(result => Complain(call, result.Path, result.Error))
            .ToList();
        return failures switch
        {
            [] => Answer.Ok,
            [var only] => only,
            _ => new Answer(ExitCode.Several, Error: string.Concat(failures.Select(failure => failure.Error))),
        };
    }

    /// <summary>Loads one plist; 0, or the code that launchd itself has for the failure.</summary>
    public static int Load(Call call, Domain domain, string path)
    {
        var (definition, error) = PlistReader.Read(path, domain.Id, call.Settings);
        if (definition is null) return error;
        if (call.IsProtected(definition.Label)) return ExitCode.Protected;
        if (domain.Jobs.ContainsKey(definition.Label)) return ExitCode.Already;
        if (call.Launchd.IsDisabled(domain.Id, definition)) return ExitCode.Disabled;
        if (!definition.MayLoadIn(domain.Id.Kind)) return ExitCode.WrongSession;

        var job = new Job(call.Launchd, domain, definition);
        domain.Jobs.Add(definition.Label, job);
        job.Load(call.Fault.Effect == FaultEffect.Idle, call.Fault.Settle);
        return 0;
    }

    private static Answer Complain(Call call, string path, int code)
    {
        if (code == ExitCode.Protected) return Failures.Coded(What, code);
        if (!call.Flavour.NamesReasons)
            return code == ExitCode.Disabled && call.Settings.DisabledExit == code
                ? Failures.Coded(What, code)
                : InputOutput(call);

        var line = $"{path}: {(code == ExitCode.Already ? call.Flavour.AlreadyLoaded : ExitCode.Text(code))}\n";
        if (code is ExitCode.InvalidPropertyList or ExitCode.InvalidLabel or ExitCode.InvalidProgram)
            return new Answer(ExitCode.Several, Error: line);
        if (code == ExitCode.Already && call.Flavour.PrintsOldForm) return new Answer(code, Error: line);
        var shown = code is ExitCode.BadOwnership or ExitCode.NoSuchFile ? ExitCode.InputOutput : code;
        var answer = Failures.Coded(What, shown);
        return answer with { Error = line + answer.Error };
    }

    private static Answer InputOutput(Call call)
    {
        var answer = Failures.Coded(What, ExitCode.InputOutput);
        return answer with { Error = answer.Error + call.Flavour.Hint };
    }
}
