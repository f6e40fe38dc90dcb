using System.Globalization;

namespace Launchd.Simulator.Texts;

/// <summary>What <c>print DOMAIN/LABEL</c> prints: fields and order of real dumps.</summary>
internal static class ServiceText
{
    public static string Build(Job job, Flavour flavour)
    {
        var text = new PropertyText();
        var definition = job.Definition;
        text.Open(flavour.PrintsOldForm ? definition.Label : $"{job.Domain.Id}/{definition.Label}");
        text.Add("active count", job.ProcessId is null ? 0 : 1);
        text.Add("path", definition.Path);
        if (!flavour.PrintsOldForm) text.Add("type", Type(job));
        text.Add("state", State(job, flavour));
        if (job.SpawnFailed && flavour.HasPenaltyBox) text.Line("service throttled by 1200 seconds");
        text.Blank();

        text.Add("program", definition.EffectiveProgram);
        if (definition.Arguments.Count > 0) text.Block("arguments", definition.Arguments).Blank();
        if (definition.WorkingDirectory is not null) text.Add("working directory", definition.WorkingDirectory).Blank();
        text.Add("stdout path", definition.Output);
        text.Add("stderr path", definition.Error);
        AddEnvironment(text, definition, flavour);

        text.Add("domain", DomainName(job, flavour));
        if (job.Domain.Id.Kind == DomainKind.System) text.Add("username", definition.UserName);
        if (job.Domain.Id.Kind == DomainKind.Gui) text.Add("asid", job.Domain.SessionId);
        text.Add("minimum runtime", definition.ThrottleInterval);
        text.Add("exit timeout", definition.ExitTimeOutIn(job.Domain.Id.Kind));
        AddRuns(text, job, flavour);
        AddTriggers(text, job, flavour);
        AddResources(text, job, flavour);
        AddProperties(text, job, flavour);
        return text.Close().ToString();
    }

    private static string State(Job job, Flavour flavour) => job.State switch
    {
        JobState.Running => "running",
        JobState.SpawnScheduled => "spawn scheduled",
        JobState.Terminating => "SIGTERMed",
        JobState.Proxy => "xpcproxy",
        _ => flavour.PrintsOldForm ? "waiting" : "not running",
    };

    private static string Type(Job job) => job.Domain.Id.Kind == DomainKind.System ? "LaunchDaemon" : "LaunchAgent";

    private static string DomainName(Job job, Flavour flavour)
    {
        var (id, session) = (job.Domain.Id, job.Domain.SessionId);
        if (flavour.PrintsOldForm)
            return id.Kind switch
            {
                DomainKind.System => "com.apple.xpc.launchd.domain.system",
                DomainKind.Gui => $"com.apple.xpc.launchd.user.domain.{id.UserId}.{session}.Aqua",
                _ => $"com.apple.xpc.launchd.domain.user.{id.UserId}",
            };
        return id.Kind == DomainKind.Gui ? $"{id} [{session}]" : id.ToString();
    }

    private static void AddEnvironment(PropertyText text, JobDefinition definition, Flavour flavour)
    {
        text.Block("inherited environment", []).Blank();
        text.Pairs("default environment", [new("PATH", JobProcess.DefaultPath)]).Blank();
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in definition.Environment) environment[name] = value;
        if (flavour.PrintsLogRateLimit) environment["OSLogRateLimit"] = "64";
        environment["XPC_SERVICE_NAME"] = definition.Label;
        text.Pairs("environment", environment).Blank();
    }

    private static void AddRuns(PropertyText text, Job job, Flavour flavour)
    {
        text.Add("runs", job.Runs);
        if (flavour.PrintsOldForm) text.Add("successive crashes", job.SuccessiveCrashes);
        text.Add("pid", job.ProcessId);
        text.Add("immediate reason", job.State == JobState.NotRunning ? null : job.Reason);
        text.Add("pended nondemand spawn", job.PendedSpawn);
        if (job.Runs > 0) text.Add("forks", 0).Add("execs", job.SpawnFailed ? 0 : 1).Add("initialized", 1);

        // A signal takes the place of the code.
        if (job.LastExit?.Signal is { } signal) text.Add("last terminating signal", StatusText.Signal(signal));
        else text.Add("last exit code", job.LastExit?.Code is { } code ? StatusText.Code(code) : "(never exited)");
        text.Blank();
    }

    private static void AddTriggers(PropertyText text, Job job, Flavour flavour)
    {
        var definition = job.Definition;
        if (definition.KeepAlive is KeepAlive.AfterSuccess or KeepAlive.AfterFailure)
            text.Pairs(
                "semaphores", [new("successful exit", definition.KeepAlive == KeepAlive.AfterSuccess ? "1" : "0")])
                .Blank();
        if (!job.SpawnFailed || !flavour.HasPenaltyBox) return;
        text.Open("event triggers");
        text.Line($"{definition.Label} => {{", then: 1);
        text.Add("keepalive", 0).Add("service", definition.Label).Add("stream", "com.apple.launchd.helper");
        text.Add("monitor", "com.apple.UserEventAgent").Open("descriptor");
        text.Line($"\"Executable\" => \"{definition.EffectiveProgram}\"").Close().Close().Close().Blank();
    }

    private static void AddResources(PropertyText text, Job job, Flavour flavour)
    {
        if (job.Runs > 0 || !flavour.HidesUnusedCoalitions)
            foreach (var kind in (string[])["resource", "jetsam"])
                text.Open($"{kind} coalition").Add("ID", 1000 + job.Runs).Add("type", kind).Add("state", "active")
                    .Add("active count", 1).Add("name", job.Definition.Label).Close().Blank();
        text.Add("spawn type", job.Definition.ProcessType switch
        {
            "Interactive" => "interactive (4)",
            "Background" => "background (5)",
            "Adaptive" => "adaptive (6)",
            _ => "daemon (3)",
        });
        text.Add("jetsam priority", 40);
        text.Add("jetsam memory limit (active)", "(unlimited)");
        text.Add("jetsam memory limit (inactive)", "(unlimited)");
        text.Add("jetsamproperties category", "daemon");
        text.Add("jetsam thread limit", 32);
        text.Add("cpumon", "default");
        text.Add("job state", job switch
        {
            { SpawnFailed: true } => "spawn failed",
            { ProcessId: not null } => "running",
            { Runs: 0 } => "uninitialized",
            _ => "exited",
        });
        if (flavour.PrintsCodeRequirement) text.Add("sanitizer flags", "(none)");
        if (flavour.PrintsGuardMalloc)
            text.Open("probabilistic guard malloc policy").Add("activation rate", "1/1000").Add("sample rate", "1/0")
                .Close();
        if (flavour.PrintsCodeRequirement) text.Blank().Block("LWCR", []);
        text.Blank();
    }

    private static void AddProperties(PropertyText text, Job job, Flavour flavour)
    {
        var definition = job.Definition;
        var properties = new List<(string Name, bool IsSet)>
        {
            ("keepalive", definition.KeepAlive == KeepAlive.Always),
            ("runatload", definition.RunAtLoad),
            ("inferred program", definition.Program is null),
            ("penalty box", job.SpawnFailed && flavour.HasPenaltyBox),
        };
        if (flavour.PrintsOldForm)
            text.Block(
                "properties",
                properties.Take(3).Select(item => string.Create(
                    CultureInfo.InvariantCulture, $"{item.Name} = {(item.IsSet ? 1 : 0)}")));
        else
            text.Add("properties", string.Join(" | ", properties.Where(item => item.IsSet).Select(item => item.Name)));
    }
}
