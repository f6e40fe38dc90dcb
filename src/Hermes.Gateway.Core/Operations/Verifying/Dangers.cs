using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations.Comparing;
using Hermes.Gateway.Core.Operations.Observing;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Reporting;

namespace Hermes.Gateway.Core.Operations.Verifying;

/// <summary>That a process could not be started again.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="IsCause">Whether it is the cause of what else is found, because what is missing is still wanted:
/// without its program, a definition looks stale too. What is no longer wanted, a deploy replaces.</param>
internal sealed record Danger(Finding Finding, bool IsCause);

/// <summary>What no layer shows while the process lives: that it could not be started again, and that it is older than
/// what it was made from.</summary>
internal static class Dangers
{
    // Start times come from clock ticks since boot, and file times from another clock.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>That the process could not be started again; null when it could, and when there is none: then the
    /// manager's own words, and the layers, tell what is wrong.</summary>
    public static Danger? FindDead(Comparison now, ServiceRequest request, HostContext host)
    {
        if (now.Seen.Running.ProcessId is not { } process || FindObstacle(now, host) is not { } why) return null;
        return new Danger(DiagnosticCatalog.DeadDefinition.Error(
            $"{now.Desired.Definition.Name} still runs (pid {process}), but could not be started again: {why.Problem}.",
            why.IsWanted ? why.MakeGood : request.DeployCommand), why.IsWanted);
    }

    /// <summary>That the process is older than its program or its definition; null when it is not, or nothing tells. Only
    /// ever a warning: a file's time proves nothing of what is in it.</summary>
    public static Finding? FindOutdated(Comparison now, ServiceRequest request, DateTimeOffset time) =>
        now.Seen.Running.ProcessId is { } process && FindNewer(now, time) is { } newer
            ? DiagnosticCatalog.ProcessOutdated.Warning(
                $"{now.Desired.Definition.Name} (pid {process}) {newer}.",
                request.DeployCommand.Replace("-t:DeployGateway", "-t:RestartGateway", StringComparison.Ordinal))
            : null;

    /// <summary>That processes of it are left after its end. A warning: the manager has done what it was told to, and
    /// does no more when it is asked again.</summary>
    public static Finding? FindLeft(Comparison now) => now.Seen.Running is
        { Survivors: { IsEmpty: false } left, Activity: Activity.Stopped or Activity.Failed }
        ? DiagnosticCatalog.ProcessesLeft.Warning(
            $"{now.Desired.Definition.Name} has ended, but processes that it started are left: "
            + $"{string.Join(", ", left)}.",
            $"ps -f -p {string.Join(',', left.Select(survivor => survivor.ProcessId))}")
        : null;

    private static (string Problem, string MakeGood, bool IsWanted)? FindObstacle(Comparison now, HostContext host)
    {
        // What a repair would start is known only from a definition of ours.
        if (now.Seen.Installed.Content is not { Stamp: not null } content) return null;
        // An operator's override may start another program elsewhere, with other files.
        var keys = now.Seen.Loaded.Overrides.IsEmpty ? content.Keys : now.Seen.Loaded.Keys;
        var definition = now.Desired.Definition;
        var check = new PathProblem(judgesRights: host.IsRoot || definition.Scope == ServiceScope.User);
        if (Problem("Program", check.OfProgram) is { } program)
            return (program, $"dotnet build {ShellText.Quote([definition.Source])}", IsWanted("Program"));
        if (Problem("WorkingDirectory", check.OfFolder) is { } folder)
            return (folder, $"mkdir -p {Quoted("WorkingDirectory")}", IsWanted("WorkingDirectory"));
        if (Problem("EnvironmentFile", check.OfEnvironmentFile) is { } file)
            return (file, $"ls -l {Quoted("EnvironmentFile")}", IsWanted("EnvironmentFile"));
        foreach (var log in new[] { "StandardOutPath", "StandardErrorPath" })
            if (Problem(log, check.OfLog) is { } unusable)
                return (unusable, Directory.Exists(Path.GetDirectoryName(keys[log]))
                    ? $"ls -ld {Quoted(log)}"
                    : $"mkdir -p {ShellText.Quote([Path.GetDirectoryName(keys[log])!])}", IsWanted(log));
        // Only of what is wanted: whether another account could run another program is not asked.
        return !now.Seen.HasOtherRights && now.States.Installed == InstalledState.Current
            && ServiceAccount.Find(definition, host, now.Desired.Rules.ServiceReadsEnvironmentFile) is { } closed
                ? (closed.Message.TrimEnd('.'), closed.Advice!, true)
                : null;

        string? Problem(string key, Func<string, string?> find) =>
            keys.GetValueOrDefault(key) is ['/', ..] path ? find(path) : null;

        bool IsWanted(string key) => keys[key] == now.Desired.Keys.GetValueOrDefault(key);

        string Quoted(string key) => ShellText.Quote([keys[key]]);
    }

    // Only where the stamp cannot tell. A fingerprint tells by content: a rebuild of the same source gives new files,
    // and the process is none the worse for it. And a process whose stamp is another one is told as stale anyway.
    private static string? FindNewer(Comparison now, DateTimeOffset time)
    {
        var (seen, definition) = (now.Seen, now.Desired.Definition);
        if (now.States.Running != RunningState.Current || seen.Running.StartedAt is not { } start) return null;
        if (!IsFingerprint(definition.Revision) && ProgramFiles.Of(definition).FirstOrDefault(IsNewer) is { } code)
            return $"is older than its program: {code} was written after the process was started";
        // Our own keys are in the stamp. An operator's are not, and are in effect only if they were there at the start.
        if (seen.Installed.Content is not { Foreign: { IsEmpty: false } foreign } || !IsNewer(seen.DefinitionPath)) return null;
        return $"is older than its definition: {seen.DefinitionPath} was written after the process was started, and has "
            + $"directives of the operator that may not be in effect ({Shortened.Names([.. foreign.Select(SecretNames.NameOnly)], ", ")})";

        // A time to come tells of a wrong clock, not of a newer file.
        bool IsNewer(string path) =>
            File.Exists(path) && File.GetLastWriteTimeUtc(path) is var written
            && written > start.UtcDateTime + Tolerance && written <= time.UtcDateTime + Tolerance;
    }

    private static bool IsFingerprint(string revision) =>
        revision.Length == 16 && revision.All(char.IsAsciiHexDigitLower);
}
