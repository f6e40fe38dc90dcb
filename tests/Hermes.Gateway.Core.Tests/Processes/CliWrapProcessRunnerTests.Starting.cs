using System.Collections.Immutable;
using System.Runtime.Versioning;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed partial class CliWrapProcessRunnerTests
{
    private static CommandResult AssertNotStarted(CommandRequest request)
    {
        var result = Run(request);

        Assert.Equal(CommandEnd.NotStarted, result.End);
        Assert.Null(result.ExitCode);
        Assert.False(result.Succeeded);
        Assert.NotEmpty(result.StandardError);
        Assert.Empty(result.StandardOutput);
        return result;
    }

    [Fact]
    public void A_missing_program_is_named()
    {
        var result = AssertNotStarted(Dummy.Request() with { Program = "/no such/program" });

        Assert.Contains("/no such/program", result.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no such/folder")]
    [InlineData("/etc/passwd")]
    public void A_working_directory_that_is_none_is_named(string path)
    {
        var result = AssertNotStarted(Dummy.Request("exit", "0") with { WorkingDirectory = path });

        Assert.Contains(path, result.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/dev")]
    [InlineData("/dev/null")]
    public void What_is_no_executable_file_does_not_start(string path) =>
        AssertNotStarted(Dummy.Request() with { Program = path });

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_text_without_an_interpreter_line_does_not_start()
    {
        using var folder = new TemporaryFolder();
        var script = folder.At("script");
        await File.WriteAllTextAsync(script, "echo started\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        AssertNotStarted(Dummy.Request() with { Program = script });
    }

    [Theory]
    [InlineData("")]
    [InlineData("sh")]
    [InlineData("./sh")]
    public void A_program_is_never_looked_for(string program) =>
        AssertNotStarted(Dummy.Shell("exit 0") with { Program = program, WorkingDirectory = "/bin" });

    [Theory]
    [InlineData("")]
    [InlineData("tmp")]
    public void A_working_directory_is_never_relative(string folder) =>
        AssertNotStarted(Dummy.Shell("exit 0") with { WorkingDirectory = folder });

    [Fact]
    public void A_text_is_refused_that_the_system_would_cut_at_a_NUL()
    {
        var environment = ImmutableDictionary<string, string?>.Empty;

        AssertNotStarted(Dummy.Request("arguments", "a\0b"));
        AssertNotStarted(Dummy.Request("exit", "0") with { Program = Dummy.Program + "\0x" });
        AssertNotStarted(Dummy.Request("exit", "0") with { WorkingDirectory = "/\0x" });
        AssertNotStarted(Dummy.Request("exit", "0") with { Environment = environment.Add("A", "b\0c") });
        AssertNotStarted(Dummy.Request("exit", "0") with { Environment = environment.Add("A\0B", "c") });
    }

    [Theory]
    [InlineData("")]
    [InlineData("A=B")]
    public void A_variable_is_refused_that_the_command_would_read_differently(string name) =>
        AssertNotStarted(Dummy.Request("exit", "0") with
        {
            Environment = ImmutableDictionary<string, string?>.Empty.Add(name, "value"),
        });

    [Fact]
    public void More_arguments_than_the_system_allows_do_not_start() =>
        AssertNotStarted(Dummy.Request("arguments", new string('x', 8 << 20)));

    [Fact]
    public void A_request_with_impossible_limits_is_a_programming_error()
    {
        var request = Dummy.Request("exit", "0");

        AssertOutOfRange(request with { Timeout = TimeSpan.Zero });
        AssertOutOfRange(request with { Timeout = Timeout.InfiniteTimeSpan });
        AssertOutOfRange(request with { GracePeriod = TimeSpan.FromTicks(-1) });
        AssertOutOfRange(request with { MaxOutputCharacters = -1 });

        ArgumentOutOfRangeException AssertOutOfRange(CommandRequest impossible) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => Run(impossible));
    }

    [Fact]
    public void A_longer_timeout_than_any_timer_can_hold_is_as_good_as_none()
    {
        var result = Run(Dummy.Request("exit", "0") with { Timeout = TimeSpan.MaxValue });

        Assert.True(result.Succeeded);
    }
}
