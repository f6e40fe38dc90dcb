using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>Finds and reads an operator's drop-ins, for what <c>systemctl show</c> does not report of them.</summary>
internal static partial class DropIns
{
    private static readonly EnumerationOptions Readable = new() { IgnoreInaccessible = true };

    /// <summary>Returns the drop-ins in one folder; empty when it does not exist or cannot be read.</summary>
    public static string[] In(string folder) =>
        FileErrors.Ignore(fallback: null, () => Directory.Exists(folder) ? Directory.GetFiles(folder, "*.conf", Readable) : null) ?? [];

    /// <summary>Returns the drop-ins that will apply to a unit that is not loaded yet, also those for all services.</summary>
    public static IEnumerable<string> Of(string unit, IEnumerable<string> unitPath) => unitPath
        .SelectMany(folder => new[] { $"{unit}.d", "service.d" }.SelectMany(name => In(Path.Combine(folder, name))));

    /// <summary>Returns a hash of the names, sizes and times of the drop-ins; empty when none exists.</summary>
    public static string Fingerprint(IEnumerable<string> paths)
    {
        var marks = paths.Select(path => new FileInfo(path)).Where(file => file.Exists)
            .Select(file => FormattableString.Invariant($"{file.FullName}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\0"));
        return string.Concat(marks) is { Length: > 0 } text
            ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]
            : "";
    }

    /// <summary>Whether a drop-in changes variables by other directives than <c>Environment=</c>, or cannot be read.</summary>
    public static bool ChangeVariablesIndirectly(IEnumerable<string> paths) => AnyMayMatch(paths, IndirectVariables());

    /// <summary>Whether an operator's directive decides as which account and with which rights the program runs, which program
    /// it is, or which files it sees; or a drop-in cannot be read.</summary>
    public static bool ChangeExecution(InstalledFacts installed, IEnumerable<string> paths) =>
        installed.Content?.Foreign.Any(directive => Execution().IsMatch(directive)) == true || AnyMayMatch(paths, Execution());

    /// <summary>Reads a drop-in, which may be a link; null when it cannot be read, or is no regular file.</summary>
    public static string? Read(string path) => FileErrors.Ignore(fallback: null, () =>
    {
        // Refuses a named pipe, for whose writer a plain open would wait.
        using var file = RegularFile.Open(RealPath.Of(path), NativeMethods.OpenMode.Read);
        if (file is null) return null;
        using var reader = new StreamReader(new FileStream(file, FileAccess.Read));
        return reader.ReadToEnd();
    });

    private static bool AnyMayMatch(IEnumerable<string> paths, Regex directives) =>
        paths.Any(path => Read(path) is not { } text || directives.IsMatch(text));

    // systemd.exec(5): the variables of files replace those of Environment=, and PAM's replace both.
    [GeneratedRegex(
        @"^(\[Service\])?[ \t]*(EnvironmentFile|PassEnvironment|UnsetEnvironment|PAMName|SetLoginEnvironment)[ \t]*=",
        RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex IndirectVariables();

    // DynamicUser= replaces the account, and a bind mount makes a file visible whose own path is not accessible.
    [GeneratedRegex(
        @"^(\[Service\])?[ \t]*(User|DynamicUser|Group|SupplementaryGroups|PAMName|AmbientCapabilities"
        + @"|WorkingDirectory|MountImages|Exec\w+|Root\w+|Bind\w+|Extension\w+)[ \t]*=",
        RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Execution();
}
