using FsCheck.Fluent;
using Hermes.Gateway.Core.ServiceManagers.Systemd.UnitFiles;

namespace Hermes.Gateway.Core.Tests.ServiceManagers.Systemd.UnitFiles;

public class ExecStartValue
{
    [Theory]
    [InlineData("/bin/x a b", "", "/bin/x", "a", "b")]
    [InlineData(":/bin/x", ":", "/bin/x")]
    [InlineData("-@:+/bin/x zero a", "-@:+", "/bin/x", "a")]
    [InlineData("!!/bin/x", "!!", "/bin/x")]
    [InlineData("!!!/bin/x", "!!", "!/bin/x")]
    [InlineData("+!/bin/x", "+", "!/bin/x")]
    [InlineData("--/bin/x", "-", "-/bin/x")]
    [InlineData(":\"/bin/a b\" \"c d\"", ":", "/bin/a b", "c d")]
    [InlineData("\"-/bin/x\"", "-", "/bin/x")]
    [InlineData("\"/bin/s\"h\t-c\t\"x y\"", "", "/bin/sh", "-c", "x y")]
    [InlineData("sh a", "", "sh", "a")]
    [InlineData("/bin/x a ;b c; \\; d", "", "/bin/x", "a", ";b", "c;", ";", "d")]
    [InlineData("/bin/x \";\" ';' \\x3b \\;", "", "/bin/x", ";", ";", ";", ";")]
    [InlineData("/bin/x ;", "", "/bin/x")]
    [InlineData("/bin/x ; \"ignored", "", "/bin/x")]
    [InlineData("; \";\" /bin/x a ; ;", "", "/bin/x", "a")]
    [InlineData("/bin/x \\q \\$ \"\\;\" y\\; a\\ b c\\", "", "/bin/x", "\\q", "\\$", "\\;", "y\\;", "a\\ b", "c\\")]
    [InlineData("/bin/x \"\" ''", "", "/bin/x", "", "")]
    [InlineData("/bin/%%x %% % %-", "", "/bin/%x", "%", "%", "%-")]
    [InlineData(":/bin/$x $ $$ ${X} $X", ":", "/bin/$x", "$", "$$", "${X}", "$X")]
    [InlineData("/bin/x ${$$ ${X$$:$$ a${X:$$y", "", "/bin/x", "${$$", "${X$$:$", "a${X:$y")]
    [InlineData("/bin/x $$ x$X $$HOME $$$ ${ ${X ${X:-d} x$ $${X}", "",
        "/bin/x", "$", "x$X", "$HOME", "$$", "${", "${X", "${X:-d}", "x$", "${X}")]
    public void Is_parsed_as_systemd_parses_it(string value, string prefixes, params string[] argv)
    {
        var command = UnitCommand.TryParse(value);

        Assert.NotNull(command);
        Assert.Equal<string>(argv, command.Arguments);
        Assert.Equal(prefixes, command.Prefixes);
        Assert.True(command.IsLiteral);
    }

    [Theory]
    [InlineData("/bin/x %h", "%h")]
    [InlineData("/bin/x %3A", "%3A")]
    [InlineData(":/bin/x a%i", "a%i")]
    [InlineData("/bin/x $X", "$X")]
    [InlineData("/bin/x \"$X\"", "$X")]
    [InlineData("/bin/x $", "$")]
    [InlineData("/bin/x $1", "$1")]
    [InlineData("/bin/x a${X}b", "a${X}b")]
    [InlineData("/bin/x a${}", "a${}")]
    [InlineData("/bin/x ${X:${Y}", "${X:${Y}")]
    [InlineData("@/bin/x $X a", "a")]
    [InlineData("%h/x a", "a")]
    public void Is_not_literal_when_systemd_expands_a_part(string value, string argument)
    {
        var command = UnitCommand.TryParse(value);

        Assert.NotNull(command);
        Assert.False(command.IsLiteral);
        Assert.Equal(argument, command.Arguments[1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(";")]
    [InlineData("-")]
    [InlineData("@:")]
    [InlineData("- /bin/x")]
    [InlineData("@/bin/x")]
    [InlineData("\"/bin/x")]
    [InlineData("/bin/x \"a")]
    [InlineData("/bin/x \"a\\")]
    [InlineData("/bin/x \"a\"b\"")]
    [InlineData("/bin/x a ; /bin/y b")]
    [InlineData("/bin/x \\xff")]
    public void Is_rejected_unless_it_is_a_single_command(string value) => Assert.Null(UnitCommand.TryParse(value));

    [Fact]
    public void Is_rendered_with_every_dollar_literal() =>
        Assert.Equal(
            ":\"/opt/my app/x\" a \"b c\" \"\" \"$HOME\" 100%% \";\" \"\\\"\\\\\\n\"",
            UnitCommand.Render(["/opt/my app/x", "a", "b c", "", "$HOME", "100%", ";", "\"\\\n"]));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("./x")]
    [InlineData("/x/")]
    [InlineData("/it's")]
    [InlineData("/a\"b")]
    [InlineData("/a\\b")]
    [InlineData("/a\tb")]
    [InlineData("/a\u007Fb")]
    public void Is_not_rendered_for_a_program_that_systemd_refuses(string program) =>
        Assert.Throws<ArgumentException>(() => UnitCommand.Render([program]));

    [Fact]
    public void Is_not_rendered_without_a_program() => Assert.Throws<ArgumentException>(() => UnitCommand.Render([]));

    [Fact]
    public void Is_not_rendered_when_it_exceeds_a_line()
    {
        var argument = new string('x', 131000);

        Assert.Null(UnitLimits.FindCommandProblem(["/bin/x", .. Enumerable.Repeat(argument, 8)]));
        Assert.Throws<ArgumentException>(() => UnitCommand.Render(["/bin/x", .. Enumerable.Repeat(argument, 9)]));
        Assert.Throws<ArgumentException>(() => UnitCommand.Render(["/bin/x", argument + argument]));
    }

    [Fact]
    public void Is_parsed_back_for_any_arguments() => HostileText.ForAll(HostileText.Words.ArrayOf(), words =>
    {
        string[] argv = ["/bin/a % b", .. words];
        var entry = new UnitEntry("Service", "ExecStart", UnitCommand.Render(argv));

        var command = UnitCommand.TryParse(
            UnitFile.Parse(UnitFile.Of([entry]).ToString()).Last("Service", "ExecStart")!);

        Assert.True(command is { Prefixes: ":", IsLiteral: true });
        Assert.Equal<string>(argv, command.Arguments);
    });

    [Fact]
    public void Is_parsed_back_for_any_program_that_is_not_refused() => HostileText.ForAll(HostileText.Paths, path =>
    {
        if (UnitLimits.FindProgramProblem(path) is null)
            Assert.Equal<string>([path], UnitCommand.TryParse(UnitCommand.Render([path]))!.Arguments);
        else
            Assert.True(path is not ['/', .., not '/'] || path.Any(c => c is '"' or '\'' or '\\' or '\u0085'));
    });

    [Fact]
    public void Is_parsed_without_exception_whatever_the_text() =>
        HostileText.ForAll(HostileText.Files, value =>
        {
            var command = UnitCommand.TryParse(value);
            Assert.True(command is null || command.Arguments.Length > 0);
        });
}
