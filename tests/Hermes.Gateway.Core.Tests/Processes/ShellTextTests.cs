using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed class ShellTextTests
{
    private const string Alphabet = " '\"\\$`!*?[]{}()<>|&;#~=%^-+,.:@/abcXYZ019\n\t\ré日";

    [Theory]
    [MemberData(nameof(ProcessRunnerContract.HostileTexts), MemberType = typeof(ProcessRunnerContract))]
    public async Task A_shell_reads_back_what_was_quoted(string argument) =>
        await AssertReadBackAsync("first", argument, "last");

    [Fact]
    public async Task A_shell_reads_back_any_list()
    {
        var random = new Random(42);
        var arguments = new string[2000];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = string.Concat(random.GetItems<char>(Alphabet, random.Next(12)));

        await AssertReadBackAsync(arguments);
    }

    [Theory]
    [InlineData("/usr/bin/systemctl")]
    [InlineData("--property=Id,LoadState")]
    [InlineData("gui/501/ai.hermes.gateway")]
    [InlineData("user@1000.service")]
    public void An_argument_is_quoted_only_where_needed(string argument) =>
        Assert.Equal(argument, ShellText.Quote([argument]));

    [Fact]
    public async Task The_command_line_of_a_result_runs_the_same_command()
    {
        var request = Dummy.Request("arguments", "it's", "two words", "");
        var first = await RunAsync(request);

        var again = await RunAsync(Dummy.Shell(first.CommandLine));

        Assert.True(first.Succeeded, first.StandardError);
        Assert.Equal(first.StandardOutput, again.StandardOutput);
    }

    private static async Task AssertReadBackAsync(params string[] arguments)
    {
        var result = await RunAsync(Dummy.Shell($"printf '%s\\0' {ShellText.Quote(arguments)}"));

        Assert.True(result.Succeeded, result.StandardError);
        Assert.Equal(arguments, result.StandardOutput.Split('\0')[..^1]);
    }

    private static async Task<CommandResult> RunAsync(CommandRequest request) =>
        await new SystemProcessRunner().RunAsync(request, CancellationToken.None).WaitAsync(Bounds.Test);
}
