namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>The machine's truth, asked without the package.</summary>
internal static class UserManager
{
    private static string UnitFolder => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } config
            ? config
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"),
        "systemd",
        "user");

    /// <summary>Files and links of a service's unit.</summary>
    public static IReadOnlyList<string> FilesOf(string service) => Directory.Exists(UnitFolder)
        ? [.. Directory.EnumerateFileSystemEntries(UnitFolder, $"{service}.service*", SearchOption.AllDirectories)]
        : [];

    /// <summary>One property of a service's unit.</summary>
    public static string Show(string service, string property)
    {
        var run = Run("show", $"--property={property}", "--value", "--", $"{service}.service");
        return run.Trim();
    }

    /// <summary>Asserts that of a service neither a unit nor a file is left.</summary>
    public static void AssertAbsent(string service)
    {
        Assert.Empty(FilesOf(service));
        Assert.Equal("not-found", Show(service, "LoadState"));
        Assert.Equal("inactive", Show(service, "ActiveState"));
    }

    /// <summary>Stops services and removes all that is left of them, whatever their state.</summary>
    public static void Remove(IReadOnlyCollection<string> services)
    {
        // Without a manager nothing was deployed.
        if (services.Count == 0 || !Requires.HasSystemd || Commands.Systemctl is null) return;
        string[] units = [.. services.Select(service => $"{service}.service")];
        Run(["stop", "--", .. units]);
        foreach (var file in services.SelectMany(FilesOf)) File.Delete(file);
        Run("daemon-reload");
        Run(["reset-failed", "--", .. units]);
    }

    private static string Run(params string[] arguments) =>
        Commands.Run(Commands.Systemctl!, ["--user", .. arguments], "/", []).StandardOutput;
}
