using System.Text.Json;

namespace Launchd.Simulator;

/// <summary>What <c>enable</c> and <c>disable</c> have set: one file for each user, as launchd has it. It outlives the
/// jobs, their plists and the keeper.</summary>
internal sealed class Overrides(string state)
{
    /// <summary>The overrides of a domain by label; true means disabled.</summary>
    public SortedDictionary<string, bool> Read(DomainId domain)
    {
        var overrides = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        if (JsonFile.Read(PathFor(domain)) is { } json)
            foreach (var property in json.EnumerateObject())
                overrides[property.Name] = property.Value.GetBoolean();
        return overrides;
    }

    public void Set(DomainId domain, string label, bool disabled)
    {
        var overrides = Read(domain);
        overrides[label] = disabled;
        var path = PathFor(domain);
        using (var file = File.Create(path + ".new"))
        using (var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            foreach (var (name, value) in overrides) json.WriteBoolean(name, value);
            json.WriteEndObject();
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    // gui/501 and user/501 share theirs; the system's are not those of root's own user domain.
    private string PathFor(DomainId domain) => Path.Combine(
        state, domain.Kind == DomainKind.System ? "disabled.system.json" : $"disabled.{domain.UserId}.json");
}
