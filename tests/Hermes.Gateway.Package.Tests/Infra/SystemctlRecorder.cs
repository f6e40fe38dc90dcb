using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Package.Tests.Infra;

/// <summary>A program named systemctl that comes first on PATH, notes its arguments, and becomes the real one.</summary>
internal sealed class SystemctlRecorder
{
    private readonly string _folder;
    private readonly string _notes;

    public SystemctlRecorder(Sandbox sandbox, string name)
    {
        _notes = sandbox.PathOf(name, "calls");
        var program = sandbox.Write(Path.Combine(name, "systemctl"), $"""
            #!/bin/sh
            echo "$*" >> {ShellText.Quote([_notes])}
            exec {ShellText.Quote([Commands.Systemctl!])} "$@"
            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _folder = Path.GetDirectoryName(program)!;
    }

    /// <summary>Puts this program first on PATH.</summary>
    public KeyValuePair<string, string?> Variable =>
        KeyValuePair.Create("PATH", (string?)$"{_folder}:{Environment.GetEnvironmentVariable("PATH")}");

    /// <summary>The calls so far, one each.</summary>
    public string[] Calls => File.Exists(_notes) ? File.ReadAllLines(_notes) : [];
}
