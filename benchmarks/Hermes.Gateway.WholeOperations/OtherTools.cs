using System.Collections.Immutable;

namespace Hermes.Gateway.WholeOperations;

/// <summary>Other tools for the same job, where they are installed; for one service.</summary>
internal sealed class OtherTools(Workspace workspace, Commands commands)
{
    private const string Playbook = """
        - hosts: localhost
          connection: local
          gather_facts: false
          tasks:
            - ansible.builtin.copy: { src: "{{ source }}", dest: "{{ target }}" }
              register: file
            - ansible.builtin.systemd:
                name: "{{ unit }}"
                scope: user
                enabled: true
                daemon_reload: "{{ file.changed }}"
                state: "{{ 'restarted' if file.changed else 'started' }}"

        """;

    private const string Pm2Name = "bench";

    private static readonly string Sleep = Commands.Find("sleep") ?? "sleep";

    private readonly string? _ansible = Commands.Find("ansible");
    private readonly string? _playbook = Commands.Find("ansible-playbook");
    private readonly string? _pm2 = Commands.Find("pm2");
    private bool _isPm2Running;

    /// <summary>The names of those that are not here.</summary>
    public IEnumerable<string> Absent =>
    [
        .. _ansible is null || _playbook is null ? (string[])["ansible"] : [],
        .. _pm2 is null ? (string[])["pm2"] : [],
    ];

    /// <summary>Those that know an operation.</summary>
    public async Task<ImmutableArray<Subject>> ForAsync(Operation operation, int services)
    {
        if (services != 1) return [];
        var subjects = ImmutableArray.CreateBuilder<Subject>();
        if (_ansible is not null && _playbook is not null && operation != Operation.Status)
            subjects.Add(new Subject(
                "ansible", Subjects.Expert, operation == Operation.Restart ? AnsibleRestartAsync : AnsibleAsync));
        if (_pm2 is not null && (operation == Operation.Status || operation == Operation.Restart))
        {
            if (!_isPm2Running) await Pm2Async("start", Sleep, "--name", Pm2Name, "--interpreter", "none", "--", "9999999");
            _isPm2Running = true;
            subjects.Add(new Subject("pm2", Subjects.Expert, operation == Operation.Status
                ? _ => Subjects.TimedAsync(() => Pm2Async("jlist"))
                : _ => Pm2RestartAsync()) { IsBystander = true });
        }

        return subjects.ToImmutable();
    }

    /// <summary>Ends what runs because of them.</summary>
    public async Task EndAsync()
    {
        if (_isPm2Running) await Pm2Async("kill");
        _isPm2Running = false;
    }

    private Task<double> AnsibleAsync(Scene scene)
    {
        var unit = scene.Units[0];
        File.WriteAllText(workspace.PathOf("playbook.yml"), Playbook);
        return Subjects.TimedAsync(() => commands.RunAsync(_playbook!,
        [
            "-i", "localhost,", workspace.PathOf("playbook.yml"), "-e", $"unit={unit}",
            "-e", $"source={Path.Combine(workspace.SourceOf(scene.Count, scene.Value), unit)}",
            "-e", $"target={Path.Combine(Workspace.UnitFolder, unit)}",
        ]));
    }

    private Task<double> AnsibleRestartAsync(Scene scene) => Subjects.TimedAsync(() => commands.RunAsync(
        _ansible!,
        [
            "localhost", "-c", "local", "-m", "ansible.builtin.systemd",
            "-a", $"name={scene.Units[0]} scope=user state=restarted",
        ]));

    private async Task<double> Pm2RestartAsync()
    {
        var before = (await Pm2Async("pid", Pm2Name)).Output.Trim();
        var time = await Subjects.TimedAsync(() => Pm2Async("restart", Pm2Name));
        var after = (await Pm2Async("pid", Pm2Name)).Output.Trim();
        return after is not ("" or "0") && after != before
            ? time
            : throw new BenchmarkException($"pm2: the process was {before} and is {after}.");
    }

    private Task<CommandRun> Pm2Async(params string[] arguments) => commands.RunAsync(_pm2!, arguments);
}
