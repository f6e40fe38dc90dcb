using Hermes.Gateway.Core.ServiceManagers.Launchd.Plists;
using Hermes.Gateway.Core.Processes;
using Hermes.Gateway.Core.Tests.Fakes;
using Hermes.Gateway.Core.Tests.Processes;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Launchd.Plists;

/// <summary>The script that reads an environment file, executed by every POSIX shell of this machine.</summary>
public sealed class EnvironmentFileScript : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The shells, among them the one that is <c>/bin/sh</c> on macOS (<c>bash --posix</c>).</summary>
    public static TheoryData<string> Shells =>
        new(new[] { "/bin/sh", "/bin/dash", "/bin/bash", "/bin/bash --posix", "/bin/busybox sh" }.Where(shell => File.Exists(shell.Split(' ')[0])));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Values_reach_the_program_unchanged_and_unevaluated(string shell)
    {
        // The variable and value that the line sets.
        (string Name, string? Value, string Line)[] lines =
        [
            ("PLAIN", "a", "PLAIN=a"),
            ("EMPTY", "", "EMPTY="),
            ("BLANKS", "two  words", "BLANKS=two  words"),
            ("AROUND", "x", " \tAROUND = x \t"),
            ("DOUBLE", " a 'b' ", "DOUBLE=\" a 'b' \""),
            ("SINGLE", " a \"b\" ", "SINGLE=' a \"b\" '"),
            ("INNER", "a\"b\"c", "INNER=a\"b\"c"),
            ("HALF", "\"a", "HALF=\"a"),
            ("MIXED", "\"a'", "MIXED=\"a'"),
            ("ONEQUOTE", "\"", "ONEQUOTE=\""),
            ("NOTHING", "", "NOTHING=''"),
            ("TWICE", "'a'", "TWICE=\"'a'\""),
            ("SUBSTITUTION", "$(touch x)", "SUBSTITUTION=$(touch x)"),
            ("QUOTED", "$(touch x)", "QUOTED=\"$(touch x)\""),
            ("BACKTICKS", "`touch x`", "BACKTICKS=`touch x`"),
            ("DOLLAR", "$HOME ${HOME} $$ $((1+1))", "DOLLAR=$HOME ${HOME} $$ $((1+1))"),
            ("COMMANDS", "a; touch x & touch x | touch x > x", "COMMANDS=a; touch x & touch x | touch x > x"),
            ("CLOSING", "'; touch x; '", "CLOSING=\"'; touch x; '\""),
            ("PATTERN", "* ? [a] ~ {a,b}", "PATTERN=* ? [a] ~ {a,b}"),
            ("BACKSLASH", "a\\nb\\\\c\\", "BACKSLASH=a\\nb\\\\c\\"),
            ("EQUALS", "a=b==", "EQUALS=a=b=="),
            ("HASH", "a # b ; c", "HASH=a # b ; c"),
            ("UNICODE", "é ß 日本 😀 Ё\u0081", "UNICODE=é ß 日本 😀 Ё\u0081"),
            ("CONTROL", "\u0001\u007F\u001B", "CONTROL=\u0001\u007F\u001B"),
            ("RETURN", "a\rb", "RETURN=a\rb"),
            ("WINDOWS", "a b", "WINDOWS=a b\r"),
            ("WINDOWSQUOTED", "a ", "WINDOWSQUOTED=\"a \"\r"),
            ("EXPORTED", "1", "export EXPORTED=1"),
            ("EXPORTEDTOO", "a b", "\texport\t EXPORTEDTOO=\"a b\""),
            ("exportable", "1", "exportable=1"),
            ("LONG", new string('x', 100_000), "LONG=" + new string('x', 100_000)),
            ("AGAIN", "2", "AGAIN=1\nAGAIN=2"),
            ("IFS", "xyz", "IFS=xyz"),
            ("v", "1", "v=1"),
            ("COMMENT", null, "#COMMENT=1"),
            ("COMMENT2", null, "  ; COMMENT2=1"),
            ("LAST", "no line break", "LAST=no line break"),
        ];
        var result = await RunAsync(shell, string.Join('\n', lines.Select(line => line.Line)), "/usr/bin/env", "-0");

        Assert.Equal((0, ""), (result.ExitCode, result.StandardError));
        var variables = result.StandardOutput.Split('\0').Select(entry => entry.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1]);
        foreach (var (name, value, _) in lines) Assert.Equal((name, value), (name, variables.GetValueOrDefault(name)));
        AssertNothingRan();
        // No variable of the script is left, only those that every shell sets.
        Assert.Equal([], variables.Keys.Except(lines.Select(line => line.Name)).Except(["PWD", "OLDPWD", "SHLVL", "_"]));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Windows_line_ends_are_ignored(string shell)
    {
        var result = await RunAsync(shell, "\r\n# note\r\nA=1\r\n\r\nB=\"2 \"\r\n", "/bin/sh", "-c", "printf '[%s]' \"$A\" \"$B\"");
        Assert.Equal(("[1][2 ]", ""), (result.StandardOutput, result.StandardError));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Lines_that_set_no_variable_are_skipped_and_reported_by_number_only(string shell)
    {
        const string file =
            "GOOD=1\nsecret-one\n1A=secret\nA-B=secret\n=secret\nÄ=secret\n$(touch x)=secret\nUID=0\nPPID=1\nSHELLOPTS=xtrace\n"
            + "HERMES_GATEWAY_STAMP=1:secret\nXPC_SERVICE_NAME=secret\n_hg_f=secret\nexport\nA B=secret\nOPTIND=secret\nRANDOM=5\nBASH_COMMAND=secret\nBEST=2\n";
        var result = await RunAsync(shell, file, "/bin/sh", "-c", "printf '[%s]' \"$GOOD\" \"$BEST\" \"$HERMES_GATEWAY_STAMP\"");

        Assert.Equal((0, "[1][2][]"), (result.ExitCode, result.StandardOutput));
        Assert.Equal(
            Enumerable.Range(2, 17).Select(line =>
                $"hermes-gateway: line {line} of {_folder.At("my \"file\" $(touch x).env")} is no NAME=value that can be set; skipped"),
            result.StandardError.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        AssertNothingRan();
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task HISTCMD_which_bash_evaluates_as_arithmetic_is_skipped(string shell)
    {
        var result = await RunAsync(shell, "HISTCMD=a[$(touch x)]\nBEST=2\n", "/bin/sh", "-c", "printf '[%s]' \"$BEST\"");

        Assert.Equal((0, "[2]"), (result.ExitCode, result.StandardOutput));
        Assert.EndsWith("line 1 of " + _folder.At("my \"file\" $(touch x).env") + " is no NAME=value that can be set; skipped\n",
            result.StandardError, StringComparison.Ordinal);
        AssertNothingRan();
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Arguments_reach_the_program_unchanged(string shell)
    {
        string[] arguments = ["", " ", "a b", "$(touch x)", "`touch x`", "\"", "'", "-n", "--", "\n", "*", "é😀", "\\"];
        var result = await RunAsync(shell, "A=1\n", "/usr/bin/printf", ["%s\\0", .. arguments]);

        Assert.Equal(arguments, result.StandardOutput.Split('\0')[..^1]);
        AssertNothingRan();
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Program_replaces_the_shell_process(string shell)
    {
        var result = await RunAsync(shell, "A=1\n", "/bin/sh", "-c", "echo $$; exit 42");

        Assert.Equal(42, result.ExitCode);
        Assert.Equal(await File.ReadAllTextAsync(_folder.At("id"), TestContext.Current.CancellationToken), result.StandardOutput);
    }

    [Theory, Trait("Os", "linux")]
    [MemberData(nameof(Shells))]
    public async Task Program_does_not_inherit_the_open_environment_file(string shell)
    {
        var result = await RunAsync(shell, "A=1\nB=2", "/bin/sh", "-c", "for fd in 0 1 2 3 4 5 6 7 8 9 10 11; do readlink /proc/$$/fd/$fd; done; echo end");
        Assert.EndsWith("end\n", result.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain(".env", result.StandardOutput, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public void Unreadable_environment_file_exits_with_78_EX_CONFIG(string shell)
    {
        foreach (var file in new[] { "/no/such file.env", "/" })
        {
            var result = Run(shell, file, ["/bin/sh", "-c", "touch x"]);
            Assert.Equal(78, result.ExitCode);
            Assert.EndsWith($"hermes-gateway: the environment file {file} cannot be read\n", result.StandardError, StringComparison.Ordinal);
        }

        AssertNothingRan();
    }

    [Fact]
    public void Script_is_one_line_without_control_characters() => Assert.DoesNotContain(ProgramArguments.Script, char.IsControl);

    private async Task<CommandResult> RunAsync(string shell, string content, string program, params string[] arguments)
    {
        var file = _folder.At("my \"file\" $(touch x).env");
        await File.WriteAllTextAsync(file, content);
        return Run(shell, file, [program, .. arguments]);
    }

    private CommandResult Run(string shell, string file, string[] command)
    {
        var argv = ProgramArguments.Create(
            Sample.Job() with { EnvironmentFile = file, Program = command[0], Arguments = [.. command[1..]] });
        Assert.Equal("/bin/sh", argv[0]);
        // Each command executes the next: env clears the environment, a shell writes its process id, the tested shell follows.
        string[] wrapped = ["-i", "/bin/sh", "-c", "echo $$ > id; exec \"$@\"", "sh", .. shell.Split(' '), .. argv[1..]];
        return Bounds.Within(() => new CliWrapProcessRunner().Run(
            new CommandRequest { Program = "/usr/bin/env", Arguments = [.. wrapped], WorkingDirectory = _folder.At("."), Timeout = Bounds.Soon },
            TestContext.Current.CancellationToken));
    }

    private void AssertNothingRan() => Assert.False(File.Exists(_folder.At("x")));
}
