using System.Globalization;

namespace Launchd.Simulator.Verbs;

/// <summary><c>kickstart [-k] [-p] DOMAIN/LABEL</c>: starts a job now, whatever it waits for.</summary>
internal static class Kickstart
{
    public static Answer Run(Call call)
    {
        var options = string.Concat(
            call.Arguments.SkipLast(1).Select(option => option.StartsWith('-') ? option[1..] : "?"));
        if (call.Arguments.Length == 0 || options.Any(option => !"kps".Contains(option))
            || Target.Parse(call.Arguments[^1]) is not { Label: { } label } target)
            return Failures.BadTarget(call, "kickstart [-k] [-p] <service-target>", isService: true);
        var what = $"Could not kickstart service \"{label}\"";
        var (domain, error) = call.Launchd.Find(target.Domain);
        if (domain is null) return Failures.Domain(what, target.Domain, error);
        if (call.IsProtected(label)) return Failures.Coded(what, ExitCode.Protected);
        if (!domain.Jobs.TryGetValue(label, out var job)) return Failures.NoService(target.Domain, label);
        if (call.IsForbidden(target.Domain)) return Failures.Coded(what, ExitCode.NotPermitted);

        // In the middle of a teardown the service cannot be started, and the tool does not print this code.
        var kill = options.Contains('k');
        if (job.IsLeaving || (job.State == JobState.Terminating && !kill)) return new Answer(ExitCode.Already);
        Start(call, job, kill);
        if (!options.Contains('p') || job.ProcessId is not { } processId) return Answer.Ok;
        var number = processId.ToString(CultureInfo.InvariantCulture);
        return new Answer(0, Out: call.Request.IsTerminal ? $"service spawned with pid: {number}\n" : $"{number}\n");
    }

    private static void Start(Call call, Job job, bool kill)
    {
        if (!kill || job.ProcessId is null)
        {
            job.Start("non-ipc demand");
            return;
        }

        // The tool waits for the new process, and so for the end of the old one.
        var runs = job.Runs;
        job.Restart();
        call.Launchd.Await(() => job.Runs > runs || job.IsLeaving);
    }
}
