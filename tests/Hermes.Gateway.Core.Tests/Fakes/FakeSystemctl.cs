using System.Text.RegularExpressions;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Fakes;

/// <summary>
/// A <c>systemctl</c> in memory for the units of one folder, made for tests on thousands of units: it records its commands, and
/// visits each unit once in a command. Its process ids belong to no process, so that only a verified start proves them.
/// </summary>
internal sealed partial class FakeSystemctl(string folder) : IProcessRunner
{
    // Larger than any process id, so that no process can be read.
    private const int NoProcess = int.MaxValue;
    private const int MostBytes = 2 << 20;

    private readonly Dictionary<string, Unit> _units = new(StringComparer.Ordinal);
    private int _starts;

    /// <summary>The verb of each command with the number of its units.</summary>
    public List<(string Verb, int Units)> Commands { get; } = [];

    /// <summary>Bytes of the longest argument list, counted as the kernel does.</summary>
    public int LongestArguments { get; private set; }

    /// <summary>Additional characters in each unit's block; a real block has about as many (measured on systemd 252).
    /// </summary>
    public int Padding { get; set; } = 700;

    /// <summary>Units that cannot be started.</summary>
    public HashSet<string> Broken { get; } = new(StringComparer.Ordinal);

    /// <summary>Units whose text contains this word cannot be started.</summary>
    public string? BreaksWith { get; set; }

    public CommandResult Run(CommandRequest request, CancellationToken cancellationToken)
    {
        var bytes = request.Arguments.Prepend(request.Program).Sum(argument => System.Text.Encoding.UTF8.GetByteCount(argument) + 9);
        LongestArguments = Math.Max(LongestArguments, bytes);
        if (bytes > MostBytes)
            return new CommandResult
            {
                Request = request, End = CommandEnd.NotStarted, StandardError = "Argument list too long",
            };
        var verb = request.Arguments[1];
        var units = request.Arguments.Skip(2).Where(word => !word.StartsWith('-')).ToList();
        Commands.Add((verb, units.Count));
        var output = new BoundedText(request.MaxOutputCharacters);
        var error = new BoundedText(request.MaxOutputCharacters);
        var code = 0;
        switch (verb)
        {
            case "daemon-reload":
                foreach (var unit in _units.Values) unit.Text = null;
                foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.service") : [])
                    Get(Path.GetFileName(file)).Text = File.ReadAllText(file);
                break;
            case "show" when request.Arguments.Contains("--property=UnitPath"):
                output.Append($"UnitPath={folder}\n");
                break;
            case "show":
                foreach (var unit in units) output.Append(Show(unit));
                break;
            case "enable" or "disable":
                foreach (var unit in units) Link(unit, verb == "enable");
                break;
            case "start" or "restart":
                foreach (var unit in units)
                    if (!Start(Get(unit), unit))
                    {
                        error.Append($"Job for {unit} failed because the control process exited with error code.\n"
                            + $"See \"systemctl status {unit}\" and \"journalctl -xeu {unit}\" for details.\n");
                        code = 1;
                    }

                break;
            case "stop":
                foreach (var unit in units) Get(unit).Start = null;
                break;
        }

        return new CommandResult
        {
            Request = request,
            End = CommandEnd.Exited,
            ExitCode = code,
            StandardOutput = output.ToString(),
            StandardError = error.ToString(),
            OutputTruncated = output.IsTruncated || error.IsTruncated,
        };
    }

    private Unit Get(string name) => _units.TryGetValue(name, out var unit) ? unit : _units[name] = new Unit();

    private bool Start(Unit unit, string name)
    {
        unit.Start = null;
        unit.HasFailed = Broken.Contains(name) || (BreaksWith is { } word && unit.Text?.Contains(word, StringComparison.Ordinal) == true);
        if (unit.HasFailed || unit.Text is null) return false;
        unit.Start = $"{++_starts:x32}";
        return true;
    }

    private string Show(string name)
    {
        var unit = Get(name);
        if (unit.Text is null)
            return $"MainPID=0\nId={name}\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nFragmentPath=\nUnitFileState=\n\n";
        var stamp = Stamps().Match(unit.Text).Value;
        var (active, sub) = unit.Start is not null ? ("active", "running") : unit.HasFailed ? ("failed", "failed") : ("inactive", "dead");
        return $"MainPID={(unit.Start is null ? 0 : NoProcess)}\nId={name}\nLoadState=loaded\nActiveState={active}\nSubState={sub}\n"
            + $"InvocationID={unit.Start}\nFragmentPath={Path.Combine(folder, name)}\nUnitFileState=enabled\nEnvironment={stamp}\n"
            + $"NRestarts=0\nControlGroup={new string('x', Padding)}\n\n";
    }

    private void Link(string unit, bool isEnabled)
    {
        if (!File.Exists(Path.Combine(folder, unit))) return;
        var link = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "default.target.wants")).FullName, unit);
        File.Delete(link);
        if (isEnabled) File.CreateSymbolicLink(link, Path.Combine(folder, unit));
    }

    [GeneratedRegex(@"HERMES_GATEWAY_STAMP=[^""\s]+")]
    private static partial Regex Stamps();

    private sealed class Unit
    {
        public string? Text { get; set; }

        public string? Start { get; set; }

        public bool HasFailed { get; set; }
    }
}
