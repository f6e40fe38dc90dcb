using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.ServiceManagers.Systemd;

/// <summary>What an operator's drop-ins say, where the manager does not tell it.</summary>
internal static partial class DropInText
{
    /// <summary>Whether any of them sets or takes away variables by other means than <c>Environment=</c>; what cannot be
    /// read may do so.</summary>
    public static bool SetOtherVariables(IEnumerable<string> dropIns) =>
        dropIns.Any(dropIn => Read(dropIn) is not { } text || OtherVariables().IsMatch(text));

    /// <summary>Which files they are, and of what size and time; empty for none.</summary>
    public static string Mark(IEnumerable<string> dropIns)
    {
        var marks = dropIns.Select(path => new FileInfo(path)).Where(file => file.Exists)
            .Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.FullName}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\0")).ToList();
        return marks.Count == 0 ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(marks))))[..16];
    }

    /// <summary>The text of one; null when it cannot be read.</summary>
    public static string? Read(string path)
    {
        try
        {
            // A drop-in may be a link. A pipe in its place is refused, not waited for.
            using var file = RegularFile.Open(RealPath.Of(path), NativeMethods.OpenMode.Read);
            if (file is null) return null;
            using var reader = new StreamReader(new FileStream(file, FileAccess.Read));
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // systemd.exec(5): files come after Environment=, and PAM after these.
    [GeneratedRegex(
        @"^(\[Service\])?[ \t]*(EnvironmentFile|PassEnvironment|UnsetEnvironment|PAMName|SetLoginEnvironment)[ \t]*=",
        RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex OtherVariables();
}
