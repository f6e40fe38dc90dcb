namespace Launchd.Simulator.Verbs;

/// <summary><c>bootout DOMAIN/LABEL</c> and <c>bootout DOMAIN PLIST…</c>: answers at once; the job stays listed until
/// its process is gone.</summary>
internal static class Bootout
{
    private const string What = "Boot-out failed";

    public static Answer Run(Call call)
    {
        if (call.Arguments is not [var specifier, .. var paths] || Target.Parse(specifier) is not { } target
            || (target.Label is not null && paths.Length > 0))
            return Failures.BadTarget(
                call, "bootout <domain-target> [service-path, service-path2, ...] | <service-target>");
        var (domain, error) = call.Launchd.Find(target.Domain);
        if (domain is null) return Failures.Domain(What, target.Domain, error);
        if (target.Label is { } label && call.IsProtected(label)) return Failures.Coded(What, ExitCode.Protected);
        if (call.IsForbidden(target.Domain)) return Failures.Coded(What, ExitCode.NotPermitted);

        if (target.Label is not null) return Leave(call, domain, target.Label, ExitCode.NoSuchProcess);
        if (paths.Length == 0)
        {
            foreach (var job in domain.Jobs.Values.ToList()) job.Leave(call.Fault.Settle, null);
            return Answer.Ok;
        }

        return paths.Select(call.Resolve).SelectMany(PlistReader.Expand)
            .Select(path => LeaveByPath(call, domain, path))
            .ToList()
            .LastOrDefault(answer => answer.Exit != 0, Answer.Ok);
    }

    private static Answer LeaveByPath(Call call, Domain domain, string path)
    {
        var (definition, error) = PlistReader.Read(path, domain.Id, call.Settings);
        if (definition is not null) return Leave(call, domain, definition.Label, ExitCode.InputOutput);
        if (error != ExitCode.NoSuchFile || !call.Flavour.NamesReasons) return InputOutput(call);
        var answer = Failures.Coded(What, error);
        return answer with { Error = $"{path}: {ExitCode.Text(error)}\n{answer.Error}" };
    }

    private static Answer Leave(Call call, Domain domain, string label, int missing)
    {
        if (!domain.Jobs.TryGetValue(label, out var job))
            return missing == ExitCode.InputOutput ? InputOutput(call) : Failures.Coded(What, missing);
        var wasLeaving = job.IsLeaving;
        job.Leave(call.Fault.Settle, null);
        var isInProgress = domain.Jobs.ContainsKey(label) && (wasLeaving || call.Flavour.BootoutIsInProgress);
        return isInProgress ? Failures.Coded(What, ExitCode.InProgress) : Answer.Ok;
    }

    private static Answer InputOutput(Call call)
    {
        var answer = Failures.Coded(What, ExitCode.InputOutput);
        return answer with { Error = answer.Error + call.Flavour.Hint };
    }
}
