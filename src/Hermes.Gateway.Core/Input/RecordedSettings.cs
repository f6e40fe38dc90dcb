using Hermes.Gateway.Core.Releases;

namespace Hermes.Gateway.Core.Input;

/// <summary>Converts between the settings of a project and those that are recorded with a release.</summary>
internal static class RecordedSettings
{
    /// <summary>Returns the settings of a project that fit its program.</summary>
    /// <param name="input">The project's settings.</param>
    /// <param name="managerProperties">The managers' properties that set something in a definition.</param>
    public static ReleaseSettings Of(ServiceInput input, IEnumerable<string> managerProperties) => new()
    {
        Program = input.Program,
        ReleasedAssembly = input.ReleasedAssembly,
        Arguments = input.Arguments,
        WorkingDirectory = RelativeToProject(input.WorkingDirectory, input),
        StateDirectory = input.StateDirectory,
        Environment = input.Environment.RemoveAll(IsDotnetRoot),
        EnvironmentFile = RelativeToProject(input.EnvironmentFile, input),
        User = input.User,
        Restart = input.Restart,
        RestartExitCodes = input.RestartExitCodes,
        ParkExitCodes = input.ParkExitCodes,
        HealthCheck = input.HealthCheck,
        StabilitySeconds = input.StabilitySeconds,
        Revision = input.Revision,
        ManagerProperties = managerProperties.ToImmutableSortedDictionary(
            property => property, property => input.ManagerProperties.GetValueOrDefault(property, ""), StringComparer.Ordinal),
    };

    /// <summary>Returns a project's settings with the recorded ones in their place.</summary>
    public static ServiceInput ApplyTo(this ReleaseSettings settings, ServiceInput project) => project with
    {
        // The program is dotnet then, which an update can have moved.
        Program = settings.ReleasedAssembly.Length > 0 && project.ReleasedAssembly.Length > 0 ? project.Program : settings.Program,
        ReleasedAssembly = settings.ReleasedAssembly,
        Arguments = settings.Arguments,
        WorkingDirectory = InProject(settings.WorkingDirectory, project),
        StateDirectory = settings.StateDirectory,
        Environment = settings.Environment.AddRange(project.Environment.Where(IsDotnetRoot)),
        EnvironmentFile = InProject(settings.EnvironmentFile, project),
        User = settings.User,
        Restart = settings.Restart,
        RestartExitCodes = settings.RestartExitCodes,
        ParkExitCodes = settings.ParkExitCodes,
        HealthCheck = settings.HealthCheck,
        StabilitySeconds = settings.StabilitySeconds,
        Revision = settings.Revision,
        ManagerProperties = project.ManagerProperties.SetItems(settings.ManagerProperties),
    };

    // Where the machine has its runtime, which an update can move.
    private static bool IsDotnetRoot(string entry) => entry.StartsWith("DOTNET_ROOT=", StringComparison.Ordinal);

    private static string RelativeToProject(string path, ServiceInput project) =>
        FolderOf(project) is { } folder && (path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal))
            ? Path.GetRelativePath(folder, path)
            : path;

    private static string InProject(string path, ServiceInput project) =>
        path.Length > 0 && !Path.IsPathRooted(path) && FolderOf(project) is { } folder ? Path.GetFullPath(path, folder) : path;

    private static string? FolderOf(ServiceInput project) => Path.IsPathRooted(project.Source) ? Path.GetDirectoryName(project.Source) : null;
}
