using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Releases;

namespace Hermes.Gateway.Core.Operations.Admitting;

/// <summary>Checks, before anything is changed, that a definition can work on this machine.</summary>
internal static class Preflight
{
    /// <summary>Returns everything that forbids the operation on a service. <paramref name="commandFolders"/> are searched for
    /// commands of the host after the search path; null for the usual ones.</summary>
    public static IEnumerable<Finding> Check(
        Operation operation, ServiceRequest request, HostContext host, IReadOnlyList<string>? commandFolders = null)
    {
        var definition = request.Definition;
        if (operation.MayChange && definition.Scope == ServiceScope.System && !host.IsRoot)
            yield return DiagnosticCatalog.NotRoot.Error(
                $"{definition.Name} is in system scope, which only root may change.",
                // This target builds nothing, so nothing of root's is left in the project's folders.
                $"sudo {request.DeployCommand}");
        if (operation.MayChange && definition.Scope == ServiceScope.User && host.ForeignStateOwner is { } owner)
            yield return DiagnosticCatalog.HomeOfAnother.Error(
                $"root runs this with the home of {owner} (HOME or XDG_STATE_HOME, as sudo -E leaves them: {host.StateHome}). It would "
                + $"leave files there that {owner} could not change any more. Nothing was changed.",
                $"run this as {owner}, without sudo, if that user's services are meant; with root's own home (sudo -H) if root's are");
        if (!operation.Goal.IncludesDefinition()) yield break;

        foreach (var obstacle in request.Obstacles) yield return obstacle;
        // The other findings would be consequences of these.
        if (!request.Obstacles.IsEmpty) yield break;

        if (request.Release is { } wanted && FindReleaseProblem(operation, request, wanted, host) is { } notReleased)
        {
            yield return notReleased;
            if (notReleased.Severity == Severity.Error) yield break;
        }

        if (request.Release is { UnusedSettings: not null, IsManualRollback: false })
            yield return DiagnosticCatalog.SettingsNotUsed.Warning(
                $"{definition.Name} runs with the settings that belong to release {request.Release.Revision}. Those of the project are others; they "
                + "take effect when it is deployed.",
                $"dotnet build {ShellText.Quote([definition.Source])} -t:Deploy");
        if (request.Release is { IsBuildNewer: true }) yield break;
        // The release may not be on disk yet, so its files are looked up among the published ones.
        var release = request.Release is { Content: not null } made ? made : null;
        if (!HasFile(release, definition.Program))
            yield return DiagnosticCatalog.ProgramMissing.Error(
                $"there is no program at {definition.Program} (HermesGatewayProgram).",
                $"dotnet build {ShellText.Quote([definition.Source])}");
        else if (!IsExecutable(release, definition.Program))
            yield return DiagnosticCatalog.ProgramNotExecutable.Error(
                $"{definition.Program} (HermesGatewayProgram) is not executable.",
                $"chmod +x {ShellText.Quote([SourceOf(release, definition.Program)])}");
        // The folder of a program that was never built is missing with it: one problem, not two.
        var isOneProblem = !HasFile(release, definition.Program) && definition.WorkingDirectory == Path.GetDirectoryName(definition.Program);
        if (!HasFolder(release, definition.WorkingDirectory) && !isOneProblem)
            yield return DiagnosticCatalog.WorkingDirectoryUnusable.Error(
                $"{definition.WorkingDirectory} (HermesGatewayWorkingDirectory) is not a folder that can be entered.",
                $"mkdir -p {ShellText.Quote([definition.WorkingDirectory])}");
        if (definition.EnvironmentFile is { } file && !File.Exists(file))
            yield return DiagnosticCatalog.EnvironmentFileUnusable.Error(
                $"{file} (HermesGatewayEnvironmentFile) does not exist or cannot be read.",
                $"ls -l {ShellText.Quote([file])}");
        if (operation.Goal.IncludesProcess() && request.Health is { } health)
        {
            HealthCheckAccount.Find(health, definition, host, out var problem, commandFolders);
            // A caller who is not root is refused anyway, and a missing account may be one that the manager makes up.
            if (problem == AccountCommandProblem.NoCommand)
                yield return HealthCheckAccount.Report(problem, operation, request, host);
        }
    }

    private static Finding? FindReleaseProblem(Operation operation, ServiceRequest request, ServiceRelease release, HostContext host)
    {
        var definition = request.Definition;
        if (release.Problem is { } problem)
            return DiagnosticCatalog.NothingToRelease.Error(
                $"the files to release of {definition.Name} cannot be read: {problem} Nothing was changed.",
                $"dotnet build {ShellText.Quote([definition.Source])} -t:Deploy");
        if (operation.MayChange && release.IsBuildNewer)
            return DiagnosticCatalog.NothingToRelease.Error(
                $"the current build of {definition.Source} is not published, so no release of it can be made. Nothing was changed.",
                // Root would leave files of its own among those of the project's owner.
                host.InvokingUser is null
                    ? $"dotnet build {ShellText.Quote([definition.Source])} -t:Deploy"
                    : $"as {host.InvokingUser}: dotnet build {ShellText.Quote([definition.Source])} -t:PublishGateway; then this again");
        // What a plan would release is known only when the build is published.
        if (release.Content is not null || release.IsBuildNewer) return null;
        var build = $"dotnet build {ShellText.Quote([definition.Source])} -t:Deploy";
        if (!Directory.Exists(release.Folder))
            return DiagnosticCatalog.NothingToRelease.Error($"{definition.Name} has no release yet, and there are no published files to make one of.", build);
        // A start, a restart or a rollback is not expected to bring new code.
        return operation.Enable && !release.IsManualRollback
            ? DiagnosticCatalog.NothingToRelease.Warning(
                $"there is no build of {definition.Source}; {definition.Name} stays at release {release.Revision}.", build)
            : null;
    }

    private static bool HasFile(ServiceRelease? release, string path) =>
        release?.Contains(path) == true ? release.FindFile(path) is not null : File.Exists(path);

    private static bool IsExecutable(ServiceRelease? release, string path) =>
        release?.Contains(path) == true ? release.FindFile(path) is { IsExecutable: true } : HostContext.IsExecutableFile(path);

    // The published file that a file of the release is copied from.
    private static string SourceOf(ServiceRelease? release, string path) =>
        release?.Contains(path) == true ? Path.Combine(release.Content!.Folder, Path.GetRelativePath(release.Folder, path)) : path;

    private static bool HasFolder(ServiceRelease? release, string path) => release?.Contains(path) == true
        ? release.Content!.Files.Any(file => RealPath.IsInside(Path.Combine(release.Folder, file.Path), path))
        : Directory.Exists(path);
}
