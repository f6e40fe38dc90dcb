using Hermes.Gateway.Core.Processes;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hermes.Gateway.Tasks.Tests.Infra;

/// <summary>
/// A scratch folder with a project, a program, and a fake <c>systemctl</c> that knows no unit; and the environment in
/// which alone all of it can be found. The test's own environment and folder are others.
/// </summary>
internal sealed class Sandbox : IDisposable
{
    public const string Help = "https://example.org/codes";

    /// <summary>In the environment of every command that is started in the sandbox.</summary>
    public const string Mark = "mark-of-the-sandbox";

    private const string Systemctl =
        """
        #!/bin/sh
        echo "$* MARK=$MARK" >> "$HOME/commands"
        case "$*" in
            *UnitPath*) echo "UnitPath=$XDG_CONFIG_HOME/systemd/user"; exit 0 ;;
            *" show "*) ;;
            *) exit 0 ;;
        esac
        for word; do
            case "$word" in -* | show) continue ;; esac
            printf 'MainPID=0\nId=%s\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nFragmentPath=\nUnitFileState=\n\n' "$word"
        done
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hgw");

    public Sandbox()
    {
        Engine = new RecordingEngine(At("My Project.csproj"));
        File.WriteAllText(At("My Project.csproj"), "<Project/>");
        // Nobody runs it.
        File.WriteAllText(Program, "#!/bin/sh\n");
        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(At("bin"));
        ProgramFile.Write(At("bin/systemctl"), Systemctl);
        // Where systemd runs the machine, a manager of the user is looked for before it is asked.
        Directory.CreateDirectory(At("run"));
        File.WriteAllText(At("run/bus"), "");
    }

    public RecordingEngine Engine { get; }

    /// <summary>More variables of the tasks' environment.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string Program => At("gateway");

    public string ConfigHome => At("config");

    /// <summary>The commands that the fake systemctl was given.</summary>
    public string[] Commands => File.Exists(At("commands")) ? File.ReadAllLines(At("commands")) : [];

    public string At(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>A task as MSBuild would make it ready.</summary>
    public GatewayTask Task(string verb, IProcessRunner? runner, params ITaskItem[] services) =>
        Ready(Verbs.Create(verb, runner), services);

    /// <summary>Makes a task ready, as MSBuild would.</summary>
    public GatewayTask Ready(GatewayTask task, params ITaskItem[] services)
    {
        task.BuildEngine = Engine;
        task.HelpLinkBase = Help;
        task.Services = services;
        task.TaskEnvironment = TaskEnvironment.CreateWithProjectDirectoryAndEnvironment(
            _folder.FullName,
            new Dictionary<string, string>(Variables)
            {
                ["PATH"] = At("bin"),
                ["HOME"] = _folder.FullName,
                ["XDG_CONFIG_HOME"] = ConfigHome,
                ["XDG_STATE_HOME"] = At("state"),
                ["XDG_RUNTIME_DIR"] = At("run"),
                ["MARK"] = Mark,
            });
        return task;
    }

    /// <summary>A service that can be deployed, with further metadata.</summary>
    public ITaskItem Service(string name, params (string Name, string Value)[] metadata)
    {
        var item = new TaskItem(name);
        item.SetMetadata("Program", Program);
        item.SetMetadata("TimeoutSeconds", "30");
        item.SetMetadata("StabilitySeconds", "0");
        foreach (var (key, value) in metadata) item.SetMetadata(key, value);
        return item;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
