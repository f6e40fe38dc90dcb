using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Host;

/// <summary>Checks the account that a service will run as. The managers detect a missing account or right only when they start
/// the program, after the old definition was replaced.</summary>
internal static class ServiceAccount
{
    /// <summary>Reports a missing account, or the first thing the service needs that the account has no access to; null when no
    /// problem is known. The environment file counts only when the account itself reads it.</summary>
    public static Finding? Find(ServiceDefinition definition, HostContext host, bool readsEnvironmentFile)
    {
        if (definition is not { Scope: ServiceScope.System, User: { Length: > 0 } user }) return null;
        var (entry, userId) = Accounts.Resolve(user);
        // A number needs no entry in any database.
        if (userId is null && Accounts.Exists(user) == false)
            return DiagnosticCatalog.AccountMissing.Error(
                $"{definition.Name} is to run as {user} (HermesGatewayUser), and there is no such account.",
                host.CommandForAccount(user));
        // No mode restricts root.
        if (entry is not { UserId: not 0 } account || Accounts.GroupsOf(account) is not { } groups) return null;

        var access = new AccountAccess(account, groups);
        if (access.ToExecute(definition.Program) is { } program)
            return Report(program, "run", definition.Program, PublishAdvice(definition, program));
        foreach (var code in ProgramFiles.AssembliesOf(definition))
            if (access.ToRead(code) is { } unread)
                return Report(unread, "run", code, PublishAdvice(definition, unread));
        if (access.ToEnter(definition.WorkingDirectory) is { } folder)
            return Report(
                folder, "work in", definition.WorkingDirectory,
                "set HermesGatewayWorkingDirectory to a folder of the account: "
                + $"sudo install -d -o {user} {ShellText.Quote([$"/var/lib/{definition.Name}"])}");
        if (readsEnvironmentFile && definition.EnvironmentFile is { } file && access.ToRead(file) is { } unreadable)
            return Report(unreadable, "read", file, ListCommand(unreadable));
        return null;

        Finding Report(DeniedAccess denied, string verb, string path, string advice) =>
            DiagnosticCatalog.AccountHasNoAccess.Error(
                $"{denied.Path} ({denied.Rights}) cannot be {denied.Verb} by {user} (HermesGatewayUser)"
                + (denied.Path == path ? "." : $", so {user} cannot {verb} {path}."),
                advice);
    }

    // Advises a copy for the service: the closed folder may be closed on purpose, so its mode is not to be changed.
    private static string PublishAdvice(ServiceDefinition definition, DeniedAccess denied)
    {
        var place = $"/opt/{definition.Name}";
        if (RealPath.IsInside(denied.Path, place)) return ListCommand(denied);
        return ProgramFiles.AssembliesOf(definition).Any()
            ? $"publish it to a place of its own, and set HermesGatewayProgram to the program there: "
                + $"dotnet publish {ShellText.Quote([definition.Source])} -o {ShellText.Quote([place])}"
            : $"put the program where the account can read it, such as {place}, and set HermesGatewayProgram to it there";
    }

    private static string ListCommand(DeniedAccess denied) => $"ls -ld {ShellText.Quote([denied.Path])}";
}
