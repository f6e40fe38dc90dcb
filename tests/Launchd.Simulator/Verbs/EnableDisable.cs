namespace Launchd.Simulator.Verbs;

/// <summary><c>enable DOMAIN/LABEL</c> and <c>disable DOMAIN/LABEL</c>: silent, also for labels nobody knows.</summary>
internal static class EnableDisable
{
    public static Answer Run(Call call, bool disabled)
    {
        if (call.Arguments is not [var specifier] || Target.Parse(specifier) is not { Label: { } label } target)
            return Failures.BadTarget(call, $"{call.Verb} <service-target>", isService: true);
        var what = $"Could not {call.Verb} service";
        if (call.Launchd.Find(target.Domain).Domain is null)
            return Failures.Coded(what, ExitCode.DomainUnsupported);
        if (call.IsProtected(label)) return Failures.Coded(what, ExitCode.Protected);
        if (call.IsForbidden(target.Domain)) return Failures.Coded(what, ExitCode.NotPermitted);
        call.Launchd.Overrides.Set(target.Domain, label, disabled);
        return Answer.Ok;
    }
}
