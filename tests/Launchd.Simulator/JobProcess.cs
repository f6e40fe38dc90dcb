using System.Globalization;

namespace Launchd.Simulator;

/// <summary>What a job's process is given: nothing of the keeper's, only launchd's defaults and what the plist says.
/// </summary>
internal static class JobProcess
{
    /// <summary>The PATH that launchd gives to jobs, and searches for relative programs.</summary>
    public const string DefaultPath = "/usr/bin:/bin:/usr/sbin:/sbin";

    public static SpawnRequest Request(Job job, Settings settings)
    {
        var definition = job.Definition;
        return new SpawnRequest
        {
            Program = Resolve(definition.EffectiveProgram),
            Arguments = definition.EffectiveArguments,
            Environment = [.. Environment(job, settings).Select(entry => $"{entry.Key}={entry.Value}")],
            WorkingDirectory = definition.WorkingDirectory ?? "/",
            Output = definition.Output ?? "/dev/null",
            Error = definition.Error ?? "/dev/null",
        };
    }

    private static SortedDictionary<string, string> Environment(Job job, Settings settings)
    {
        var account = Account.Find(job.Domain.Id.Kind == DomainKind.System ? 0 : settings.UserId);
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = DefaultPath,
            ["HOME"] = settings.Home,
            ["USER"] = account.Name,
            ["LOGNAME"] = account.Name,
            ["SHELL"] = account.Shell,
            ["TMPDIR"] = Path.GetTempPath(),
        };
        foreach (var (name, value) in job.Definition.Environment) environment[name] = value;
        environment["XPC_SERVICE_NAME"] = job.Definition.Label;
        return environment;
    }

    // A name that is found nowhere is left as it is, and fails as a missing file in the working directory.
    private static string Resolve(string program) => program.Contains('/', StringComparison.Ordinal)
        ? program
        : DefaultPath.Split(':').Select(folder => $"{folder}/{program}").FirstOrDefault(File.Exists) ?? program;

    private sealed record Account(string Name, string Shell)
    {
        public static Account Find(uint userId)
        {
            const string passwords = "/etc/passwd";
            var id = userId.ToString(CultureInfo.InvariantCulture);
            var fields = File.Exists(passwords)
                ? File.ReadLines(passwords).Select(line => line.Split(':'))
                    .FirstOrDefault(line => line.Length > 6 && line[2] == id)
                : null;
            return fields is null ? new Account($"user{id}", "/bin/sh") : new Account(fields[0], fields[6]);
        }
    }
}
