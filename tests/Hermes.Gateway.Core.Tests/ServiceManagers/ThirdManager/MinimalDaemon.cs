using System.Diagnostics;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.ThirdManager;

/// <summary>The daemon of the minimal manager: it holds definitions in memory and runs their programs as child processes.
/// Its folder holds definitions, the names of enabled services, and at times the file that forbids starts.</summary>
internal sealed class MinimalDaemon(string folder) : IDisposable
{
    private readonly Dictionary<string, MinimalDefinition> _loaded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Process> _processes = new(StringComparer.Ordinal);
    private readonly List<Process> _started = [];

    public string Folder => Directory.CreateDirectory(folder).FullName;

    /// <summary>While this file exists, the daemon refuses to start anything.</summary>
    public string NoStartsFile => Path.Combine(Folder, "no-starts");

    /// <summary>The ids of all processes that were ever started, in order.</summary>
    public IReadOnlyList<int> Started => _started.ConvertAll(process => process.Id);

    /// <summary>How many of them live.</summary>
    public int Living => _started.Count(process => !process.HasExited);

    public string DefinitionPath(string name) => Path.Combine(Folder, "definitions", $"{name}.json");

    public string EnabledPath(string name) => Path.Combine(Folder, "enabled", name);

    public MinimalDefinition? Loaded(string name) => _loaded.GetValueOrDefault(name);

    /// <summary>The latest process of a service, dead or alive; null when there was none.</summary>
    public Process? Latest(string name) => _processes.GetValueOrDefault(name);

    /// <summary>Reads the definition file, or forgets the service when there is none.</summary>
    public bool Reload(string name)
    {
        _loaded.Remove(name);
        if (!File.Exists(DefinitionPath(name))) return true;
        if (MinimalDefinition.Parse(File.ReadAllText(DefinitionPath(name))) is not { } definition) return false;
        _loaded[name] = definition;
        return true;
    }

    /// <summary>Starts a loaded service; returns what went wrong, or null.</summary>
    public string? Start(string name)
    {
        if (File.Exists(NoStartsFile)) return "starts are forbidden";
        var definition = _loaded[name];
        var start = new ProcessStartInfo(definition.Program, definition.Arguments) { WorkingDirectory = definition.WorkingDirectory };
        start.Environment.Clear();
        foreach (var (variable, value) in definition.Environment) start.Environment[variable] = value;
        _started.Add(_processes[name] = Process.Start(start)!);
        return null;
    }

    public void Stop(string name)
    {
        if (Latest(name) is not { HasExited: false } process) return;
        process.Kill();
        process.WaitForExit();
        _processes.Remove(name);
    }

    /// <summary>Stops all services and forgets their definitions, as a daemon that was restarted without its state.</summary>
    public void Crash()
    {
        foreach (var name in _processes.Keys.ToList()) Stop(name);
        _loaded.Clear();
    }

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
