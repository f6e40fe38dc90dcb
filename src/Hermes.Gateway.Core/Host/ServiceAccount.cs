using System.Globalization;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.Diagnostics;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Host;

/// <summary>Whether the account that a service is to run as is there, and gets at what the service needs. The managers
/// find out only when they start the program, with the old definition gone already.</summary>
internal static class ServiceAccount
{
    /// <summary>The first thing that is in the way; null when nothing is known to be.</summary>
    /// <param name="definition">The service.</param>
    /// <param name="host">The machine.</param>
    /// <param name="readsEnvironmentFile">Whether the account itself has to read the environment file.</param>
    public static Finding? Find(ServiceDefinition definition, HostContext host, bool readsEnvironmentFile)
    {
        if (definition is not { Scope: ServiceScope.System, User: { Length: > 0 } user }) return null;
        // A number needs no entry in any database.
        var isNumber = uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (!isNumber && Accounts.Exists(user) == false)
            return DiagnosticCatalog.AccountMissing.Error(
                $"{definition.Name} is to run as {user} (HermesGatewayUser), and there is no such account.",
                host.CommandForAccount(user));
        // Root passes everywhere, or is stopped by things that no mode shows.
        var found = Accounts.Find(user) ?? (isNumber ? Accounts.Find(number) : null);
        if (found is not { UserId: not 0 } account || Accounts.GroupsOf(account) is not { } groups) return null;

        var access = new AccountAccess(account, groups);
        if (access.ToExecute(definition.Program) is { } program)
            return Refuse(program, "run", definition.Program, Publish(definition, program));
        foreach (var code in Code(definition))
            if (access.ToRead(code) is { } unread)
                return Refuse(unread, "run", code, Publish(definition, unread));
        if (access.ToEnter(definition.WorkingDirectory) is { } folder)
            return Refuse(
                folder, "work in", definition.WorkingDirectory,
                "set HermesGatewayWorkingDirectory to a folder of the account: "
                + $"sudo install -d -o {user} {ShellText.Quote([$"/var/lib/{definition.Name}"])}");
        if (readsEnvironmentFile && definition.EnvironmentFile is { } file && access.ToRead(file) is { } closed)
            return Refuse(closed, "read", file, Look(closed));
        return null;

        Finding Refuse(AccessObstacle obstacle, string verb, string path, string advice) =>
            DiagnosticCatalog.AccountHasNoAccess.Error(
                $"{obstacle.Path} ({obstacle.Rights}) cannot be {obstacle.Denied} by {user}"
                + " (HermesGatewayUser)"
                + (obstacle.Path == path ? "." : $", so {user} cannot {verb} {path}."),
                advice);
    }

    private static IEnumerable<string> Code(ServiceDefinition definition) =>
        ProgramFiles.Of(definition).Skip(1).Where(File.Exists);

    // Never to open up what is closed: somebody wants it so. A copy for the service is in nobody's way.
    private static string Publish(ServiceDefinition definition, AccessObstacle obstacle)
    {
        var place = $"/opt/{definition.Name}";
        if (RealPath.IsInside(obstacle.Path, place)) return Look(obstacle);
        return Code(definition).Any()
            ? $"publish it to a place of its own, and set HermesGatewayProgram to the program there: "
                + $"dotnet publish {ShellText.Quote([definition.Source])} -o {ShellText.Quote([place])}"
            : $"put the program where the account can read it, such as {place}, and set HermesGatewayProgram to it there";
    }

    private static string Look(AccessObstacle obstacle) => $"ls -ld {ShellText.Quote([obstacle.Path])}";
}
