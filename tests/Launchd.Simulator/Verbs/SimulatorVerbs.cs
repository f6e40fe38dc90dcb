namespace Launchd.Simulator.Verbs;

/// <summary>What the real tool does not have: <c>simulator reboot</c> (and <c>simulator shutdown</c>, which ends the
/// keeper and so is no verb).</summary>
internal static class SimulatorVerbs
{
    public static Answer Run(Call call) => call.Arguments switch
    {
        ["reboot"] => Reboot(call),
        _ => Failures.Usage("simulator shutdown | reboot"),
    };

    private static Answer Reboot(Call call)
    {
        call.Launchd.UnloadAll(null);
        var user = new DomainId(DomainKind.User, call.Settings.UserId);
        var gui = new DomainId(DomainKind.Gui, call.Settings.UserId);
        LoadAll(call, call.Settings.Daemons, new DomainId(DomainKind.System, 0));
        LoadAll(call, call.Settings.Agents, gui, user);
        return Answer.Ok;
    }

    // Nobody is there to be told: what cannot be loaded is not.
    private static void LoadAll(Call call, string? folder, params DomainId[] domains)
    {
        if (folder is null || !Directory.Exists(folder)) return;
        var existing = domains.Select(id => call.Launchd.Find(id).Domain).OfType<Domain>().ToList();
        foreach (var path in PlistReader.Expand(folder))
            _ = existing.Any(domain => Bootstrap.Load(call, domain, path) == 0);
    }
}
