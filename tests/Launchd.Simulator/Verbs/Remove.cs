namespace Launchd.Simulator.Verbs;

/// <summary><c>remove LABEL</c>: unloads; to have nothing to unload is success.</summary>
internal static class Remove
{
    public static Answer Run(Call call)
    {
        if (call.Arguments is not [var label]) return Failures.Usage("remove <service-name>");
        var domain = call.OwnDomain();
        if (call.IsProtected(label) || call.IsForbidden(domain.Id))
            return new Answer(ExitCode.NotPermitted, Error: "Not privileged to remove service.\n");
        if (domain.Jobs.TryGetValue(label, out var job)) job.Leave(call.Fault.Settle, null);
        return Answer.Ok;
    }
}
