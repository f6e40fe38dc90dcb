using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed class ShellTextTests
{
    private const string Alphabet = " '\"\\$`!*?[]{}()<>|&;#~=%^-+,.:@/abcXYZ019\n\t\ré日";

    [Theory]
    [MemberData(nameof(CliWrapProcessRunnerTests.HostileTexts), MemberType = typeof(CliWrapProcessRunnerTests))]
    public void A_shell_reads_back_what_was_quoted(string argument) =>
        AssertReadBack("first", argument, "last");

    [Fact]
    public void A_shell_reads_back_any_list()
    {
        var random = new Random(42);
        var arguments = new string[2000];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = string.Concat(random.GetItems<char>(Alphabet, random.Next(12)));

        AssertReadBack(arguments);
    }

    [Theory]
    [InlineData("/usr/bin/systemctl")]
    [InlineData("--property=Id,LoadState")]
    [InlineData("gui/501/ai.hermes.gateway")]
    [InlineData("user@1000.service")]
    public void An_argument_is_quoted_only_where_needed(string argument) =>
        Assert.Equal(argument, ShellText.Quote([argument]));

    [Fact]
    public void The_command_line_of_a_result_runs_the_same_command()
    {
        var request = Dummy.Request("arguments", "it's", "two words", "");
        var first = Run(request);

        var again = Run(Dummy.Shell(first.CommandLine));

        Assert.True(first.Succeeded, first.StandardError);
        Assert.Equal(first.StandardOutput, again.StandardOutput);
    }

    private static void AssertReadBack(params string[] arguments)
    {
        var result = Run(Dummy.Shell($"printf '%s\\0' {ShellText.Quote(arguments)}"));

        Assert.True(result.Succeeded, result.StandardError);
        Assert.Equal(arguments, result.StandardOutput.Split('\0')[..^1]);
    }

    private static CommandResult Run(CommandRequest request) =>
        Bounds.Within(() => new CliWrapProcessRunner().Run(request, TestContext.Current.CancellationToken));
}
