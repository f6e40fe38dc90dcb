namespace Launchd.Simulator.Verbs;

/// <summary><c>start LABEL</c> and <c>stop LABEL</c>: silent even when they fail.</summary>
internal static class StartStop
{
    public static Answer Start(Call call) => Run(call, job => job.Start("non-ipc demand"), "");

    public static Answer Stop(Call call) => Run(call, job => job.Terminate(null), "Not privileged to stop service.\n");

    private static Answer Run(Call call, Action<Job> action, string forbidden)
    {
        if (call.Arguments is not [var label]) return Failures.Usage($"{call.Verb} <service-name>");
        var domain = call.OwnDomain();
        if (call.IsProtected(label) || call.IsForbidden(domain.Id))
            return new Answer(ExitCode.NotPermitted, Error: forbidden);
        if (!domain.Jobs.TryGetValue(label, out var job)) return new Answer(ExitCode.NoSuchProcess);
        action(job);
        return Answer.Ok;
    }
}
