using System.Xml.Linq;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;

/// <summary>Checks a definition file as launchd does, which rejects one without a reason (exit status 5).</summary>
internal static class PlistAcceptance
{
    /// <summary>The key under which owner and mode of the file are compared.</summary>
    public const string AccessKey = "FileAccess";

    private const int DefinitionMode = 0b110_100_100;

    /// <summary>Returns the owner and mode that a definition file must have: launchd rejects one that other accounts may
    /// write, and current versions also one with mode 0600.</summary>
    public static string RequiredAccess(uint userId) => FormatAccess(DefinitionMode, userId);

    /// <summary>Reads the owner and mode of a file; returns null when they cannot be read.</summary>
    public static string? ReadAccess(string path) => FileErrors.Ignore(fallback: null, () =>
        FileEntry.OwnerOf(path) is { } owner ? FormatAccess((int)File.GetUnixFileMode(path), owner) : null);

    /// <summary>Returns the reason why launchd would reject the file; null when there is none.</summary>
    public static string? FindProblem(DesiredService desired, uint owner)
    {
        var path = desired.DefinitionPath;
        if (!File.Exists(path)) return "it does not exist";
        if (Read(path) is not { } plist) return "it is not a valid property list";
        if (plist.GetText("Label") != desired.Definition.Label) return $"its Label is not {desired.Definition.Label}";
        if (plist.GetValue("ProgramArguments") is null && plist.GetValue("Program") is null) return "it names no program";
        return ReadAccess(path) is { } access && access != RequiredAccess(owner)
            ? $"it has {access}; launchd wants {RequiredAccess(owner)}"
            : null;
    }

    /// <summary>Reads the types of session of a job; without the key an agent is for graphical ones (launchd.plist(5)).</summary>
    public static ImmutableArray<string> ReadSessionTypes(string path) =>
        Read(path)?.GetValue("LimitLoadToSessionType") switch
        {
            null => ["Aqua"],
            var limit => limit.GetText() is { } one ? [one] : [.. limit.GetTexts()],
        };

    private static XElement? Read(string path) => FileErrors.Ignore(fallback: null, () => File.ReadAllBytes(path)) is { } bytes
        ? PlistXml.TryParse(BinaryPlist.TryConvertToXml(bytes) ?? Encoding.UTF8.GetString(bytes))
        : null;

    private static string FormatAccess(int mode, uint userId) => $"mode {FileRights.Octal(mode)}, user id {userId}";
}
