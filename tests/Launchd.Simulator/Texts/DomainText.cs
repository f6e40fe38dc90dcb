using System.Globalization;

namespace Launchd.Simulator.Texts;

/// <summary>What <c>print DOMAIN</c> and <c>print-disabled</c> print.</summary>
internal static class DomainText
{
    public static string Build(Domain domain, SortedDictionary<string, bool> overrides, Flavour flavour)
    {
        var text = new PropertyText().Open(domain.Id.ToString());
        text.Add("type", domain.Type);
        text.Add("handle", domain.Id.Kind == DomainKind.User ? domain.Id.UserId : domain.SessionId);
        text.Add("active count", domain.Jobs.Count);
        text.Add("service count", domain.Jobs.Count);
        text.Add("active service count", domain.Jobs.Values.Count(job => job.ProcessId is not null));
        text.Blank();
        text.Block("services", domain.Jobs.Values.Select(Row)).Blank();
        AddOverrides(text, overrides, flavour).Blank();
        return text.Close().ToString();
    }

    /// <summary>Only the overrides.</summary>
    public static string Build(SortedDictionary<string, bool> overrides, Flavour flavour)
    {
        if (!flavour.OverridesAreWords) return AddOverrides(new PropertyText(), overrides, flavour).ToString();
        var text = new PropertyText(depth: 1).Blank();
        return AddOverrides(text, overrides, flavour).Block("login item associations", []).ToString();
    }

    private static PropertyText AddOverrides(
        PropertyText text, SortedDictionary<string, bool> overrides, Flavour flavour) =>
        text.Block("disabled services", overrides.Select(entry => $"\"{entry.Key}\" => {Word(entry.Value, flavour)}"));

    private static string Word(bool disabled, Flavour flavour) => (flavour.OverridesAreWords, disabled) switch
    {
        (true, true) => "disabled",
        (true, false) => "enabled",
        (false, true) => "true",
        (false, false) => "false",
    };

    private static string Row(Job job)
    {
        var exit = job.LastExit?.Number.ToString(CultureInfo.InvariantCulture) ?? "-";
        return string.Create(
            CultureInfo.InvariantCulture, $"{job.ProcessId ?? 0,8} {exit,6} \t{job.Definition.Label}");
    }
}
