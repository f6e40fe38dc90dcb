using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Operations.Verifying;

/// <summary>The finding that a live process could not be started again.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="IsCause">Whether what is missing belongs to the desired definition, so that it is the cause of other findings: without
/// its program, a definition looks stale too.</param>
internal sealed record UnrestartableProcess(Finding Finding, bool IsCause);

/// <summary>Finds what no layer shows while all of them agree: a process that could not be started again, one that is older than its
/// files, and processes that are left after the main one ended.</summary>
internal static class ProcessFindings
{
    // The start time of a process is counted in clock ticks since boot, the time of a file in wall-clock time.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>An error if the live process could not be started again. Without a process, the manager's own errors say why.</summary>
    public static UnrestartableProcess? FindUnrestartable(Comparison now, ServiceRequest request, HostContext host) =>
        now.Observation.Running.ProcessId is { } process && FindUnusableFile(now, host) is { } file
            ? new UnrestartableProcess(
                DiagnosticCatalog.DeadDefinition.Error(
                    $"{now.Desired.Definition.Name} still runs (pid {process}), but could not be started again: {file.Problem}.",
                    file.IsDesired ? file.Repair : request.DeployCommand),
                file.IsDesired)
            : null;

    /// <summary>A warning if the process is older than its program or its definition. Only a warning, because a newer file can have the
    /// same content.</summary>
    public static Finding? FindOutdated(Comparison now, ServiceRequest request, DateTimeOffset time) =>
        now.Observation.Running.ProcessId is { } process && FindNewerFile(now, time) is { } newer
            ? DiagnosticCatalog.ProcessOutdated.Warning(
                $"{now.Desired.Definition.Name} (pid {process}) {newer}.",
                request.DeployCommand.Replace("-t:DeployGateway", "-t:RestartGateway", StringComparison.Ordinal))
            : null;

    /// <summary>A warning if processes of the service are left after its end: the manager will not end them.</summary>
    public static Finding? FindLeftovers(Comparison now) => now.Observation.Running is
        { LeftoverProcesses: { IsEmpty: false } left, Activity: Activity.Stopped or Activity.Failed }
        ? DiagnosticCatalog.ProcessesLeft.Warning(
            $"{now.Desired.Definition.Name} has ended, but processes that it started are left: "
            + $"{string.Join(", ", left)}.",
            $"ps -f -p {string.Join(',', left.Select(process => process.ProcessId))}")
        : null;

    private static (string Problem, string Repair, bool IsDesired)? FindUnusableFile(Comparison now, HostContext host)
    {
        // Only a definition of ours shows what the next start would run.
        if (now.Observation.Installed.Content is not { Stamp: not null } content) return null;
        // A drop-in may start another program elsewhere, with other files.
        var keys = now.Observation.Loaded.DropIns.IsEmpty ? content.Keys : now.Observation.Loaded.Keys;
        var definition = now.Desired.Definition;
        var check = new PathCheck(judgesRights: host.IsRoot || definition.Scope == ServiceScope.User);
        if (Problem("Program", check.FindProgramProblem) is { } program)
            return (program, $"dotnet build {ShellText.Quote([definition.Source])}{(now.Desired.Release is null ? "" : " -t:Deploy")}", IsDesired("Program"));
        if (Problem("WorkingDirectory", check.FindFolderProblem) is { } folder)
            return (folder, $"mkdir -p {Quoted("WorkingDirectory")}", IsDesired("WorkingDirectory"));
        if (Problem("EnvironmentFile", check.FindEnvironmentFileProblem) is { } file)
            return (file, $"ls -l {Quoted("EnvironmentFile")}", IsDesired("EnvironmentFile"));
        foreach (var log in now.Desired.Rules.LogFileKeys)
            if (Problem(log, check.FindLogProblem) is { } unusable)
                return (unusable, Directory.Exists(Path.GetDirectoryName(keys[log]))
                    ? $"ls -ld {Quoted(log)}"
                    : $"mkdir -p {ShellText.Quote([Path.GetDirectoryName(keys[log])!])}", IsDesired(log));
        // Whether the account could run another program than the desired one is not known.
        return !now.Observation.HasOtherRights && now.States.Installed == InstalledState.Current
            && ServiceAccount.Find(definition, host, now.Desired.Rules.ServiceReadsEnvironmentFile) is { } closed
                ? (closed.Message.TrimEnd('.'), closed.Advice!, true)
                : null;

        string? Problem(string key, Func<string, string?> find) =>
            keys.GetValueOrDefault(key) is ['/', ..] path ? find(path) : null;

        bool IsDesired(string key) => keys[key] == now.Desired.Keys.GetValueOrDefault(key);

        string Quoted(string key) => ShellText.Quote([keys[key]]);
    }

    private static string? FindNewerFile(Comparison now, DateTimeOffset time)
    {
        var (seen, definition) = (now.Observation, now.Desired.Definition);
        // Only a current process can be outdated; a process with another stamp is already reported as stale.
        if (now.States.Running != RunningState.Current || seen.Running.StartedAt is not { } start) return null;
        // A fingerprint is of the content: newer files of the same content change nothing.
        if (!IsFingerprint(definition.Revision)
            && ProgramFiles.AssembliesOf(definition).Prepend(definition.Program).FirstOrDefault(IsNewer) is { } code)
            return $"is older than its program: {code} was written after the process was started";
        // The stamp covers our own keys only.
        if (seen.Installed.Content is not { Foreign: { IsEmpty: false } foreign } || !IsNewer(seen.DefinitionPath)) return null;
        return $"is older than its definition: {seen.DefinitionPath} was written after the process was started, and has "
            + $"directives of the operator that may not be in effect ({Shortened.Names([.. foreign.Select(SecretNames.NameOnly)], ", ")})";

        // A time in the future is that of a wrong clock.
        bool IsNewer(string path) =>
            File.Exists(path) && File.GetLastWriteTimeUtc(path) is var written
            && written > start.UtcDateTime + Tolerance && written <= time.UtcDateTime + Tolerance;
    }

    private static bool IsFingerprint(string revision) => revision.Length == 16 && revision.All(char.IsAsciiHexDigitLower);
}
