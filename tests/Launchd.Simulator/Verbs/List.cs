using Launchd.Simulator.Texts;

namespace Launchd.Simulator.Verbs;

/// <summary><c>list [LABEL]</c>: sees only the domain of the caller's own session.</summary>
internal static class List
{
    public static Answer Run(Call call)
    {
        var domain = call.OwnDomain();
        return call.Arguments switch
        {
            [] => new Answer(0, Out: ListText.Build(domain)),
            [var label] when domain.Jobs.TryGetValue(label, out var job) =>
                new Answer(0, Out: ListText.Build(job, call.Flavour)),
            [var label] => new Answer(
                ExitCode.NoService, Error: $"Could not find service \"{label}\" in domain for port\n"),
            _ => Failures.Usage("list [service-name]"),
        };
    }
}
