using System.Globalization;
using System.Text.Json;

namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>What -getTargetResult prints of one target.</summary>
internal sealed record TargetResult(bool Succeeded, IReadOnlyList<ServiceItem> Services)
{
    /// <summary>Reads MSBuild's JSON, which must be all there is.</summary>
    public static TargetResult Read(string json, string target)
    {
        using var document = JsonDocument.Parse(json);
        var result = document.RootElement.GetProperty("TargetResults").GetProperty(target);
        return new TargetResult(
            result.GetProperty("Result").GetString() == "Success",
            [.. result.GetProperty("Items").EnumerateArray().Select(item => new ServiceItem(
                item.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!)))]);
    }
}

/// <summary>One result item.</summary>
internal sealed record ServiceItem(IReadOnlyDictionary<string, string> Metadata)
{
    // What every item has.
    private static readonly HashSet<string> WellKnown =
    [
        "Identity", "FullPath", "RootDir", "Filename", "Extension", "RelativeDir", "Directory", "RecursiveDir",
        "ModifiedTime", "CreatedTime", "AccessedTime", "DefiningProjectFullPath", "DefiningProjectDirectory",
        "DefiningProjectName", "DefiningProjectExtension", "MSBuildSourceProjectFile", "MSBuildSourceTargetName",
    ];

    /// <summary>The service.</summary>
    public string Name => Metadata["Identity"];

    /// <summary>How the operation ended.</summary>
    public string Outcome => Metadata["Outcome"];

    /// <summary>The live process.</summary>
    public int ProcessId => int.Parse(Metadata["ProcessId"], NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Installed, loaded and running.</summary>
    public string Layers => $"{Metadata["Installed"]}, {Metadata["Loaded"]}, {Metadata["Running"]}";

    /// <summary>The names of the metadata that the task set.</summary>
    public IEnumerable<string> OwnMetadata => Metadata.Keys.Where(name => !WellKnown.Contains(name));
}
