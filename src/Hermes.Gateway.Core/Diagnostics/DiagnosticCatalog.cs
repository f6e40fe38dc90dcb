using System.Reflection;
using Hermes.Gateway.Core.Operations.Verifying;

namespace Hermes.Gateway.Core.Diagnostics;

/// <summary>The codes of all findings. <c>docs/diagnostics.md</c> has a section for each.</summary>
public static class DiagnosticCatalog
{
    // 0xxx: the input of a project.

    /// <summary>A service, unit or label name is not valid.</summary>
    public static readonly DiagnosticDescriptor InvalidName = new("HGW0001", "Invalid name", CheckName.Definition);
    /// <summary>Two services of one call have the same name or the same unit.</summary>
    public static readonly DiagnosticDescriptor DuplicateService = new("HGW0002", "Duplicate service", CheckName.Definition);
    /// <summary>A value is not one of the allowed words.</summary>
    public static readonly DiagnosticDescriptor UnknownValue = new("HGW0003", "Unknown value", CheckName.Definition);
    /// <summary>A path is not absolute.</summary>
    public static readonly DiagnosticDescriptor RelativePath = new("HGW0004", "Path is not absolute", CheckName.Definition);
    /// <summary>A number is not a number, or out of range.</summary>
    public static readonly DiagnosticDescriptor InvalidNumber = new("HGW0005", "Invalid number", CheckName.Definition);
    /// <summary>An environment entry is not NAME=value, is repeated, or uses a reserved name.</summary>
    public static readonly DiagnosticDescriptor InvalidEnvironment = new("HGW0006", "Invalid environment entry", CheckName.Definition);
    /// <summary>A value has a character that no definition can carry.</summary>
    public static readonly DiagnosticDescriptor InvalidCharacter = new("HGW0007", "Invalid character", CheckName.Definition);
    /// <summary>The health check has none of the known forms.</summary>
    public static readonly DiagnosticDescriptor InvalidHealthCheck = new("HGW0008", "Invalid health check", CheckName.Definition);
    /// <summary>The program does not exist; usually it has not been built.</summary>
    public static readonly DiagnosticDescriptor ProgramMissing = new("HGW0009", "Program missing", CheckName.Definition);
    /// <summary>The project sets no program and builds no executable.</summary>
    public static readonly DiagnosticDescriptor NoProgram = new("HGW0010", "No program", CheckName.Definition);
    /// <summary>An account is named for a service in user scope.</summary>
    public static readonly DiagnosticDescriptor UserInUserScope = new("HGW0011", "Account in user scope", CheckName.Definition);
    /// <summary>The project has several target frameworks and none is chosen.</summary>
    public static readonly DiagnosticDescriptor TargetFrameworkNotChosen = new("HGW0012", "Target framework not chosen", CheckName.Definition);
    /// <summary>The MSBuild that runs the build is too old for the tasks.</summary>
    public static readonly DiagnosticDescriptor MSBuildTooOld = new("HGW0013", "MSBuild too old", CheckName.Definition);
    /// <summary>The project cannot be published, so that it has no releases.</summary>
    public static readonly DiagnosticDescriptor NotPublishable = new("HGW0014", "Project not publishable", CheckName.Release);
    /// <summary>The state directory, or the folder of the releases, overlaps with a folder in which this tool keeps or takes files.</summary>
    public static readonly DiagnosticDescriptor ReservedFolder = new("HGW0015", "Reserved folder", CheckName.Definition);
    /// <summary>The program, or an argument, is an absolute path in the folder that is released.</summary>
    public static readonly DiagnosticDescriptor PathIntoReleaseFolder = new("HGW0016", "Path into the released folder", CheckName.Release);
    /// <summary>A setting of a preset is missing, or contradicts another one or the machine.</summary>
    public static readonly DiagnosticDescriptor PresetIncomplete = new("HGW0020", "Preset incomplete", CheckName.Definition);
    /// <summary>A service would depend on a folder for temporary files.</summary>
    public static readonly DiagnosticDescriptor TemporaryFolder = new("HGW0021", "Temporary folder", CheckName.Definition);
    /// <summary>An environment variable of the service has a value that looks like a secret.</summary>
    public static readonly DiagnosticDescriptor SecretInEnvironment = new("HGW0022", "Secret in the environment", CheckName.Definition);

    // 1xxx: the machine.

    /// <summary>The manager's command was not found.</summary>
    public static readonly DiagnosticDescriptor ManagerNotFound = new("HGW1001", "Service manager not found");
    /// <summary>The manager does not answer.</summary>
    public static readonly DiagnosticDescriptor ManagerUnreachable = new("HGW1002", "Service manager unreachable");
    /// <summary>System scope needs root.</summary>
    public static readonly DiagnosticDescriptor NotRoot = new("HGW1003", "Root needed");
    /// <summary>The requested manager cannot be used on this machine.</summary>
    public static readonly DiagnosticDescriptor ManagerUnsupported = new("HGW1004", "Service manager unsupported here");
    /// <summary>Another operation holds the service's lock.</summary>
    public static readonly DiagnosticDescriptor Locked = new("HGW1005", "Service locked");
    /// <summary>The state folder (locks, backups, history) cannot be used.</summary>
    public static readonly DiagnosticDescriptor StateFolderUnusable = new("HGW1006", "State folder unusable");
    /// <summary>A file for CI could not be written.</summary>
    public static readonly DiagnosticDescriptor ReportNotWritable = new("HGW1007", "Report not writable");
    /// <summary>The user's own manager is not running.</summary>
    public static readonly DiagnosticDescriptor UserManagerNotRunning = new("HGW1008", "User manager not running");
    /// <summary><c>XDG_RUNTIME_DIR</c> belongs to another user, and the caller has no runtime folder.</summary>
    public static readonly DiagnosticDescriptor ForeignRuntimeFolder = new("HGW1009", "Runtime folder of another user");
    /// <summary>Lingering could not be enabled for the user.</summary>
    public static readonly DiagnosticDescriptor LingerRefused = new("HGW1010", "Lingering refused");
    /// <summary>The history of a service cannot be read or written.</summary>
    public static readonly DiagnosticDescriptor HistoryUnusable = new("HGW1011", "History unusable");
    /// <summary>The file for a bug report cannot be written.</summary>
    public static readonly DiagnosticDescriptor BundleNotWritable = new("HGW1012", "Bundle not writable");
    /// <summary>Lingering is off: the user's services run only while the user is logged in.</summary>
    public static readonly DiagnosticDescriptor LingeringOff = new("HGW1013", "Lingering off");
    /// <summary>An earlier operation was interrupted.</summary>
    public static readonly DiagnosticDescriptor Interrupted = new("HGW1014", "Interrupted operation");
    /// <summary>The caller is a process of the service that the operation would stop.</summary>
    public static readonly DiagnosticDescriptor InsideService = new("HGW1015", "Called from inside the service");
    /// <summary>The operation would create files of root in the home of another user.</summary>
    public static readonly DiagnosticDescriptor HomeOfAnother = new("HGW1016", "Home of another user");
    /// <summary>Another account could change a file or folder that is used as this account.</summary>
    public static readonly DiagnosticDescriptor PathNotTrusted = new("HGW1017", "Path not trusted");
    /// <summary>A folder was accessible to other accounts; its mode was corrected.</summary>
    public static readonly DiagnosticDescriptor RightsTakenBack = new("HGW1018", "Rights taken back");
    /// <summary>The journal entry of an interrupted operation was not written by this project.</summary>
    public static readonly DiagnosticDescriptor RecordNotTrusted = new("HGW1019", "Record not trusted");
    /// <summary>The program of a health check cannot be run as the service's account.</summary>
    public static readonly DiagnosticDescriptor HealthCheckAccountUnusable =
        new("HGW1020", "Health check cannot run as the account", CheckName.Health);

    // 2xxx: the definition and its installation.

    /// <summary>The program exists but cannot be executed.</summary>
    public static readonly DiagnosticDescriptor ProgramNotExecutable = new("HGW2001", "Program not executable", CheckName.Definition);
    /// <summary>The working directory is missing or not a directory.</summary>
    public static readonly DiagnosticDescriptor WorkingDirectoryUnusable = new("HGW2002", "Working directory unusable", CheckName.Definition);
    /// <summary>The environment file is missing or unreadable.</summary>
    public static readonly DiagnosticDescriptor EnvironmentFileUnusable = new("HGW2003", "Environment file unusable", CheckName.Definition);
    /// <summary>The installed definition belongs to another project.</summary>
    public static readonly DiagnosticDescriptor OwnedByOther = new("HGW2004", "Owned by another project", CheckName.Ownership);
    /// <summary>The service belonged to another copy of the project, which still exists.</summary>
    public static readonly DiagnosticDescriptor SecondCopy = new("HGW2005", "Taken over from another copy", CheckName.Ownership);
    /// <summary>A definition without our stamp was adopted.</summary>
    public static readonly DiagnosticDescriptor Adopted = new("HGW2006", "Definition adopted", CheckName.Ownership);
    /// <summary>The definition could not be written or removed.</summary>
    public static readonly DiagnosticDescriptor DefinitionNotWritable = new("HGW2007", "Definition not writable", CheckName.Definition);
    /// <summary>The definition is a symbolic link, so another tool manages it.</summary>
    public static readonly DiagnosticDescriptor DefinitionIsLink = new("HGW2008", "Definition is a link", CheckName.Definition);
    /// <summary>The definition exists but cannot be read or parsed.</summary>
    public static readonly DiagnosticDescriptor DefinitionUnreadable = new("HGW2009", "Definition unreadable", CheckName.Definition);
    /// <summary>Foreign directives in the definition were kept.</summary>
    public static readonly DiagnosticDescriptor ForeignKept = new("HGW2010", "Foreign directives kept", CheckName.Definition);
    /// <summary>Drop-ins change the definition.</summary>
    public static readonly DiagnosticDescriptor DropIns = new("HGW2011", "Drop-ins present", CheckName.Definition);
    /// <summary>A file for the service's output cannot be opened.</summary>
    public static readonly DiagnosticDescriptor LogUnusable = new("HGW2012", "Log file unusable", CheckName.Definition);
    /// <summary>A service's files are in a folder to which macOS restricts access.</summary>
    public static readonly DiagnosticDescriptor GuardedFolder = new("HGW2013", "Folder guarded by macOS", CheckName.Definition);
    /// <summary>The service's account has no access to the service's files.</summary>
    public static readonly DiagnosticDescriptor AccountHasNoAccess = new("HGW2014", "Account has no access", CheckName.Definition);
    /// <summary>The service's account does not exist.</summary>
    public static readonly DiagnosticDescriptor AccountMissing = new("HGW2015", "Account missing", CheckName.Definition);
    /// <summary>Another program changed the definition after it was observed.</summary>
    public static readonly DiagnosticDescriptor DefinitionChanged = new("HGW2016", "Definition changed meanwhile", CheckName.Definition);
    /// <summary>Accounts other than root and the service's own can change the service's code.</summary>
    public static readonly DiagnosticDescriptor WritableByOthers = new("HGW2017", "Code writable by others", CheckName.Definition);
    /// <summary>The release of the current build could not be made.</summary>
    public static readonly DiagnosticDescriptor ReleaseFailed = new("HGW2018", "Release not made", CheckName.Release);
    /// <summary>The release that the definition points to is missing, or was changed after it was made.</summary>
    public static readonly DiagnosticDescriptor ReleaseDamaged = new("HGW2019", "Release damaged", CheckName.Release);
    /// <summary>The interpreter is missing or cannot run the program.</summary>
    public static readonly DiagnosticDescriptor InterpreterUnusable = new("HGW2020", "Interpreter unusable", CheckName.Definition);

    /// <summary>The project is not published, so that no release of it can be made.</summary>
    public static readonly DiagnosticDescriptor NothingToRelease = new("HGW2021", "Nothing to release", CheckName.Release);

    /// <summary>Releases that were to be removed are kept, because they have files that no deploy wrote or are in use.</summary>
    public static readonly DiagnosticDescriptor ReleaseKept = new("HGW2022", "Release kept", CheckName.Release);
    /// <summary>There is no release that a rollback by hand could bring back.</summary>
    public static readonly DiagnosticDescriptor NoSuchRelease = new("HGW2023", "No such release", CheckName.Release);
    /// <summary>The service runs from another release than that of the current build, because it was rolled back by hand.</summary>
    public static readonly DiagnosticDescriptor RolledBackByHand = new("HGW2024", "Rolled back by hand", CheckName.Definition);
    /// <summary>Without a build, the service keeps the settings of its release, and the project has others.</summary>
    public static readonly DiagnosticDescriptor SettingsNotUsed = new("HGW2025", "Settings not used", CheckName.Definition);
    /// <summary>The settings of a release could not be recorded, so that no rollback can bring it back.</summary>
    public static readonly DiagnosticDescriptor ReleaseNotRecorded = new("HGW2026", "Release not recorded", CheckName.Release);
    /// <summary>The folder for the program's data is missing, or the service cannot use it.</summary>
    public static readonly DiagnosticDescriptor StateDirectoryUnusable = new("HGW2027", "State directory unusable", CheckName.Definition);
    /// <summary>An uninstallation left the folder with the program's data.</summary>
    public static readonly DiagnosticDescriptor StateDirectoryKept = new("HGW2028", "State directory kept", CheckName.Definition);
    /// <summary>The first deploy with releases finds files in the build folder that the program has written.</summary>
    public static readonly DiagnosticDescriptor DataBesideProgram = new("HGW2029", "Data beside the program", CheckName.Release);

    // 3xxx: the service manager.

    /// <summary>A command of the manager failed.</summary>
    public static readonly DiagnosticDescriptor CommandFailed = new("HGW3001", "Manager command failed", CheckName.Loaded);
    /// <summary>A command of the manager did not end in time.</summary>
    public static readonly DiagnosticDescriptor CommandTimedOut = new("HGW3002", "Manager command timed out", CheckName.Loaded);
    /// <summary>The operator masked the service.</summary>
    public static readonly DiagnosticDescriptor Masked = new("HGW3003", "Service masked", CheckName.Loaded);
    /// <summary>The manager loads another file instead of the definition.</summary>
    public static readonly DiagnosticDescriptor Shadowed = new("HGW3004", "Definition shadowed", CheckName.Loaded);
    /// <summary>The manager rejects the definition.</summary>
    public static readonly DiagnosticDescriptor DefinitionRejected = new("HGW3005", "Definition rejected", CheckName.Loaded);
    /// <summary>The manager could not start the program.</summary>
    public static readonly DiagnosticDescriptor StartFailed = new("HGW3006", "Start failed", CheckName.Process);
    /// <summary>The manager stopped restarting the service because its start limit was reached.</summary>
    public static readonly DiagnosticDescriptor StartLimit = new("HGW3007", "Start limit reached", CheckName.Process);
    /// <summary>The operator disabled the service, and the manager refuses to load it.</summary>
    public static readonly DiagnosticDescriptor ServiceDisabled = new("HGW3008", "Service disabled", CheckName.Loaded);
    /// <summary>The domain into which the service is to be loaded does not exist at the moment.</summary>
    public static readonly DiagnosticDescriptor DomainUnavailable = new("HGW3009", "Domain unavailable", CheckName.Loaded);
    /// <summary>The definition excludes the session types of the current domain.</summary>
    public static readonly DiagnosticDescriptor WrongSession = new("HGW3010", "Session type not allowed", CheckName.Loaded);
    /// <summary>The process of the previous definition did not end before the deadline.</summary>
    public static readonly DiagnosticDescriptor ShuttingDown = new("HGW3011", "Still shutting down", CheckName.Loaded);
    /// <summary>The manager has loaded the service but cannot start its program.</summary>
    public static readonly DiagnosticDescriptor CannotSpawn = new("HGW3012", "Program cannot be spawned", CheckName.Process);
    /// <summary>The manager does not permit the operation to the caller.</summary>
    public static readonly DiagnosticDescriptor NotPermitted = new("HGW3013", "Not permitted", CheckName.Loaded);
    /// <summary>The service is loaded in two domains, so that it can run twice.</summary>
    public static readonly DiagnosticDescriptor LoadedTwice = new("HGW3014", "Loaded twice", CheckName.Loaded);
    /// <summary>The manager of the other scope (user or system) has a unit of the same name.</summary>
    public static readonly DiagnosticDescriptor SameNameElsewhere = new("HGW3015", "Same name in the other scope", CheckName.Loaded);

    // 4xxx: verification.

    /// <summary>There is no definition on disk.</summary>
    public static readonly DiagnosticDescriptor NotInstalled = new("HGW4001", "Not installed", CheckName.Definition);
    /// <summary>The definition on disk is not the current one.</summary>
    public static readonly DiagnosticDescriptor InstalledStale = new("HGW4002", "Installed but stale", CheckName.Definition);
    /// <summary>The manager has not loaded the current definition.</summary>
    public static readonly DiagnosticDescriptor NotLoaded = new("HGW4003", "Installed but not loaded", CheckName.Loaded);
    /// <summary>The service is not running.</summary>
    public static readonly DiagnosticDescriptor NotRunning = new("HGW4004", "Not running", CheckName.Process);
    /// <summary>The process runs an older definition or older code.</summary>
    public static readonly DiagnosticDescriptor RunningStale = new("HGW4005", "Running but stale", CheckName.Process);
    /// <summary>The service ends again and again shortly after its start.</summary>
    public static readonly DiagnosticDescriptor CrashLooping = new("HGW4006", "Crash looping", CheckName.Stability);
    /// <summary>The health check failed or was not answered.</summary>
    public static readonly DiagnosticDescriptor Unhealthy = new("HGW4007", "Unhealthy", CheckName.Health);
    /// <summary>The service is not started at login or boot.</summary>
    public static readonly DiagnosticDescriptor NotEnabled = new("HGW4008", "Not enabled", CheckName.Enabled);
    /// <summary>The service still runs.</summary>
    public static readonly DiagnosticDescriptor StillRunning = new("HGW4009", "Still running", CheckName.Process);
    /// <summary>A part of an uninstalled service remains.</summary>
    public static readonly DiagnosticDescriptor LeftBehind = new("HGW4010", "Left behind", CheckName.Loaded);
    /// <summary>The state of the running process could not be determined.</summary>
    public static readonly DiagnosticDescriptor Unproven = new("HGW4011", "Unproven", CheckName.Process);
    /// <summary>The process runs, but its definition could not start it again.</summary>
    public static readonly DiagnosticDescriptor DeadDefinition = new("HGW4012", "Dead definition", CheckName.Definition);
    /// <summary>The process is older than its program or its definition.</summary>
    public static readonly DiagnosticDescriptor ProcessOutdated = new("HGW4013", "Process outdated", CheckName.Definition);
    /// <summary>The new definition did not work, and the last good one was restored.</summary>
    public static readonly DiagnosticDescriptor RolledBack = new("HGW4014", "Rolled back", CheckName.Definition);
    /// <summary>The new definition did not work, and the last good one could not be restored.</summary>
    public static readonly DiagnosticDescriptor RollbackFailed = new("HGW4015", "Rollback failed", CheckName.Definition);
    /// <summary>The service has ended, but processes that it started still run.</summary>
    public static readonly DiagnosticDescriptor ProcessesLeft = new("HGW4016", "Processes left", CheckName.Process);

    // 9xxx: this library.

    /// <summary>A defect of this library.</summary>
    public static readonly DiagnosticDescriptor Internal = new("HGW9001", "Internal error");
    /// <summary>The operation was cancelled.</summary>
    public static readonly DiagnosticDescriptor Canceled = new("HGW9002", "Cancelled");

    /// <summary>All descriptors, sorted by code.</summary>
    public static ImmutableArray<DiagnosticDescriptor> All =>
    [
        .. typeof(DiagnosticCatalog).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(member => member.GetValue(null)).OfType<DiagnosticDescriptor>()
            .OrderBy(descriptor => descriptor.Code, StringComparer.Ordinal),
    ];
}
