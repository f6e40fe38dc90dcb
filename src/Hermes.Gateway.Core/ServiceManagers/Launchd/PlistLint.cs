using System.Collections.Immutable;
using System.Text;
using System.Xml.Linq;
using Hermes.Gateway.Core.Operations.Observing;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>What launchd would have against a definition file: it names no reason itself.</summary>
internal static class PlistLint
{
    // launchd.plist(5): an agent without the key is for graphical sessions.
    private static readonly ImmutableArray<string> UsualSessions = ["Aqua"];

    /// <summary>Why launchd would refuse the file; null when nothing speaks against it.</summary>
    public static string? FindProblem(DesiredService desired, uint owner)
    {
        var path = desired.DefinitionPath;
        if (!File.Exists(path)) return "it does not exist";
        if (Read(path) is not { } plist) return "it is not a valid property list";
        if (PlistXml.Text(PlistXml.Get(plist, "Label")) != desired.Definition.Label)
            return $"its Label is not {desired.Definition.Label}";
        if (PlistXml.Get(plist, "ProgramArguments") is null && PlistXml.Get(plist, "Program") is null)
            return "it names no program";
        return PlistAccess.Of(path) is { } access && access != PlistAccess.Wanted(owner)
            ? $"it has {access}; launchd wants {PlistAccess.Wanted(owner)}"
            : null;
    }

    /// <summary>The kinds of session that a file allows its job to be loaded into.</summary>
    public static ImmutableArray<string> SessionTypesOf(string path)
    {
        if (Read(path) is not { } plist || PlistXml.Get(plist, "LimitLoadToSessionType") is not { } limit) return UsualSessions;
        return PlistXml.Text(limit) is { } one
            ? [one]
            : [.. limit.Elements().Select(PlistXml.Text).OfType<string>()];
    }

    private static XElement? Read(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            return PlistXml.TryParse(PlistBinary.TryToXml(bytes) ?? Encoding.UTF8.GetString(bytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
