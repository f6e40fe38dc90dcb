using System.Security.Cryptography;
using System.Text.Json;
using Hermes.Gateway.Core.Input;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Integration.Tests.Robustness;

/// <summary>The releases of an observed service, as they are on disk: read without the code under test.</summary>
internal static class ObservedRelease
{
    private const string Program = "app.sh";

    /// <summary>Publishes a version, and returns the input that releases it.</summary>
    // One file: with more, other threads than the traced one copy them.
    public static ServiceInput InputFor(ObservedService service, int version)
    {
        var folder = Directory.CreateDirectory(Path.Combine(service.Scratch, "published")).FullName;
        ProgramFile.Write(Path.Combine(folder, Program), $"{ServiceUnderTest.LongRunningProgram}# version {version}\n");
        return service.InputFor("released") with
        {
            Releases = "true", PublishedFolder = folder, ReleaseRoot = Path.Combine(service.Scratch, "releases"), Program = Program, Revision = "",
        };
    }

    /// <summary>Deploys a version.</summary>
    public static ServiceReport Deploy(ObservedService service, int version) => service.Run(Operation.Deploy, InputFor(service, version));

    /// <summary>Returns the folder of the release to which the definition points; null when it points to none.</summary>
    /// <param name="service">The service.</param>
    /// <param name="other">Any release of the service.</param>
    public static string? FindTarget(ObservedService service, string other)
    {
        var definition = File.ReadAllText(service.DefinitionPath);
        return Directory.GetDirectories(Path.GetDirectoryName(other)!).SingleOrDefault(
            folder => definition.Contains($"{folder}/{Program}", StringComparison.Ordinal));
    }

    /// <summary>Compares a release with the hashes in its manifest; null when it is complete and unchanged.</summary>
    public static string? FindDamage(string release)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(release, "service.json")));
        foreach (var file in manifest.RootElement.GetProperty("files").EnumerateArray())
        {
            var path = Path.Combine(release, file.GetProperty("path").GetString()!);
            if (!File.Exists(path)) return $"{path} is missing";
            if (Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) != file.GetProperty("hash").GetString())
                return $"{path} is not as it was published";
        }

        return null;
    }

    /// <summary>Compares the machine with the report of an operation that succeeded; null when they agree.</summary>
    public static string? FindProblemAfter(ServiceReport report)
    {
        if (report.Outcome is not (Outcome.Changed or Outcome.Unchanged)) return string.Join('\n', ReportText.Details(report));
        if (FindDamage(report.Release) is { } damage) return damage;
        var link = new FileInfo(Path.Combine(report.Release, "..", "..", "current")).ResolveLinkTarget(returnFinalTarget: true)?.FullName;
        if (link != report.Release) return $"the link to the current release leads to {link}";
        if (Manager.WorkingDirectory(report.ProcessId!.Value) != report.Release) return "another release runs";
        return Directory.GetDirectories(Path.GetDirectoryName(report.Release)!, ".*") is [var litter, ..] ? $"{litter} is left" : null;
    }
}
