namespace Launchd.Simulator;

/// <summary>Makes a job's definition of a plist, or says with launchd's code what is wrong with it.</summary>
internal static class PlistReader
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode OthersRead = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The definition; or the code that says why there is none.</summary>
    public static (JobDefinition? Definition, int Error) Read(string path, DomainId domain, Settings settings)
    {
        byte[] bytes;
        try
        {
            if (!MayBeLoaded(path, domain, settings)) return (null, ExitCode.BadOwnership);
            bytes = UnlockedFile.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, ExitCode.NoSuchFile);
        }

        if (PlistFile.Parse(bytes) is not Dictionary<string, object> plist)
            return (null, ExitCode.InvalidPropertyList);
        try
        {
            return Read(path, plist);
        }
        catch (InvalidCastException)
        {
            return (null, ExitCode.InvalidPropertyList);
        }
    }

    /// <summary>The plists of a path: itself, or those in the folder that it is.</summary>
    public static IEnumerable<string> Expand(string path) => Directory.Exists(path)
        ? Directory.GetFiles(path, "*.plist").Order(StringComparer.Ordinal)
        : [path];

    // Daemons belong to root; here root is whoever runs the simulation.
    private static bool MayBeLoaded(string path, DomainId domain, Settings settings)
    {
        var mode = File.GetUnixFileMode(path);
        if ((mode & OthersWrite) != 0) return false;
        if (settings.RejectPrivatePlists && (mode & OthersRead) == 0) return false;
        return Native.OwnerOf(path) == (domain.Kind == DomainKind.System ? Native.EffectiveUserId : domain.UserId);
    }

    private static (JobDefinition? Definition, int Error) Read(string path, Dictionary<string, object> plist)
    {
        if (Get<string>("Label") is not { Length: > 0 } label) return (null, ExitCode.InvalidLabel);
        var definition = new JobDefinition
        {
            Path = path,
            Label = label,
            Program = Get<string>("Program"),
            Arguments = Strings(Get<List<object>>("ProgramArguments")),
            Environment = ReadEnvironment(Get<Dictionary<string, object>>("EnvironmentVariables")),
            WorkingDirectory = Get<string>("WorkingDirectory"),
            Output = Get<string>("StandardOutPath"),
            Error = Get<string>("StandardErrorPath"),
            RunAtLoad = Flag("RunAtLoad"),
            KeepAlive = ReadKeepAlive(plist.GetValueOrDefault("KeepAlive")),
            ThrottleInterval = Seconds("ThrottleInterval", 10),
            ExitTimeOut = Seconds("ExitTimeOut", 20),
            SessionTypes = plist.GetValueOrDefault("LimitLoadToSessionType") switch
            {
                null => null,
                string one => [one],
                var several => Strings((List<object>)several),
            },
            Disabled = Flag("Disabled"),
            AbandonProcessGroup = Flag("AbandonProcessGroup"),
            UserName = Get<string>("UserName"),
            ProcessType = Get<string>("ProcessType"),
        };
        return definition.Program is null && definition.Arguments.Count == 0
            ? (null, ExitCode.InvalidProgram)
            : (definition, 0);

        T? Get<T>(string key)
            where T : class => (T?)plist.GetValueOrDefault(key);

        bool Flag(string key) => plist.GetValueOrDefault(key) is { } value && (bool)value;

        double Seconds(string key, double otherwise) => plist.GetValueOrDefault(key) switch
        {
            null => otherwise,
            long whole => whole,
            var real => (double)real,
        };
    }

    private static IReadOnlyList<string> Strings(List<object>? items) => [.. (items ?? []).Cast<string>()];

    private static SortedDictionary<string, string> ReadEnvironment(Dictionary<string, object>? variables)
    {
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in variables ?? []) environment[name] = (string)value;
        return environment;
    }

    // Of the conditions that a dictionary may hold, the other ones depend on what is not simulated.
    private static KeepAlive ReadKeepAlive(object? value) => value switch
    {
        null or false => KeepAlive.Never,
        true => KeepAlive.Always,
        Dictionary<string, object> conditions when conditions.TryGetValue("SuccessfulExit", out var success) =>
            (bool)success ? KeepAlive.AfterSuccess : KeepAlive.AfterFailure,
        Dictionary<string, object> conditions when conditions.GetValueOrDefault("Crashed") is true =>
            KeepAlive.AfterCrash,
        Dictionary<string, object> => KeepAlive.Never,
        _ => throw new InvalidCastException("KeepAlive"),
    };
}
