using Launchd.Simulator.Texts;

namespace Launchd.Simulator.Verbs;

/// <summary><c>print DOMAIN[/LABEL]</c> and <c>print-disabled DOMAIN</c>.</summary>
internal static class Print
{
    public static Answer Run(Call call)
    {
        if (call.Arguments is not [var specifier] || Target.Parse(specifier) is not { } target)
            return Failures.BadTarget(call, "print <domain-target> | <service-target>");
        var (domain, error) = call.Launchd.Find(target.Domain);
        if (domain is null) return NoDomain(call, target.Domain, error);
        if (target.Label is null)
            return new Answer(
                0, Out: DomainText.Build(domain, call.Launchd.Overrides.Read(domain.Id), call.Flavour));
        return domain.Jobs.TryGetValue(target.Label, out var job)
            ? new Answer(0, Out: ServiceText.Build(job, call.Flavour))
            : Bad(call, Failures.NoService(target.Domain, target.Label));
    }

    public static Answer Disabled(Call call)
    {
        if (call.Arguments is not [var specifier] || Target.Parse(specifier) is not { Label: null } target)
            return Failures.BadTarget(call, "print-disabled <domain-target>");
        var (domain, error) = call.Launchd.Find(target.Domain);
        return domain is null
            ? NoDomain(call, target.Domain, error)
            : new Answer(0, Out: DomainText.Build(call.Launchd.Overrides.Read(domain.Id), call.Flavour));
    }

    private static Answer NoDomain(Call call, DomainId domain, int error) =>
        error == ExitCode.NoDomain
            ? Bad(call, Failures.NoDomain(domain))
            : Failures.Coded("Could not print domain", error);

    private static Answer Bad(Call call, Answer answer) =>
        answer with { Error = call.Flavour.BadRequest + answer.Error };
}
