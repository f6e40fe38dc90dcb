using System.Collections.Immutable;

namespace Hermes.Gateway.WholeOperations;

/// <summary>Programs that come first on PATH, note how they were called, and become the real ones: to count what the
/// package spawns, and to learn what it asks the manager for. Never in a run that is timed.</summary>
internal sealed class Recorder
{
    private readonly string _notes;

    /// <summary>Writes the programs.</summary>
    public Recorder(Workspace workspace)
    {
        Folder = workspace.PathOf("recorder");
        _notes = workspace.PathOf("recorder/calls");
        Directory.CreateDirectory(Folder);
        foreach (var name in new[] { "systemctl", "journalctl", "loginctl", "systemd-analyze", "systemd-run" })
        {
            if (Commands.Find(name) is not { } real) continue;
            var program = Path.Combine(Folder, name);
            File.WriteAllText(program, $"#!/bin/sh\necho \"{name} $*\" >> '{_notes}'\nexec '{real}' \"$@\"\n");
            File.SetUnixFileMode(program, Workspace.ForPrograms);
        }
    }

    /// <summary>The folder to come first on PATH.</summary>
    public string Folder { get; }

    /// <summary>Takes the calls so far, one each.</summary>
    public ImmutableArray<string> Take()
    {
        if (!File.Exists(_notes)) return [];
        ImmutableArray<string> calls = [.. File.ReadAllLines(_notes)];
        File.Delete(_notes);
        return calls;
    }
}
