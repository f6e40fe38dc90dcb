using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Hermes.Gateway.Core.Definitions;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;
using Hermes.Gateway.Integration.Tests.Robustness;

namespace Hermes.Gateway.Integration.Tests.Systemd;

/// <summary>Compares <see cref="UnitFile"/>, <see cref="UnitQuoting"/> and <see cref="UnitCommand"/> with the running systemd: units with
/// generated hostile values are loaded and started, and their properties and processes are read.</summary>
/// <remarks>HERMES_SEED repeats a run.</remarks>
[Trait("Scope", "user")]
public sealed class GeneratedUnitFiles : IDisposable
{
    private const string Idle = "sleep 1000 & wait";
    private const int Units = 40;

    private static readonly string[] Shell = ["/bin/sh", "-c", Idle, "name"];

    private static readonly string[] Pieces =
    [
        "a", "Z", "0", "/", ".", "-", "é", "日本", "😀", "\u00A0", "\u0085", "\u2028", "\uFEFF", "\"", "'", "\\", "\\\\",
        "%", "%%", "%h", "%3", "$", "$$", "${HOME}", "$HOME", "${", "}", ";", "#", "&", "<", ">", "|", "=", ":", "@",
        "!", "+", "~", "*", "?", "[", "]", "{a,b}", " ", "  ", "\\x41", "\\s", "\\;", "\\n", "\\q",
    ];

    private static readonly string[] Controls = ["\t", "\n", "\r", "\r\n", "\u0001", "\v", "\u001B", "\u007F"];

    private static readonly string[] FileSyntax =
    [
        "[Unit]\n", "[X-Other]\n", "[]\n", "\nDescription=", "\nDescription =", "\n Description= ", "\n[Unit]\n", "\n",
        "\r", "\r\n", "\n\r", "\0", "\\\n", "\\\n#", "\n#", "\n ;", "\\", "\uFEFF", "=", "[", "]", "\nnonsense\n",
        "\uFFFE",
    ];

    private readonly TemporaryUnits _units;
    private readonly ITestOutputHelper _output;
    private readonly Random _random;

    public GeneratedUnitFiles(ITestOutputHelper output)
    {
        Requires.Systemd();
        _units = new TemporaryUnits();
        _output = output;
        _random = new Random(Campaign.Seed(output));
    }

    public void Dispose() => _units.Dispose();

    [Fact]
    public void Arguments_reach_the_process_unchanged()
    {
        var lists = Many(() => (string[])[.. Shell, .. Many(() => Text([.. Pieces, .. Controls]), 50)]);

        var started = Start(lists.Select(argv => Service(argv)));

        foreach (var (argv, process) in lists.Zip(started)) AssertSame(argv, process.Arguments);
    }

    [Fact]
    public void Longest_accepted_argument_reaches_the_process_unchanged()
    {
        string[] argv = [.. Shell, new('%', UnitLimits.MaxWordBytes), new('\n', UnitLimits.MaxWordBytes)];

        AssertSame(argv, Start([Service(argv)])[0].Arguments);
    }

    [Fact]
    public void Each_accepted_program_path_is_started()
    {
        var programs = MakePaths(UnitLimits.FindProgramProblem, path => File.CreateSymbolicLink(path, "/bin/sh"));

        var started = Start(programs.Select(program => Service([program, "-c", Idle])));

        foreach (var (program, process) in programs.Zip(started)) AssertSame([program, "-c", Idle], process.Arguments);
    }

    [Fact]
    public void Environment_reaches_the_process_unchanged()
    {
        var lists = Many(() => Many(() => Text([.. Pieces, .. Controls]), 50));

        var started = Start(lists.Select(values => Service(Shell,
            [.. values.Select((value, i) => ("Environment", UnitQuoting.QuoteWord($"HERMES_{i}={value}")))])));

        foreach (var (values, process) in lists.Zip(started))
            AssertSame(values, values.Select((_, i) => process.Environment.GetValueOrDefault($"HERMES_{i}", "(none)")));
    }

    [Fact]
    public void Process_starts_in_each_accepted_working_directory()
    {
        var folders = MakePaths(UnitLimits.FindDirectoryProblem, path => Directory.CreateDirectory(path));

        var started = Start(folders.Select(folder =>
            Service(Shell, ("WorkingDirectory", UnitQuoting.FormatDirectory(folder)))));

        AssertSame(folders, started.Select(process => process.Folder));
    }

    [Fact]
    public void Environment_file_is_read_from_each_accepted_path()
    {
        var files = MakePaths(
            UnitLimits.FindFileProblem, path => File.WriteAllText(path, $"HERMES_FILE='{Hex(path)}'\n"));

        var started = Start(files.Select(file => Service(Shell, ("EnvironmentFile", UnitQuoting.FormatFile(file)))));

        AssertSame(
            files.Select(Hex),
            started.Select(process => process.Environment.GetValueOrDefault("HERMES_FILE", "(none)")));
    }

    [Fact]
    public void Unit_file_is_parsed_as_systemd_parses_it()
    {
        var texts = Many(() => "[Service]\nExecStart=/bin/true\n"
            + Text([.. Pieces.Where(HasNoSpecifier), .. FileSyntax, .. FileSyntax]), 400);
        var names = texts.ConvertAll(_units.Add);
        TemporaryUnits.Reload();

        foreach (var (text, unit) in texts.Zip(TemporaryUnits.Show(names, "Id", "LoadState", "Description")))
        {
            var file = UnitFile.Parse(text);
            AssertSame([file.IsLoadable ? "loaded" : "error"], [unit["LoadState"]], text);
            if (!file.IsLoadable) continue;
            var description = file.Last("Unit", "Description");
            AssertSame([string.IsNullOrEmpty(description) ? unit["Id"] : description], [unit["Description"]], text);
        }
    }

    [Fact]
    public void Parsed_and_rewritten_unit_file_has_the_same_value_in_systemd()
    {
        var texts = Many(() => "[Service]\nExecStart=/bin/true\n[Unit]\n"
            + Text([.. Pieces.Where(HasNoSpecifier), .. FileSyntax]), 200);
        var names = texts.ConvertAll(text => _units.Add(UnitFile.Parse(text).ToString()));
        TemporaryUnits.Reload();

        foreach (var (text, unit) in texts.Zip(TemporaryUnits.Show(names, "Id", "LoadState", "Description")))
        {
            var description = UnitFile.Parse(text).Last("Unit", "Description");
            AssertSame(["loaded"], [unit["LoadState"]], text);
            AssertSame([string.IsNullOrEmpty(description) ? unit["Id"] : description], [unit["Description"]], text);
        }
    }

    [Fact]
    public void ExecStart_is_parsed_as_systemd_parses_it()
    {
        var prefix = $"/bin/sh -c \"{Idle}\" ";
        string[] pieces = [.. Pieces, " ", " ", "\t", "\v"];
        var values = Many(() => (_random.Next(2) == 0 ? ":" : "") + prefix + Text(pieces), 200)
            .ConvertAll(value => value.TrimEnd('\\', ' ', '\t'));
        var processes = StartLenient(values.Select(value => $"[Service]\nType=exec\nExecStart={value}\n"));

        foreach (var (value, process) in values.Zip(processes))
        {
            var command = UnitCommand.TryParse(value);
            if (command is null) AssertSame(["bad-setting"], [process.LoadState], value);
            else if (command.IsLiteral) AssertSame(command.Arguments, process.Arguments, value);
        }
    }

    [Fact]
    public void Environment_directive_is_parsed_as_systemd_parses_it()
    {
        var values = Many(() => string.Join(' ', Enumerable.Range(0, 6).Select(Assignment)), 200)
            .ConvertAll(value => value.TrimEnd('\\', ' ', '\t'));
        var processes = Start(values.Select(value => $"{Service(Shell)}Environment={value}\n"));

        foreach (var (value, process) in values.Zip(processes))
        {
            UnitQuoting.TrySplitWords(value, out var words);
            var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var word in words)
                if (UnitQuoting.TryUnescapeSpecifiers(word, out var literal)
                    && literal.Split('=', 2) is [['A', ..] name, var text]
                    && DefinitionKeys.FindVariableProblem(name) is null)
                    expected[name] = text;
            // Variables with a specifier are in the environment too; their values are not predicted.
            var given = process.Environment.Where(pair => expected.ContainsKey(pair.Key));
            AssertSame(
                expected.Select(pair => pair.ToString()),
                given.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.ToString()),
                value);
        }

        string Assignment(int i) => $"A{i}_{Text([.. Pieces, "=", "=", "\t", "\v"])}";
    }

    private static bool HasNoSpecifier(string piece) => !piece.Contains('%');

    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    private static string Service(string[] argv, params (string Key, string Value)[] others) =>
        UnitFile.Of(
        [
            new("Service", "Type", "exec"),
            new("Service", "ExecStart", UnitCommand.Render(argv)),
            .. others.Select(other => new UnitEntry("Service", other.Key, other.Value)),
        ]).ToString();

    private string Text(string[] pieces) => string.Concat(_random.GetItems(pieces, _random.Next(12)));

    private static List<T> Many<T>(Func<T> make, int count = Units) =>
        [.. Enumerable.Range(0, count).Select(_ => make())];

    // Creates files or folders with generated names that the limits accept, each in a folder of its own.
    private List<string> MakePaths(Func<string, string?> findProblem, Action<string> make)
    {
        var paths = new List<string>();
        while (paths.Count < Units)
        {
            var path = Path.Combine(_units.Scratch, $"{paths.Count}", $"d{Text(Pieces).Replace('/', '_')}");
            path = Path.Combine(path, $"n{Text(Pieces).Replace('/', '_')}");
            if (findProblem(path) is not null) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            make(path);
            paths.Add(path);
        }

        return paths;
    }

    private List<RealProcess> Start(IEnumerable<string> texts)
    {
        var processes = StartLenient(texts);
        Assert.All(processes, process => Assert.Equal("active", process.ActiveState));
        return processes;
    }

    private List<RealProcess> StartLenient(IEnumerable<string> texts)
    {
        List<string> names = [.. texts.Select(_units.Add)];
        TemporaryUnits.Reload();
        TemporaryUnits.Start(names);
        return TemporaryUnits.Show(names, "LoadState", "ActiveState", "MainPID").ConvertAll(RealProcess.Read);
    }

    private void AssertSame(IEnumerable<string> expected, IEnumerable<string> actual, string? input = null)
    {
        var (left, right) = (expected.Select(Show).ToList(), actual.Select(Show).ToList());
        if (left.SequenceEqual(right)) return;
        if (input is not null) _output.WriteLine($"input: {Show(input)}");
        Assert.Equal(left, right);
    }

    // Escapes all but printable ASCII, so that different strings have different texts.
    private static string Show(string text) => string.Concat(text.Select(c =>
        c is '\\' ? "\\\\" : char.IsAscii(c) && !char.IsControl(c) ? c.ToString() : $"\\u{(int)c:X4}"));

    private sealed record RealProcess(
        string LoadState,
        string ActiveState,
        ImmutableArray<string> Arguments,
        ImmutableDictionary<string, string> Environment,
        string Folder)
    {
        public static RealProcess Read(Dictionary<string, string> unit)
        {
            var process = int.Parse(unit["MainPID"], CultureInfo.InvariantCulture);
            return process == 0
                ? new(unit["LoadState"], unit["ActiveState"], [], ImmutableDictionary<string, string>.Empty, "")
                : new(
                    unit["LoadState"],
                    unit["ActiveState"],
                    [.. Manager.Strings(process, "cmdline")],
                    Manager.Strings(process, "environ").Select(pair => pair.Split('=', 2))
                        .ToImmutableDictionary(pair => pair[0], pair => pair[1]),
                    Manager.WorkingDirectory(process));
        }
    }
}
