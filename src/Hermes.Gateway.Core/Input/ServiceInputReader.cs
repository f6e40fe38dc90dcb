using Hermes.Gateway.Core.Health;
using Hermes.Gateway.Core.HermesAgent;
using Hermes.Gateway.Core.Host;
using Hermes.Gateway.Core.Operations;
using Hermes.Gateway.Core.Operations.Applying;
using Hermes.Gateway.Core.Operations.Verifying;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Redaction;
using Hermes.Gateway.Core.Releases;
using Hermes.Gateway.Core.ServiceManagers;
using Hermes.Gateway.Core.Storage;

namespace Hermes.Gateway.Core.Input;

/// <summary>A service whose settings have no problem.</summary>
/// <param name="Request">The request.</param>
/// <param name="Settings">The settings for every manager, so that a project has the same problems on every machine.</param>
internal sealed record ReadInput(ServiceRequest Request, IReadOnlyDictionary<IServiceManagerType, ManagerSettings> Settings);

/// <summary>Reads one service; adds to the shared list of problems.</summary>
internal sealed class ServiceInputReader(
    ServiceInput input, HostContext host, ServiceManagerRegistry registry, PublishedFolders contents, List<Finding> problems) : IPropertyReader
{
    /// <summary>The word for yes.</summary>
    public const string Yes = "true";

    private const string No = "false";
    private const double LongestSeconds = 24 * 60 * 60;
    private const int MostKept = 100;

    private DefinitionLimits _limits = DefinitionLimits.None;

    // A service whose name is invalid has no release. Its program is nevertheless relative to one, which is no second problem.
    private string FolderWithoutRelease => input.Releases.Equals(Yes, StringComparison.OrdinalIgnoreCase) ? "/" : "";

    public ReadInput? Read()
    {
        var before = problems.Count;
        Word("Preset", input.Preset, AgentPreset.Word);
        problems.AddRange(input.FromPreset.Problems);
        if (!ServiceName.TryCreate(input.Name, out var name, out var problem))
            Add(DiagnosticCatalog.InvalidName, "Name", $"'{RequestReader.Printable(input.Name)}' is not a service name: {problem}.",
                "set HermesGatewayName to a name like my-gateway");
        var scope = Word("Scope", input.Scope, "user", "system") == "system" ? ServiceScope.System : ServiceScope.User;
        var manager = ReadManager();
        if (manager is not null) _limits = manager.Limits;
        var release = ReadRelease(name, scope);
        if (release is not null)
        {
            CheckReleaseFolder(release);
            input = release.Settings.ApplyTo(input);
        }

        var restart = Word("Restart", input.Restart, "on-failure", "always", "no") switch
        {
            "always" => RestartPolicy.Always,
            "no" => RestartPolicy.No,
            _ => RestartPolicy.OnFailure,
        };
        var settings = registry.Types.ToDictionary(type => type, type => type.ReadSettings(this, name));
        var own = manager is null ? null : settings[manager];

        var program = input.Program.Length == 0
            ? ReportMissingProgram()
            : ReadPath("Program", Path.Combine(release?.Folder ?? FolderWithoutRelease, input.Program), _limits.Program);
        var arguments = release is null || input.ReleasedAssembly.Length == 0
            ? input.Arguments
            : input.Arguments.Insert(0, Path.Combine(release.Folder, input.ReleasedAssembly));
        var folder = input.WorkingDirectory.Length > 0
            ? ReadPath("WorkingDirectory", input.WorkingDirectory, _limits.Folder)
            : release?.Folder ?? Path.GetDirectoryName(program) ?? "/";
        var stateDirectory = ReadStateDirectory(scope, release);
        var environment = ReadEnvironment();
        if (stateDirectory is not null) environment = environment.SetItem(StateDirectory.Variable, stateDirectory);
        // The argument after an option such as --token is a secret that its own form does not tell.
        string[] shown = [.. SecretArguments.Hide(arguments, _ => SecretNames.Hidden)];
        for (var i = 0; i < shown.Length; i++) CheckWord("Arguments", shown[i], arguments[i]);
        var request = new ServiceRequest
        {
            Definition = new ServiceDefinition
            {
                Name = name ?? ServiceName.Create(ServiceName.Default),
                Scope = scope,
                Identifier = own?.Identifier ?? "",
                Description = $"{name} (deployed by Hermes.Gateway)",
                Program = program,
                Arguments = arguments,
                WorkingDirectory = folder,
                StateDirectory = stateDirectory,
                Environment = environment,
                EnvironmentFile = input.EnvironmentFile.Length == 0 ? null : ReadPath("EnvironmentFile", input.EnvironmentFile, _limits.File),
                User = ReadUser(scope),
                Restart = restart,
                RestartExitCodes = ReadExitCodes("RestartExitCodes", input.RestartExitCodes),
                ParkExitCodes = ReadExitCodes("ParkExitCodes", input.ParkExitCodes),
                ManagerOptions = own?.Options,
                Source = ReadSource(),
                Revision = ReadRevision(release),
            },
            Health = ReadHealthCheck(),
            Timeout = Seconds("TimeoutSeconds", input.TimeoutSeconds, 30, 1),
            Stability = Seconds("StabilitySeconds", input.StabilitySeconds, 2, 0),
            Rollback = Word("Rollback", input.Rollback, Yes, No) == Yes,
            TakeOver = Word("TakeOver", input.TakeOver, No, Yes) == Yes,
            RunWithoutLogin = own?.RunWithoutLogin == true,
            Release = release,
            Obstacles = input.FromPreset.Obstacles,
            Probe = input.FromPreset.Probe,
            Manager = manager?.Name ?? "",
            ManagerCommandPath = own?.CommandPath,
            DeployCommand = release is { IsManualRollback: true }
                ? ServiceRequest.RollbackCommand(input.Source, release.Revision)
                : $"dotnet msbuild {ShellText.Quote([input.Source])} -t:DeployGateway",
        };
        foreach (var code in request.Definition.RestartExitCodes)
            if (request.Definition.ParkExitCodes.Contains(code))
                Add(DiagnosticCatalog.InvalidNumber, "ParkExitCodes", $"{code} is an exit code that asks for a restart, too.",
                    "remove it from HermesGatewayRestartExitCodes or HermesGatewayParkExitCodes");
        if (problems.Count == before && _limits.Command([program, .. arguments]) is { } commandProblem)
            Add(DiagnosticCatalog.InvalidCharacter, "Arguments", $"the whole command cannot be written down: {commandProblem}.",
                "shorten HermesGatewayArguments, or move them to a file of the program's own");
        return problems.Count == before ? new ReadInput(request, settings) : null;
    }

    // Null after a problem was added: an unknown manager never becomes a known one.
    private IServiceManagerType? ReadManager()
    {
        const string auto = "auto";
        var word = Word("ServiceManager", input.ServiceManager, [auto, .. registry.Types.Select(type => type.Name)]);
        var manager = word == auto ? registry.FindNative(host) : registry.Find(word);
        if (manager is null)
            Add(DiagnosticCatalog.ManagerUnsupported, "ServiceManager", "the service manager of this machine is not supported.",
                $"set HermesGatewayServiceManager to one of {string.Join(", ", registry.Types.Select(type => type.Name))}");
        else if (manager.FindConflict(host) is var (problem, advice))
            Add(DiagnosticCatalog.ManagerUnsupported, "ServiceManager", problem, advice);
        return manager;
    }

    public string Text(string property) => input.ManagerProperties.GetValueOrDefault(property, "");

    string IPropertyReader.Word(string property, params string[] words) => Word(property, Text(property), words);

    string? IPropertyReader.Path(string property) =>
        Text(property) is { Length: > 0 } path ? ReadPath(property, path, _ => null) : null;

    public void Add(DiagnosticDescriptor descriptor, string property, string message, string advice) =>
        problems.Add(descriptor.Error($"HermesGateway{property} of service '{RequestReader.Printable(input.Name)}': {message}", advice));

    private string ReportMissingProgram()
    {
        // The project's own program is not in a folder that is released as it is.
        if (input.Releases == Yes)
            Add(DiagnosticCatalog.NoProgram, "Program", "no program in the folder that is released is given.",
                "set HermesGatewayProgram to its path relative to HermesGatewayReleaseFolder");
        else
            Add(DiagnosticCatalog.NoProgram, "Program", "no program is given, and the project builds no executable of its own.",
                "set HermesGatewayProgram, or OutputType=Exe in the project");
        return "/";
    }

    private string? ReadUser(ServiceScope scope)
    {
        if (input.User.Length == 0) return null;
        if (scope == ServiceScope.User)
            Add(DiagnosticCatalog.UserInUserScope, "User", $"an account ('{RequestReader.Printable(input.User)}') can be given only in system scope.",
                "remove HermesGatewayUser, or set HermesGatewayScope=system");
        if (!input.User.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') || input.User[0] is '-' or '.')
            Add(DiagnosticCatalog.InvalidName, "User", $"'{RequestReader.Printable(input.User)}' is not an account's name.", "set HermesGatewayUser to an account");
        return input.User;
    }

    private string ReadSource()
    {
        // It travels in the service's environment.
        if (_limits.Word($"{Stamp.SourceVariable}={input.Source}") is { } problem)
            problems.Add(DiagnosticCatalog.InvalidCharacter.Error(
                $"the project file's path '{RequestReader.Printable(input.Source)}' cannot be recorded: {problem}.", "move or rename the project"));
        return input.Source;
    }

    private string ReadRevision(ServiceRelease? release)
    {
        if (release is not null && input.Revision.Length == 0) return release.Revision;
        if (input.Revision.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            Add(DiagnosticCatalog.InvalidCharacter, "Revision", "it contains white space or a control character.", "set HermesGatewayRevision to one word");
        else if (_limits.Word($"{Stamp.Variable}={input.Revision}") is { } problem)
            // It travels in the service's environment, beside a hash.
            Add(DiagnosticCatalog.InvalidCharacter, "Revision", $"'{RequestReader.Printable(input.Revision)}' cannot be recorded: {problem}.",
                "set HermesGatewayRevision to one short word");
        return input.Revision;
    }

    private ServiceRelease? ReadRelease(ServiceName? name, ServiceScope scope)
    {
        var root = input.ReleaseRoot.Length == 0 ? host.ReleaseRoot(scope) : ReadPath("ReleaseRoot", input.ReleaseRoot, _limits.Folder);
        var kept = ReadKept();
        if (name is null) return null;
        if (Word("Releases", input.Releases, No, Yes) != Yes)
        {
            if (input.ChosenRelease is not null)
                problems.Add(DiagnosticCatalog.NoSuchRelease.Error(
                    $"{name} cannot be rolled back: it has no releases, because it runs where its program is.",
                    "see docs/releases.md for the programs that can have releases, and HermesGatewayReleases"));
            return null;
        }

        var folder = input.PublishedFolder.Length == 0 ? "" : ReadPath("ReleaseFolder", input.PublishedFolder, _ => null);
        var (release, noTarget) = new ReleaseReader(host, contents, registry.DefinitionProperties).Read(
            input with { PublishedFolder = folder == "/" ? "" : folder }, new ReleaseFolders(root, name), scope, kept);
        if (noTarget is not null) problems.Add(noTarget.Report(name, input.Source));
        return release;
    }

    // A program that is named by its absolute path in the folder would run from there, and not from the release.
    private void CheckReleaseFolder(ServiceRelease release)
    {
        if (release.Content is not { Folder: var folder }) return;
        foreach (var path in input.Arguments.Prepend(input.Program).Where(text => Path.IsPathRooted(text) && RealPath.IsInside(text, folder)))
            Add(DiagnosticCatalog.PathIntoReleaseFolder, "ReleaseFolder", $"'{RequestReader.Printable(path)}' is in the folder that is released, and would run from there.",
                $"name it relative to HermesGatewayReleaseFolder: {RequestReader.Printable(Path.GetRelativePath(folder, path))}");
        if (RealPath.IsInside(release.Folders.Root, folder))
            Add(DiagnosticCatalog.ReservedFolder, "ReleaseRoot", $"{RequestReader.Printable(release.Folders.Root)} is in the folder that is released.",
                "set HermesGatewayReleaseRoot to a folder outside of it");
    }

    private int ReadKept()
    {
        if (input.KeepReleases.Length == 0) return ServiceRelease.DefaultKept;
        if (int.TryParse(input.KeepReleases, NumberStyles.None, CultureInfo.InvariantCulture, out var kept) && kept <= MostKept) return kept;
        Add(DiagnosticCatalog.InvalidNumber, "KeepReleases", $"'{RequestReader.Printable(input.KeepReleases)}' is not a number from 0 to {MostKept}.",
            $"set HermesGatewayKeepReleases to a number such as {ServiceRelease.DefaultKept}");
        return ServiceRelease.DefaultKept;
    }

    private ImmutableSortedDictionary<string, string> ReadEnvironment()
    {
        var environment = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var count = 0;
        foreach (var entry in input.Environment)
        {
            count++;
            var at = entry.IndexOf('=', StringComparison.Ordinal);
            var name = at > 0 ? entry[..at] : entry;
            // The value is never shown: it may be a secret, given here against all advice. An entry without '=' can
            // be the rest of one that has a ';'.
            if (at < 0)
                Add(DiagnosticCatalog.InvalidEnvironment, "Environment", $"entry {count} is not NAME=value.",
                    "correct the entry of HermesGatewayEnvironment (a ';' inside a value is written %3B)");
            else if (_limits.Variable(entry[..at]) is { } problem)
                Add(DiagnosticCatalog.InvalidEnvironment, "Environment",
                    $"'{RequestReader.Printable(entry[..at])}' is not a variable's name: {problem}.", "correct the entry of HermesGatewayEnvironment");
            else if (name is Stamp.Variable or Stamp.SourceVariable || (name == StateDirectory.Variable && input.StateDirectory.Length > 0))
                Add(DiagnosticCatalog.InvalidEnvironment, "Environment", $"{name} is reserved.", "remove the entry from HermesGatewayEnvironment");
            else if (!environment.TryAdd(name, entry[(at + 1)..]))
                Add(DiagnosticCatalog.InvalidEnvironment, "Environment", $"{name} is given twice.", "remove one of the entries from HermesGatewayEnvironment");
            else
                CheckWord("Environment", name, entry);
        }

        return environment.ToImmutable();
    }

    private string? ReadStateDirectory(ServiceScope scope, ServiceRelease? release)
    {
        if (input.StateDirectory.Length == 0) return null;
        var path = ReadPath("StateDirectory", Path.Combine(host.StateDirectories(scope), input.StateDirectory), _limits.Folder);
        string?[] others = [host.StateFolder(scope), release?.Folders.Root, release?.Content?.Folder];
        if (others.FirstOrDefault(other => other is not null && (RealPath.IsInside(path, other) || RealPath.IsInside(other, path))) is { } reserved)
            Add(DiagnosticCatalog.ReservedFolder, "StateDirectory", $"{RequestReader.Printable(path)} and {RequestReader.Printable(reserved)}, where this tool keeps or takes its files, overlap.",
                $"set HermesGatewayStateDirectory to a folder of the service's own, such as {RequestReader.Printable(input.Name)}-data");
        else if (_limits.Folder(path) is null && _limits.Word($"{StateDirectory.Variable}={path}") is { } problem)
            Add(DiagnosticCatalog.InvalidCharacter, "StateDirectory", $"'{RequestReader.Printable(path)}' cannot be passed to a program: {problem}.",
                "change HermesGatewayStateDirectory");
        return path;
    }

    private HealthCheck? ReadHealthCheck()
    {
        if (input.HealthCheck.Length == 0) return null;
        var check = HealthCheck.TryParse(input.HealthCheck);
        if (check is null)
            // An address can hold a password, or a key in its query, so one that looks so is not shown.
            Add(DiagnosticCatalog.InvalidHealthCheck, "HealthCheck",
                $"{(input.HealthCheck.AsSpan().ContainsAny('@', '?') ? "the value" : $"'{RequestReader.Printable(input.HealthCheck)}'")} is no health check.",
                "set HermesGatewayHealthCheck to http://host:port/path, tcp://host:port or exec:/absolute/program");
        return check;
    }

    private string ReadPath(string property, string path, Func<string, string?> findProblem)
    {
        if (path[0] != '/')
        {
            Add(DiagnosticCatalog.RelativePath, property, $"'{RequestReader.Printable(path)}' is not an absolute path.",
                $"set HermesGateway{property} to an absolute path");
            return "/";
        }

        // Managers compare paths without "//", "/./" and a "/" at the end; so do we.
        var full = path.Contains('\0', StringComparison.Ordinal) ? path : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (findProblem(full) is { } problem)
            Add(DiagnosticCatalog.InvalidCharacter, property, $"'{RequestReader.Printable(path)}' cannot be used as a path: {problem}.",
                $"change HermesGateway{property}");
        return full;
    }

    private void CheckWord(string property, string shown, string word)
    {
        if (_limits.Word(word) is { } problem)
            Add(DiagnosticCatalog.InvalidCharacter, property, $"'{RequestReader.Printable(shown)}' cannot be passed to a program: {problem}.",
                $"change HermesGateway{property}");
    }

    private TimeSpan Seconds(string property, string text, double ifEmpty, double least)
    {
        if (text.Length == 0) return TimeSpan.FromSeconds(ifEmpty);
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds >= least && seconds <= LongestSeconds)
            return TimeSpan.FromSeconds(seconds);
        Add(DiagnosticCatalog.InvalidNumber, property,
            $"'{RequestReader.Printable(text)}' is not a number of seconds from {least} to {LongestSeconds}.", $"set HermesGateway{property} to a number such as {ifEmpty}");
        return TimeSpan.FromSeconds(ifEmpty);
    }

    private ImmutableArray<int> ReadExitCodes(string property, ImmutableArray<string> texts)
    {
        if (texts.IsEmpty) return [];
        var codes = new SortedSet<int>();
        foreach (var text in texts)
            if (byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code)) codes.Add(code);
            else
                Add(DiagnosticCatalog.InvalidNumber, property, $"'{RequestReader.Printable(text)}' is not an exit code from 0 to 255.",
                    $"set HermesGateway{property} to numbers such as 75, separated by ';'");
        return [.. codes];
    }

    // Returns the one of the words that equals the text without regard to case; the first one for an empty or unknown text.
    private string Word(string property, string text, params string[] words)
    {
        if (text.Length == 0) return words[0];
        if (words.FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } found) return found;
        Add(DiagnosticCatalog.UnknownValue, property,
            $"'{RequestReader.Printable(text)}' is none of {string.Join(", ", words)}.", $"set HermesGateway{property} to one of them");
        return words[0];
    }
}
