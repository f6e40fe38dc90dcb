using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Operations.Observing;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Directives with which an operator decides anew as whom a program runs, with which rights, what it is or
/// which files it sees: <c>DynamicUser=</c> needs no account, a bind mount no way to the original.</summary>
internal static partial class UnitRights
{
    private static readonly EnumerationOptions Readable = new() { IgnoreInaccessible = true };

    /// <summary>Whether there are any; what cannot be read may hold some.</summary>
    /// <param name="installed">The unit file.</param>
    /// <param name="dropIns">The drop-ins that apply to it.</param>
    public static bool AreOthers(InstalledFacts installed, IEnumerable<string> dropIns) =>
        installed.Content is { } content && content.Foreign.Any(directive => Directive().IsMatch(directive))
        || dropIns.Any(dropIn => DropInText.Read(dropIn) is not { } text || Directive().IsMatch(text));

    /// <summary>The drop-ins that will apply to a unit that the manager does not hold yet, by the folders in which it
    /// looks; those for all services among them.</summary>
    public static IEnumerable<string> DropInsOf(string unit, IEnumerable<string> unitPath) => unitPath
        .SelectMany(folder => new[] { $"{unit}.d", "service.d" }.Select(name => Path.Combine(folder, name)))
        .Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*.conf", Readable));

    [GeneratedRegex(
        @"^(\[Service\])?[ \t]*(User|DynamicUser|Group|SupplementaryGroups|PAMName|AmbientCapabilities"
        + @"|WorkingDirectory|MountImages|Exec\w+|Root\w+|Bind\w+|Extension\w+)[ \t]*=",
        RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Directive();
}
