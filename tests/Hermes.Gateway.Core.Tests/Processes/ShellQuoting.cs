using Hermes.Gateway.Core.Processes;

namespace Hermes.Gateway.Core.Tests.Processes;

public sealed class ShellQuoting
{
    private const string Alphabet = " '\"\\$`!*?[]{}()<>|&;#~=%^-+,.:@/abcXYZ019\n\t\ré日";

    [Theory]
    [MemberData(nameof(ExternalCommand.HostileTexts), MemberType = typeof(ExternalCommand))]
    public void Preserves_any_argument_through_a_shell(string argument) =>
        AssertReadBack("first", argument, "last");

    [Fact]
    public void Preserves_any_list_through_a_shell()
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
    public void Is_omitted_for_an_argument_without_special_characters(string argument) =>
        Assert.Equal(argument, ShellText.Quote([argument]));

    [Fact]
    public void Makes_a_reported_command_line_runnable_in_a_shell()
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
