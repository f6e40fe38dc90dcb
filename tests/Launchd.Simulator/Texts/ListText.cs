using System.Globalization;
using System.Text;

namespace Launchd.Simulator.Texts;

/// <summary>What the old verb <c>list</c> prints.</summary>
internal static class ListText
{
    public static string Build(Domain domain)
    {
        var text = new StringBuilder("PID\tStatus\tLabel\n");
        foreach (var job in domain.Jobs.Values)
        {
            var processId = job.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "-";
            text.Append(
                CultureInfo.InvariantCulture, $"{processId}\t{job.LastExit?.Number ?? 0}\t{job.Definition.Label}\n");
        }

        return text.ToString();
    }

    public static string Build(Job job, Flavour flavour)
    {
        var (definition, text) = (job.Definition, new StringBuilder("{\n"));
        AddText("StandardOutPath", definition.Output);
        AddText("LimitLoadToSessionType", job.Domain.Id.Kind switch
        {
            DomainKind.System => "System",
            DomainKind.User => "Background",
            _ => "Aqua",
        });
        AddText("StandardErrorPath", definition.Error);
        AddText("Label", definition.Label);
        Add("OnDemand", IsOnDemand(job) ? "true" : "false");
        Add("LastExitStatus", (job.LastExit?.Raw & 0xff7f) ?? 0);
        if (job.ProcessId is { } processId) Add("PID", processId);
        AddText("Program", definition.EffectiveProgram);
        if (flavour.ListsArguments)
        {
            text.Append("\t\"ProgramArguments\" = (\n");
            foreach (var argument in definition.EffectiveArguments)
                text.Append(CultureInfo.InvariantCulture, $"\t\t\"{argument}\";\n");
            text.Append("\t);\n");
        }

        return text.Append("};\n").ToString();

        void AddText(string name, string? value)
        {
            if (value is not null) Add(name, $"\"{value}\"");
        }

        void Add(string name, object value) => text.Append(CultureInfo.InvariantCulture, $"\t\"{name}\" = {value};\n");
    }

    // Also a job that has ended well, and is kept alive only when it fails, waits for a demand.
    private static bool IsOnDemand(Job job) =>
        job.Definition.KeepAlive == KeepAlive.Never || job.State == JobState.NotRunning;
}
