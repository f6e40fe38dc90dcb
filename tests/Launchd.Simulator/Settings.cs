using System.Globalization;
using System.Text.Json;

namespace Launchd.Simulator;

/// <summary>What kind of Mac is simulated: <c>settings.json</c> in the state folder, read again at every
/// call.</summary>
internal sealed record Settings
{
    // More seconds than any timer takes are as good as for ever.
    private const double Longest = 30 * 24 * 3600;

    /// <summary>The macOS version; 10.x counts as 10.15.</summary>
    public decimal Os { get; private init; } = 26;

    /// <summary>The only user there is.</summary>
    public uint UserId { get; private init; }

    /// <summary>Whether callers count as root, whoever they really are.</summary>
    public bool IsRoot { get; private init; }

    /// <summary>What <c>managername</c> says.</summary>
    public string Session { get; private init; } = "Aqua";

    /// <summary>The domains that exist: gui, user, system.</summary>
    public IReadOnlyList<string> Domains { get; private init; } = ["gui", "user", "system"];

    /// <summary>What launchd's own times are multiplied with.</summary>
    public double TimeScale { get; private init; } = 1;

    /// <summary>How long a label stays listed when its process is gone.</summary>
    public TimeSpan Teardown { get; private init; }

    public string? Agents { get; private init; }

    public string? Daemons { get; private init; }

    /// <summary>The user's home; by default that of the caller who started this launchd.</summary>
    public string Home { get; private init; } =
        Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : "/";

    /// <summary>Prefixes of the labels that System Integrity Protection protects.</summary>
    public IReadOnlyList<string> Protected { get; private init; } = ["com.apple."];

    /// <summary>Whether a plist that only its owner can read is refused.</summary>
    public bool RejectPrivatePlists { get; private init; }

    /// <summary>What bootstrap of a disabled job exits with for others than root: 119, or 5 (seen on some versions).
    /// </summary>
    public int DisabledExit { get; private init; } = ExitCode.Disabled;

    /// <summary>Reads the file; without one, everything has its default.</summary>
    public static Settings Read(string state, uint callersUserId)
    {
        var settings = new Settings { UserId = callersUserId };
        if (JsonFile.Read(Path.Combine(state, "settings.json")) is not { } json) return settings;
        foreach (var property in json.EnumerateObject())
            settings = settings.With(property.Name, property.Value);
        return settings;
    }

    /// <summary>A time of launchd's own, as this simulation has it.</summary>
    public TimeSpan Scale(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds * TimeScale, 0, Longest));

    private Settings With(string name, JsonElement value) => name switch
    {
        _ when value.ValueKind == JsonValueKind.Null => this,
        "os" => this with { Os = ReadOs(value) },
        "uid" => this with { UserId = value.GetUInt32() },
        "root" => this with { IsRoot = value.GetBoolean() },
        "session" => this with { Session = value.GetString()! },
        "domains" => this with { Domains = Strings(value) },
        "timeScale" => this with { TimeScale = value.GetDouble() },
        "bootoutSeconds" => this with { Teardown = TimeSpan.FromSeconds(value.GetDouble()) },
        "agents" => this with { Agents = value.GetString() },
        "daemons" => this with { Daemons = value.GetString() },
        "home" => this with { Home = value.GetString()! },
        "sip" => this with { Protected = Strings(value) },
        "rejectPrivatePlists" => this with { RejectPrivatePlists = value.GetBoolean() },
        "disabledExit" => this with { DisabledExit = value.GetInt32() },
        _ => throw new JsonException($"settings.json: there is no setting '{name}'"),
    };

    private static decimal ReadOs(JsonElement value)
    {
        var os = value.ValueKind == JsonValueKind.String
            ? decimal.Parse(value.GetString()!, CultureInfo.InvariantCulture)
            : value.GetDecimal();
        return os == 10 ? 10.15m : os;
    }

    private static IReadOnlyList<string> Strings(JsonElement value) =>
        [.. value.EnumerateArray().Select(item => item.GetString()!)];
}
