using Hermes.Gateway.Core.Host;

namespace Hermes.Gateway.Core.ServiceManagers.Launchd;

/// <summary>Finds out why launchd cannot spawn a job that it holds. launchd itself says only 78 (EX_CONFIG), in which
/// the program's own refusal looks the same.</summary>
internal static class SpawnObstacle
{
    private static readonly PathProblem Problem = new(judgesRights: true);

    /// <summary>The reason, as a sentence without its end; null when there is none to be seen.</summary>
    public static string? Find(PrintedJob job)
    {
        var program = job.Program ?? job.Arguments.FirstOrDefault();
        if (program is { Length: > 0 } && program[0] == '/' && Problem.OfProgram(program) is { } problem) return problem;
        if (job.WorkingDirectory is { Length: > 0 } folder && Problem.OfFolder(folder) is { } missing) return missing;
        foreach (var log in new[] { job.StandardOutPath, job.StandardErrorPath })
            if (log is { Length: > 0 } && Problem.OfLog(log) is { } unusable) return unusable;
        return null;
    }
}
