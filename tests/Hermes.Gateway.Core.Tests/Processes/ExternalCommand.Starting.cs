using System.Collections.Immutable;
using System.Runtime.Versioning;
using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed partial class ExternalCommand
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
    public void Is_not_started_when_the_program_is_missing_and_reports_its_path()
    {
        var result = AssertNotStarted(Dummy.Request() with { Program = "/no such/program" });

        Assert.Contains("/no such/program", result.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no such/folder")]
    [InlineData("/etc/passwd")]
    public void Is_not_started_when_the_working_directory_is_no_folder_and_reports_its_path(string path)
    {
        var result = AssertNotStarted(Dummy.Request("exit", "0") with { WorkingDirectory = path });

        Assert.Contains(path, result.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/dev")]
    [InlineData("/dev/null")]
    public void Is_not_started_when_the_program_is_not_executable(string path) =>
        AssertNotStarted(Dummy.Request() with { Program = path });

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Is_not_started_when_a_script_has_no_interpreter_line()
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
    public void Is_not_started_for_a_relative_program(string program) =>
        AssertNotStarted(Dummy.Shell("exit 0") with { Program = program, WorkingDirectory = "/bin" });

    [Theory]
    [InlineData("")]
    [InlineData("tmp")]
    public void Is_not_started_in_a_relative_working_directory(string folder) =>
        AssertNotStarted(Dummy.Shell("exit 0") with { WorkingDirectory = folder });

    [Fact]
    public void Is_not_started_with_a_text_that_contains_NUL()
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
    public void Is_not_started_with_an_ambiguous_variable_name(string name) =>
        AssertNotStarted(Dummy.Request("exit", "0") with
        {
            Environment = ImmutableDictionary<string, string?>.Empty.Add(name, "value"),
        });

    [Fact]
    public void Is_not_started_with_more_arguments_than_the_system_allows() =>
        AssertNotStarted(Dummy.Request("arguments", new string('x', 8 << 20)));

    [Fact]
    public void Throws_for_limits_out_of_range()
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
    public void Accepts_a_timeout_longer_than_any_timer()
    {
        var result = Run(Dummy.Request("exit", "0") with { Timeout = TimeSpan.MaxValue });

        Assert.True(result.Succeeded);
    }
}
