namespace Launchd.Simulator.Verbs;

/// <summary>The complaints that several verbs share.</summary>
internal static class Failures
{
    private const string ServiceTarget =
        " <service-target> takes a form of <domain-target>/<service-id>.\n"
        + "Please refer to `man launchctl` for explanation of the <domain-target> specifiers.";

    public static Answer Usage(string usage) => new(ExitCode.Usage, Error: $"Usage: launchctl {usage}\n");

    /// <summary>The first argument is missing, or is no target.</summary>
    /// <param name="usage">How the verb is used.</param>
    /// <param name="isService">Whether it takes only services.</param>
    public static Answer BadTarget(Call call, string usage, bool isService = false)
    {
        var answer = Usage(usage);
        var complaint = $"Unrecognized target specifier.{(isService ? ServiceTarget : "")}\n";
        return call.Arguments.IsEmpty ? answer : answer with { Error = complaint + answer.Error };
    }

    public static string NoServiceText(DomainId domain, string label) =>
        $"Could not find service \"{label}\" in domain for {domain.Description}\n";

    public static Answer NoService(DomainId domain, string label) =>
        new(ExitCode.NoService, Error: NoServiceText(domain, label));

    public static Answer NoDomain(DomainId domain) =>
        new(ExitCode.NoDomain, Error: $"Could not find domain for {domain.Description}\n");

    /// <summary>A code and its text behind what the tool was about to do.</summary>
    public static Answer Coded(string what, int code) => new(code, Error: $"{what}: {code}: {ExitCode.Text(code)}\n");

    /// <summary>What a verb says when the domain does not exist.</summary>
    public static Answer Domain(string what, DomainId domain, int code) =>
        code == ExitCode.NoDomain ? NoDomain(domain) : Coded(what, code);
}
